import { checkSameLength } from "./checks.js";
import { notEstimable } from "./estimate.js";
import type { StatisticFacts } from "./estimate.js";
import { binaryTruth, checkScores, sortedOrder } from "./placements.js";
import type { BinaryLabels } from "./placements.js";

export const rocCurveFacts: StatisticFacts = {
  title: "ROC curve",
  summary: "Sensitivity against 1 − specificity over all thresholds.",
  formula:
    "a case is called positive when score ≥ threshold; cases with equal scores enter together, so ties give a " +
    "slanted step",
  methods: ["empirical"],
  reference: "T. Fawcett, Pattern Recognit Lett 27, 2006, doi:10.1016/j.patrec.2005.10.010, algorithm 1",
};

export interface RocPoint {
  /** Called positive from this score on; null for the point where nothing is. */
  readonly threshold: number | null;
  readonly truePositiveRate: number;
  readonly falsePositiveRate: number;
}

export interface RocOptions {
  /** Which points are kept: all distinct scores, or only where the curve turns. Default `"corners"`. */
  readonly keep?: "all" | "corners";
  readonly subject?: string;
}

/**
 * Points of the empirical ROC curve from (0, 0) to (1, 1).
 * @throws InputError `not-estimable` without a positive or without a negative
 * @see checked against sklearn.metrics.roc_curve
 */
export function rocCurve(labels: BinaryLabels, scores: ArrayLike<number>, options: RocOptions = {}): RocPoint[] {
  checkSameLength("scores", scores.length, labels.length);
  checkScores(scores);
  const truth = binaryTruth(labels);
  const positives = truth.reduce((sum, t) => sum + t, 0);
  const negatives = truth.length - positives;
  if (positives === 0 || negatives === 0) {
    const got = `${positives} positive and ${negatives} negative`;
    throw notEstimable(
      options.subject ?? "ROC curve",
      "positive and negative cases",
      got,
      "Gather cases of both kinds.",
    );
  }
  const order = sortedOrder(scores).reverse();
  const points: (RocPoint & { tp: number; fp: number })[] = [
    { threshold: null, truePositiveRate: 0, falsePositiveRate: 0, tp: 0, fp: 0 },
  ];
  let [tp, fp] = [0, 0];
  for (let i = 0; i < order.length; i++) {
    if (truth[order[i]!] === 1) tp++;
    else fp++;
    const threshold = scores[order[i]!]!;
    if (i + 1 < order.length && scores[order[i + 1]!] === threshold) continue;
    points.push({ threshold, truePositiveRate: tp / positives, falsePositiveRate: fp / negatives, tp, fp });
  }
  const isCorner = (k: number): boolean => {
    const [before, here, after] = [points[k - 1], points[k]!, points[k + 1]];
    if (!before || !after) return true;
    return (here.tp - before.tp) * (after.fp - here.fp) !== (after.tp - here.tp) * (here.fp - before.fp);
  };
  return points
    .filter((_, k) => options.keep === "all" || isCorner(k))
    .map(({ threshold, truePositiveRate, falsePositiveRate }) => ({ threshold, truePositiveRate, falsePositiveRate }));
}
