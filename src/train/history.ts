import type { EpochFigures } from "../base/index.js";
import type { EarlyStopping } from "./recipe.js";

/** What one epoch showed, and took. */
export interface EpochRecord extends Omit<EpochFigures, "epoch"> {
  /** From 0. */
  readonly epoch: number;
  readonly seconds: number;
  readonly imagesPerSecond: number;
  /** Share of the time spent waiting for images, in [0, 1]. */
  readonly idleShare: number;
  /** In half precision: steps whose gradients were not finite, and that changed nothing. */
  readonly skippedSteps?: number;
}

/** Whether an epoch is better than the best before it. Equal ones are not: the earlier stays. */
export function isBetter(metric: EarlyStopping["metric"], record: EpochRecord, best: EpochRecord): boolean {
  const loss = record.validationLoss ?? Infinity;
  const bestLoss = best.validationLoss ?? Infinity;
  if (metric === "loss") return loss < bestLoss;
  const gain = (record.validationAccuracy ?? 0) - (best.validationAccuracy ?? 0);
  return gain > 0 || (gain === 0 && loss < bestLoss);
}

/** Index of the best epoch so far, by the metric; the last one where there is nothing to choose by. */
export function bestEpochOf(history: readonly EpochRecord[], metric: EarlyStopping["metric"] | undefined): number {
  if (metric === undefined) return history.length - 1;
  return history.reduce((best, record, i) => (i > 0 && isBetter(metric, record, history[best]!) ? i : best), 0);
}

/** Share of the time of all epochs' steps that was spent waiting for images; 0 where there was no step. */
export function idleShareOf(history: readonly EpochRecord[]): number {
  const total = history.reduce((sum, { seconds }) => sum + seconds, 0);
  return total === 0 ? 0 : history.reduce((sum, { seconds, idleShare }) => sum + seconds * idleShare, 0) / total;
}
