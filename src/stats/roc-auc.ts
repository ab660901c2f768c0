import { unknownName } from "../base/index.js";
import { aucMethods } from "./auc/index.js";
import type { AucMethod, AucMethodName } from "./auc/index.js";
import { bootstrapInterval } from "./bootstrap.js";
import type { BootstrapEstimate, BootstrapMethod } from "./bootstrap.js";
import { checkLevel, defaultLevel } from "./checks.js";
import type { Estimate, StatisticFacts } from "./estimate.js";
import { binaryTruth, computePlacements, sortedOrder } from "./placements.js";
import type { BinaryLabels } from "./placements.js";
import type { Key, ResamplingPlan } from "./resample.js";

export const rocAucFacts: StatisticFacts = {
  title: "Area under the ROC curve",
  summary: "Probability that a positive case scores higher than a negative one.",
  formula: "AUC = (#{positive > negative} + #{equal}/2)/(m n), over all m n pairs, by midranks in O(n log n)",
  methods: ["delong-logit", "delong", "newcombe", "bootstrap (rocAucBootstrap)"],
  reference: "J. A. Hanley, B. J. McNeil, Radiology 143, 1982, doi:10.1148/radiology.143.1.7063747",
};

export interface AucOptions {
  readonly level?: number;
  readonly method?: AucMethodName;
  /** Patient of each case, where patients have several. */
  readonly groups?: readonly Key[];
  readonly subject?: string;
}

export interface AucEstimate extends Estimate {
  readonly positives: number;
  readonly negatives: number;
  readonly standardError?: number;
}

/**
 * Area under the empirical ROC curve with an analytic interval.
 * @param labels truth per case: true or 1 for positive
 * @param scores per case, higher means more likely positive
 * @returns in [0, 1], higher is better, 0.5 is chance
 * @throws InputError `not-estimable` without a positive or a negative, and by DeLong at an AUC of 0 or 1
 * @see checked against pROC 1.18.0 on aSAH and on stored simulated scores with ties
 */
export function rocAuc(labels: BinaryLabels, scores: ArrayLike<number>, options: AucOptions = {}): AucEstimate {
  const { method = "delong-logit", groups, subject = "AUC" } = options;
  const level = checkLevel(options.level ?? defaultLevel);
  const methods: Record<string, AucMethod> = aucMethods;
  if (!Object.hasOwn(methods, method)) throw unknownName("interval method", method, Object.keys(methods));
  const placements = computePlacements(labels, scores, subject);
  const limits = methods[method]!.limits({ placements, level, subject, ...(groups && { groups }) });
  return {
    estimate: placements.auc,
    ...limits,
    level,
    n: labels.length,
    positives: placements.positives.length,
    negatives: placements.negatives.length,
  };
}

/**
 * Area under the ROC curve with a bootstrap interval. Without `strata` the cases are drawn within each kind.
 * @throws InputError `not-estimable` as rocAuc and bootstrapInterval
 */
export function rocAucBootstrap(
  labels: BinaryLabels,
  scores: ArrayLike<number>,
  options: Omit<ResamplingPlan, "n"> & { readonly level?: number; readonly method?: BootstrapMethod },
): BootstrapEstimate {
  const { auc } = computePlacements(labels, scores);
  const strata = options.strata ?? Array.from(binaryTruth(labels));
  const statistic = weightedAuc(labels, scores);
  return { ...bootstrapInterval(statistic, { subject: "AUC", ...options, n: labels.length, strata }), estimate: auc };
}

/** The AUC as a function of how often each case counts, O(n) per call after one sort. */
export function weightedAuc(
  labels: BinaryLabels,
  scores: ArrayLike<number>,
): (multiplicities: Float64Array) => number | undefined {
  const truth = binaryTruth(labels);
  const order = sortedOrder(scores);
  return (multiplicities) => {
    let [negativesBelow, wins, positives] = [0, 0, 0];
    for (let i = 0; i < order.length;) {
      let [positivesHere, negativesHere] = [0, 0];
      const score = scores[order[i]!]!;
      for (; i < order.length && scores[order[i]!] === score; i++) {
        const k = order[i]!;
        if (truth[k] === 1) positivesHere += multiplicities[k]!;
        else negativesHere += multiplicities[k]!;
      }
      wins += positivesHere * (negativesBelow + negativesHere / 2);
      negativesBelow += negativesHere;
      positives += positivesHere;
    }
    return positives > 0 && negativesBelow > 0 ? wins / (positives * negativesBelow) : undefined;
  };
}
