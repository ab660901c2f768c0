import { InputError } from "../../base/index.js";
import { checkLevel, checkProbabilities, checkSameLength, defaultLevel } from "../checks.js";
import { notEstimable } from "../estimate.js";
import type { StatisticFacts } from "../estimate.js";
import { meanInterval } from "../mean.js";
import type { MeanEstimate } from "../mean.js";
import { binaryTruth } from "../placements.js";
import type { BinaryLabels } from "../placements.js";
import { proportionInterval } from "../proportion-interval.js";
import type { ProportionEstimate } from "../proportion-interval.js";
import type { Key } from "../resample.js";

export const calibrationFacts: StatisticFacts = {
  title: "Calibration",
  summary: "Whether cases given a probability of p are positive in a share p of times.",
  formula:
    "Brier: mean of (p − y)², over several classes of Σₖ(pₖ − yₖ)². Bins [i/B, (i + 1)/B), the last one closed. " +
    "ECE = Σ (n_b/n) |mean p − share positive|, MCE its largest term without the weight; both are biased upwards " +
    "in small samples",
  methods: ["t interval (Brier)", "wilson (bins)"],
  reference: "G. W. Brier, Mon Weather Rev 78, 1950; M. Pakdaman Naeini et al., AAAI 2015 (ECE, MCE)",
};

/**
 * Brier score of a two-class question, 0 (best) to 1, with a t interval.
 * @throws InputError `not-estimable` as meanInterval
 * @see checked against sklearn.metrics.brier_score_loss
 */
export function brierScore(
  labels: BinaryLabels,
  probabilities: ArrayLike<number>,
  options: { readonly level?: number; readonly groups?: readonly Key[] } = {},
): MeanEstimate {
  const truth = binaryTruth(labels);
  checkSameLength("probabilities", probabilities.length, truth.length);
  checkProbabilities("probability", probabilities);
  const losses = Array.from(truth, (y, i) => (probabilities[i]! - y) ** 2);
  return meanInterval(losses, { ...options, range: [0, 1], subject: "Brier score" });
}

export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly n: number;
  readonly meanProbability: number;
  readonly observed: ProportionEstimate;
}

export interface Reliability {
  /** Bins that hold cases. */
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error, 0 (best) to 1. */
  readonly expectedError: number;
  /** Largest calibration error of a bin, 0 (best) to 1. */
  readonly largestError: number;
  readonly n: number;
}

/**
 * Reliability diagram of a two-class question over equally wide bins.
 * @throws InputError `not-estimable` without cases, `bins`
 */
export function reliability(
  labels: BinaryLabels,
  probabilities: ArrayLike<number>,
  options: { readonly bins?: number; readonly level?: number } = {},
): Reliability {
  const { bins = 10 } = options;
  const level = checkLevel(options.level ?? defaultLevel);
  const truth = binaryTruth(labels);
  checkSameLength("probabilities", probabilities.length, truth.length);
  checkProbabilities("probability", probabilities);
  if (!Number.isSafeInteger(bins) || bins < 1)
    throw new InputError("bins", `bins: expected a positive integer, got ${bins}. 10 is usual.`);
  if (truth.length === 0) throw notEstimable("calibration", "at least one case", "0", "Predict some cases first.");
  const sums = Array.from({ length: bins }, () => ({ n: 0, positives: 0, probability: 0 }));
  truth.forEach((y, i) => {
    const bin = sums[Math.min(bins - 1, Math.floor(probabilities[i]! * bins))]!;
    bin.n += 1;
    bin.positives += y;
    bin.probability += probabilities[i]!;
  });
  const filled = sums.flatMap(({ n, positives, probability }, b): ReliabilityBin[] =>
    n === 0
      ? []
      : [
          {
            from: b / bins,
            to: (b + 1) / bins,
            n,
            meanProbability: probability / n,
            observed: proportionInterval(positives, n, { level }),
          },
        ],
  );
  const errors = filled.map((bin) => Math.abs(bin.meanProbability - bin.observed.estimate));
  const expectedError = filled.reduce((sum, bin, b) => sum + (bin.n / truth.length) * errors[b]!, 0);
  return { bins: filled, expectedError, largestError: Math.max(...errors), n: truth.length };
}
