import { notEstimable } from "./estimate.js";

/**
 * The middle of some values; of an even number the mean of the two in the middle.
 * @throws InputError `not-estimable` of none
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw notEstimable("median", "at least one value", "none", "Gather some.");
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
