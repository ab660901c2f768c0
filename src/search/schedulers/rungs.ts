import { InputError } from "../../base/index.js";
import { rankResults, type TrialResult } from "../trial.js";

export interface RungOptions {
  /** Least that a trial gets. */
  readonly minimum: number;
  /** A whole training. */
  readonly maximum: number;
  /** Factor from rung to rung, at least 2. */
  readonly reduction: number;
}

/**
 * Resources at which trials are compared: the whole, and down from it by the factor as long as the minimum is met, rounded.
 * @throws InputError `search-rungs`
 */
export function rungsOf({ minimum, maximum, reduction }: RungOptions): number[] {
  if (!(Number.isInteger(reduction) && reduction >= 2)) throw new InputError("search-rungs", `reduction: expected a whole number of at least 2, got ${reduction}. 3 is usual.`);
  if (!(minimum >= 1 && minimum <= maximum)) throw new InputError("search-rungs", `least epochs of a trial: expected 1 to ${maximum}, got ${minimum}. Correct the scheduler.`);
  const rungs = [maximum];
  for (let next = maximum / reduction; Math.round(next) >= minimum && Math.round(next) >= 1 && Math.round(next) < rungs[0]!; next /= reduction) rungs.unshift(Math.round(next));
  return rungs;
}

/** The results at one rung, best first. */
export function atRung<T extends TrialResult>(results: readonly T[], resource: number): T[] {
  return rankResults(results.filter((result) => result.resource === resource));
}

/** The first of the best `count` at a rung that has no result at the next one yet. Failed trials never go on. */
export function firstToPromote(results: readonly TrialResult[], { from, to, count }: { readonly from: number; readonly to: number; readonly count: number }): number | undefined {
  const above = new Set(atRung(results, to).map(({ trial }) => trial));
  return atRung(results, from).slice(0, count).find(({ trial, score }) => score !== undefined && !above.has(trial))?.trial;
}
