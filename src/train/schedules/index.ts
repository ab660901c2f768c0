import { constant } from "./constant.js";
import type { Schedule } from "./contract.js";
import { cosine } from "./cosine.js";
import { oneCycle } from "./one-cycle.js";
import { step } from "./step.js";

export type { Schedule, ScheduleMoment, ScheduleSettings } from "./contract.js";

const shelf = { constant, cosine, step, "one-cycle": oneCycle } as const;

export type ScheduleName = keyof typeof shelf;

/**
 * The schedules, by the name that recipes use. All go by steps, not epochs, except `step`, which drops at the start of an epoch.
 * Checked against torch.optim.lr_scheduler: CosineAnnealingLR stepped every iteration, StepLR, OneCycleLR.
 */
export const schedules: Readonly<Record<ScheduleName, Schedule>> = shelf;
