import type { Schedule } from "./contract.js";

export const constant: Schedule = {
  title: "Constant",
  summary: "The same rate throughout.",
  reference: "torch.optim.lr_scheduler.ConstantLR with factor 1",
  share: () => 1,
};
