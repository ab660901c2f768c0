import type { Schedule } from "./contract.js";

export const step: Schedule = {
  title: "Step",
  summary: "Multiplied by a factor every so many epochs.",
  reference: "torch.optim.lr_scheduler.StepLR",
  share: ({ step, stepsPerEpoch }, { stepEpochs, factor }) => factor ** Math.floor(step / (stepsPerEpoch * stepEpochs)),
};
