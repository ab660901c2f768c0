import { InputError } from "../base/index.js";
import { checkSameLength } from "./checks.js";
import { notEstimable } from "./estimate.js";
import { collect } from "./resample.js";
import type { Key } from "./resample.js";
import { sumDegrees } from "./satterthwaite.js";

/** Truth of a two-class question, per case. */
export type BinaryLabels = ArrayLike<boolean | number>;

/** DeLong's structural components of an empirical AUC. */
export interface Placements {
  readonly auc: number;
  /** Case indices of the positives and of the negatives. */
  readonly positives: Int32Array;
  readonly negatives: Int32Array;
  /** Per positive: share of negatives that score lower, ties half. Its mean is the AUC. */
  readonly ofPositives: Float64Array;
  /** Per negative: share of positives that score higher, ties half. */
  readonly ofNegatives: Float64Array;
}

/**
 * Placements of all cases in O(n log n), by midranks.
 * @param scores higher means more likely positive; infinities are allowed, NaN is not
 * @throws InputError `not-estimable` without a positive or without a negative, `label`, `score`
 * @see X. Sun, W. Xu, IEEE Signal Process Lett 21, 2014, doi:10.1109/LSP.2014.2337313
 */
export function computePlacements(labels: BinaryLabels, scores: ArrayLike<number>, subject = "AUC"): Placements {
  checkSameLength("scores", scores.length, labels.length);
  checkScores(scores);
  const truth = binaryTruth(labels);
  const positives = Int32Array.from(indicesWhere(truth, 1));
  const negatives = Int32Array.from(indicesWhere(truth, 0));
  const [m, n] = [positives.length, negatives.length];
  if (m === 0 || n === 0) {
    throw notEstimable(
      subject,
      "positive and negative cases",
      `${m} positive and ${n} negative`,
      "Gather cases of both kinds.",
    );
  }
  const all = midranks(Float64Array.from(scores));
  const own = {
    positives: midranks(Float64Array.from(positives, (i) => scores[i]!)),
    negatives: midranks(Float64Array.from(negatives, (i) => scores[i]!)),
  };
  const ofPositives = Float64Array.from(positives, (i, k) => (all[i]! - own.positives[k]!) / n);
  const ofNegatives = Float64Array.from(negatives, (i, k) => 1 - (all[i]! - own.negatives[k]!) / m);
  // Midranks are multiples of 1/2: their sum is exact, and so is the AUC up to one division.
  let sum = 0;
  for (let k = 0; k < m; k++) sum += all[positives[k]!]! - own.positives[k]!;
  return { auc: sum / (m * n), positives, negatives, ofPositives, ofNegatives };
}

/** @throws InputError `score` when a score is NaN */
export function checkScores(scores: ArrayLike<number>): void {
  for (let i = 0; i < scores.length; i++) {
    if (Number.isNaN(scores[i]!))
      throw new InputError("score", `score ${i}: expected a number, got NaN. Leave the case out.`);
  }
}

/** 1 for positive, 0 for negative. */
export function binaryTruth(labels: BinaryLabels): Uint8Array {
  return Uint8Array.from({ length: labels.length }, (_, i) => {
    const label = labels[i]!;
    if (label !== true && label !== false && label !== 0 && label !== 1) {
      throw new InputError(
        "label",
        `label ${i}: expected true, false, 1 or 0, got ${String(label)}. Compare with the positive class first.`,
      );
    }
    return Number(label);
  });
}

function indicesWhere(truth: Uint8Array, value: number): number[] {
  const indices: number[] = [];
  truth.forEach((t, i) => {
    if (t === value) indices.push(i);
  });
  return indices;
}

/** Ranks from 1, ties sharing the mean of their ranks. */
export function midranks(values: Float64Array): Float64Array {
  const order = sortedOrder(values);
  const ranks = new Float64Array(values.length);
  for (let i = 0; i < order.length;) {
    let j = i + 1;
    while (j < order.length && values[order[j]!] === values[order[i]!]) j++;
    for (let k = i; k < j; k++) ranks[order[k]!] = (i + j + 1) / 2;
    i = j;
  }
  return ranks;
}

/** Indices in ascending order of their values. */
export function sortedOrder(values: ArrayLike<number>): Uint32Array {
  return Uint32Array.from({ length: values.length }, (_, i) => i).sort((a, b) =>
    values[a]! < values[b]! ? -1 : values[a]! > values[b]! ? 1 : a - b,
  );
}

/** Variance of an AUC, part by part. */
export interface PlacementSpread {
  readonly variance: number;
  /** Of Student's t: by Satterthwaite from the two parts, each estimated from the positives or the negatives (patients with them). */
  readonly degreesOfFreedom: number;
}

/**
 * Variance of an AUC, or of a difference of AUCs on the same cases, from placements or their differences.
 * Cases of one patient may depend on each other when `groups` is given; with one case per patient both agree.
 * @throws InputError `not-estimable` with fewer than two positives or negatives, or patients with them
 * @see E. R. DeLong et al., Biometrics 44, 1988, doi:10.2307/2531595; N. A. Obuchowski, Biometrics 53, 1997, doi:10.2307/2533958 (clusters);
 *   F. E. Satterthwaite, Biometrics Bull 2, 1946, doi:10.2307/3002019 (degrees of freedom)
 */
export function placementSpread(
  placements: Placements,
  groups?: readonly Key[],
  subject = "interval of the AUC",
): PlacementSpread {
  const { auc, positives, negatives, ofPositives, ofNegatives } = placements;
  const [m, n] = [positives.length, negatives.length];
  if (!groups) {
    requireTwo(subject, "cases", m, n);
    return spreadOf(sumOfSquares(ofPositives, auc) / ((m - 1) * m), sumOfSquares(ofNegatives, auc) / ((n - 1) * n), 0, m, n);
  }
  checkSameLength("groups", groups.length, m + n);
  const clusterOf = new Int32Array(groups.length);
  const clusters = collect(groups);
  clusters.forEach((cases, cluster) => cases.forEach((i) => (clusterOf[i] = cluster)));
  const positiveSums = new Float64Array(clusters.length);
  const negativeSums = new Float64Array(clusters.length);
  positives.forEach((i, k) => (positiveSums[clusterOf[i]!]! += ofPositives[k]! - auc));
  negatives.forEach((i, k) => (negativeSums[clusterOf[i]!]! += ofNegatives[k]! - auc));
  const withPositives = new Set(Array.from(positives, (i) => clusterOf[i])).size;
  const withNegatives = new Set(Array.from(negatives, (i) => clusterOf[i])).size;
  requireTwo(subject, "patients", withPositives, withNegatives);
  let [s10, s01, s11] = [0, 0, 0];
  for (let c = 0; c < clusters.length; c++) {
    s10 += positiveSums[c]! ** 2;
    s01 += negativeSums[c]! ** 2;
    s11 += positiveSums[c]! * negativeSums[c]!;
  }
  const total = clusters.length;
  return spreadOf(
    ((withPositives / (withPositives - 1)) * s10) / (m * m),
    ((withNegatives / (withNegatives - 1)) * s01) / (n * n),
    ((total / (total - 1)) * 2 * s11) / (m * n),
    withPositives,
    withNegatives,
  );
}

function spreadOf(positive: number, negative: number, shared: number, m: number, n: number): PlacementSpread {
  const variance = positive + negative + shared;
  return { variance, degreesOfFreedom: sumDegrees([[positive, m - 1], [negative, n - 1]]) };
}

/** The variance alone: see `placementSpread`. */
export function placementVariance(placements: Placements, groups?: readonly Key[], subject?: string): number {
  return placementSpread(placements, groups, subject).variance;
}

function requireTwo(subject: string, unit: string, positives: number, negatives: number): void {
  if (positives < 2 || negatives < 2) {
    throw notEstimable(
      subject,
      `at least two positive and two negative ${unit}`,
      `${positives} and ${negatives}`,
      "Gather more cases.",
    );
  }
}

function sumOfSquares(values: Float64Array, mean: number): number {
  let sum = 0;
  for (const value of values) sum += (value - mean) ** 2;
  return sum;
}
