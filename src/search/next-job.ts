import { unknownName } from "../base/index.js";
import { gridPoints } from "./samplers/grid.js";
import { samplers, type SamplerName } from "./samplers/index.js";
import { schedulers, type SchedulerName } from "./schedulers/index.js";
import type { SearchSpace, Settings } from "./space.js";
import type { TrialResult } from "./trial.js";

/** A search as data. */
export interface SearchPlan {
  readonly space: SearchSpace;
  readonly sampler: SamplerName;
  readonly scheduler: SchedulerName;
  /** Trials in all. */
  readonly trials: number;
  /** Resources at which trials are compared, ascending; the last is a whole training. See `rungsOf`. */
  readonly rungs: readonly number[];
  /** One in so many goes on from rung to rung. */
  readonly reduction: number;
  /** Names the random numbers. */
  readonly seed: number | string;
}

/** A piece of work: train these settings up to this resource, from where the trial stands. */
export interface TrialJob {
  readonly trial: number;
  readonly settings: Settings;
  readonly resource: number;
}

/**
 * What a search does next, from its plan and its results so far; undefined where it is done. There is no other state: whoever keeps the list of
 * results can stop anywhere and go on.
 */
export function nextJob(plan: SearchPlan, results: readonly TrialResult[]): TrialJob | undefined {
  const { space, seed, trials } = plan;
  if (!Object.hasOwn(samplers, plan.sampler)) throw unknownName("sampler", plan.sampler, Object.keys(samplers));
  if (!Object.hasOwn(schedulers, plan.scheduler)) throw unknownName("scheduler", plan.scheduler, Object.keys(schedulers));
  const next = schedulers[plan.scheduler].next({ ...plan, results });
  if (next === undefined) return undefined;
  const known = results.find(({ trial }) => trial === next.trial);
  return { ...next, settings: known?.settings ?? samplers[plan.sampler].propose({ space, seed, trial: next.trial, trials, results }) };
}

/** Trials of a search: those asked for, and no more than a grid has points. */
export function trialCount(space: SearchSpace, sampler: SamplerName, asked: number | undefined): number | undefined {
  if (sampler !== "grid") return asked;
  const points = gridPoints(space).length;
  return asked === undefined ? points : Math.min(asked, points);
}
