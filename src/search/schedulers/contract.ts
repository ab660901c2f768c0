import type { TrialResult } from "../trial.js";

export interface SchedulerState {
  readonly results: readonly TrialResult[];
  /** Trials in all. */
  readonly trials: number;
  /** Resources at which trials are compared, ascending; the last is a whole training. */
  readonly rungs: readonly number[];
  /** One in so many goes on. */
  readonly reduction: number;
}

/** Decides what is trained next, and how far. */
export interface Scheduler {
  readonly title: string;
  readonly summary: string;
  readonly reference: string;
  /** Whether trials are compared before they are whole. */
  readonly prunes: boolean;
  /** The next piece of work: a new trial, or one that goes on; undefined where the search is done. */
  next(state: SchedulerState): { readonly trial: number; readonly resource: number } | undefined;
}
