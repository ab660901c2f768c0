import { asha } from "./asha.js";
import type { Scheduler } from "./contract.js";
import { none } from "./none.js";
import { successiveHalving } from "./successive-halving.js";

export type { Scheduler, SchedulerState } from "./contract.js";

const shelf = { none, "successive-halving": successiveHalving, asha } as const;

export type SchedulerName = keyof typeof shelf;

/** What becomes of a trial before it is whole, by the name that recipes use. */
export const schedulers: Readonly<Record<SchedulerName, Scheduler>> = shelf;
