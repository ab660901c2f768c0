import type { Settings } from "./space.js";

/** What a trial came to, up to a resource. A trial that is promoted has one result per rung. */
export interface TrialResult {
  /** From 0, in the order of drawing. */
  readonly trial: number;
  readonly settings: Settings;
  /** What was spent on it in all, such as epochs. */
  readonly resource: number;
  /** Higher is better; undefined where the trial failed. */
  readonly score: number | undefined;
  /** Of the score, where it is a mean over folds. */
  readonly standardError?: number;
}

/** Every trial's result at the largest resource that it reached, in the order of drawing. */
export function latestResults<T extends TrialResult>(results: readonly T[]): T[] {
  const latest = new Map<number, T>();
  for (const result of results) {
    const before = latest.get(result.trial);
    if (before === undefined || result.resource >= before.resource) latest.set(result.trial, result);
  }
  return [...latest.values()].sort((a, b) => a.trial - b.trial);
}

const scoreOf = ({ score }: TrialResult): number => score ?? -Infinity;

/** Best first: whoever got further, then the higher score, then the earlier trial. Failed trials come last. */
export function rankResults<T extends TrialResult>(results: readonly T[]): T[] {
  return [...results].sort((a, b) => {
    if ((a.score === undefined) !== (b.score === undefined)) return a.score === undefined ? 1 : -1;
    return b.resource - a.resource || scoreOf(b) - scoreOf(a) || a.trial - b.trial;
  });
}
