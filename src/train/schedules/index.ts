import type { Schedule } from "./contract.js";

export type { Schedule, ScheduleMoment, ScheduleSettings } from "./contract.js";

/**
 * The schedules, by the name that recipes use. All go by steps, not epochs, except `step`, which drops at the start of an epoch.
 * Checked against torch.optim.lr_scheduler: CosineAnnealingLR stepped every iteration, StepLR, OneCycleLR.
 */
export const schedules = {
  constant: {
    title: "Constant",
    summary: "The same rate throughout.",
    reference: "torch.optim.lr_scheduler.ConstantLR with factor 1",
    share: () => 1,
  },
  cosine: {
    title: "Cosine",
    summary: "Half a cosine from the highest rate to zero.",
    reference: "Loshchilov and Hutter 2017, arXiv 1608.03983, equation 5 without restarts",
    share: ({ step, totalSteps }) => (1 + Math.cos((Math.PI * step) / totalSteps)) / 2,
  },
  step: {
    title: "Step",
    summary: "Multiplied by a factor every so many epochs.",
    reference: "torch.optim.lr_scheduler.StepLR",
    share: ({ step, stepsPerEpoch }, { stepEpochs, factor }) => factor ** Math.floor(step / (stepsPerEpoch * stepEpochs)),
  },
  "one-cycle": {
    title: "One cycle",
    summary: "Up from 1/25 of the highest rate over 30 % of the run, then down to 1/250,000, both along cosines.",
    reference: "Smith and Topin 2018, arXiv 1708.07120; torch.optim.lr_scheduler.OneCycleLR",
    share({ step, totalSteps }) {
      const anneal = (from: number, to: number, part: number) => to + ((from - to) / 2) * (1 + Math.cos(Math.PI * part));
      const rise = 0.3 * totalSteps - 1;
      if (step <= rise) return anneal(1 / 25, 1, rise <= 0 ? 1 : step / rise);
      const fall = totalSteps - 1 - rise;
      return anneal(1, 1 / 25e4, Math.min(1, (step - rise) / fall));
    },
  },
} as const satisfies Record<string, Schedule>;

export type ScheduleName = keyof typeof schedules;
