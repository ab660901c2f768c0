import { bootstrapCurve } from "./partial-auc.js";
import type { CurveBootstrapOptions } from "./partial-auc.js";
import type { BootstrapEstimate } from "./bootstrap.js";
import { checkLevel, defaultLevel } from "./checks.js";
import { normalCritical } from "./distributions/index.js";
import { notEstimable } from "./estimate.js";
import type { Estimate, StatisticFacts } from "./estimate.js";
import { computePlacements } from "./placements.js";
import type { BinaryLabels } from "./placements.js";
import { rocCurve } from "./roc-curve.js";
import { weightedCurve } from "./weighted-curve.js";
import type { CurveCounts } from "./weighted-curve.js";

export const precisionRecallFacts: StatisticFacts = {
  title: "Precision and recall",
  summary: "Precision against recall over all thresholds, and the average precision, which depends on the share of positives.",
  formula:
    "AP = Σ (recallₖ − recallₖ₋₁) precisionₖ over falling thresholds, ties entering together; logit: logit AP ± z/√(m AP (1 − AP)) with " +
    "m positives",
  methods: ["logit", "bootstrap (averagePrecisionBootstrap)"],
  reference: "K. Boyd, K. H. Eng, C. D. Page, ECML PKDD 2013, doi:10.1007/978-3-642-40994-3_29",
};

export interface PrecisionRecallPoint {
  readonly threshold: number;
  readonly recall: number;
  readonly precision: number;
}

/** Points by falling threshold; the one at which nothing is called positive has no precision and is left out. */
export function precisionRecallCurve(labels: BinaryLabels, scores: ArrayLike<number>): PrecisionRecallPoint[] {
  const points = rocCurve(labels, scores, { keep: "all", subject: "precision and recall" });
  const positives = computePlacements(labels, scores).positives.length;
  const negatives = labels.length - positives;
  return points.flatMap(({ threshold, truePositiveRate, falsePositiveRate }) => {
    if (threshold === null) return [];
    const [tp, fp] = [truePositiveRate * positives, falsePositiveRate * negatives];
    return [{ threshold, recall: truePositiveRate, precision: tp / (tp + fp) }];
  });
}

/**
 * Average precision with the interval on the logit scale.
 * @returns in (0, 1], higher is better; chance is the share of positives
 * @throws InputError `not-estimable` without a positive or a negative, and at 1
 * @see checked against its definition in R
 */
export function averagePrecision(
  labels: BinaryLabels,
  scores: ArrayLike<number>,
  options: { readonly level?: number } = {},
): Estimate {
  const level = checkLevel(options.level ?? defaultLevel);
  const subject = "average precision";
  const positives = computePlacements(labels, scores, subject).positives.length;
  const estimate = averageOf(weightedCurve(labels, scores)(new Float64Array(labels.length).fill(1))!);
  if (estimate >= 1) throw notEstimable(subject, "a value below 1", "1", "Report the smallest score of a positive.");
  const center = Math.log(estimate / (1 - estimate));
  const half = normalCritical(level) / Math.sqrt(positives * estimate * (1 - estimate));
  const back = (u: number): number => 1 / (1 + Math.exp(-u));
  return { estimate, lower: back(center - half), upper: back(center + half), level, method: "logit (Boyd)", n: labels.length };
}

/** Average precision with a bootstrap interval; without `strata`, positives and negatives are drawn apart. */
export function averagePrecisionBootstrap(
  labels: BinaryLabels,
  scores: ArrayLike<number>,
  options: CurveBootstrapOptions,
): BootstrapEstimate {
  computePlacements(labels, scores, "average precision");
  const curve = weightedCurve(labels, scores);
  const statistic = (multiplicities: Float64Array): number | undefined => {
    const counts = curve(multiplicities);
    return counts && averageOf(counts);
  };
  return bootstrapCurve(statistic, labels, options, "average precision");
}

function averageOf({ truePositives, falsePositives }: CurveCounts): number {
  let sum = 0;
  for (let k = 1; k < truePositives.length; k++) {
    const tp = truePositives[k]!;
    sum += ((tp - truePositives[k - 1]!) * tp) / (tp + falsePositives[k]!);
  }
  return sum / truePositives.at(-1)!;
}
