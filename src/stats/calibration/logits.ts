import { checkProbabilities, checkSameLength } from "../checks.js";
import { notEstimable } from "../estimate.js";
import { binaryTruth } from "../placements.js";
import type { BinaryLabels } from "../placements.js";

/** Probabilities nearer to 0 or 1 than this count as this near, so that a logit stays finite. */
export const nearest = 1e-12;

/** log(p/(1 - p)), with p kept `nearest` away from 0 and 1. */
export function logitOf(p: number): number {
  const kept = Math.min(1 - nearest, Math.max(nearest, p));
  return Math.log(kept) - Math.log1p(-kept);
}

/** Truth and probabilities of a two-class question, checked. */
export function checkedPredictions(
  labels: BinaryLabels,
  probabilities: ArrayLike<number>,
  subject: string,
): { truth: Uint8Array; p: Float64Array } {
  const truth = binaryTruth(labels);
  checkSameLength("probabilities", probabilities.length, truth.length);
  checkProbabilities("probability", probabilities);
  const positives = truth.reduce((sum, t) => sum + t, 0);
  if (positives === 0 || positives === truth.length) {
    const got = `${positives} positive and ${truth.length - positives} negative`;
    throw notEstimable(subject, "positive and negative cases", got, "Gather cases of both kinds.");
  }
  return { truth, p: Float64Array.from(probabilities) };
}
