import { InputError } from "../../base/index.js";
import { bootstrapIntervals } from "../bootstrap.js";
import type { BootstrapEstimate, BootstrapMethod } from "../bootstrap.js";
import { notEstimable } from "../estimate.js";
import type { StatisticFacts } from "../estimate.js";
import { sortedOrder } from "../placements.js";
import type { BinaryLabels } from "../placements.js";
import type { ResamplingPlan } from "../resample.js";
import { checkedPredictions } from "./logits.js";

export const calibrationErrorFacts: StatisticFacts = {
  title: "Calibration error with interval",
  summary: "Expected and largest calibration error over bins of equal width or of equal numbers of cases, with bootstrap intervals.",
  formula:
    "ECE = Σ (n_b/n)|p̄_b − ȳ_b|, MCE the largest term without its weight; bins are set once on all cases, cases with equal " +
    "probabilities fall into one. The bootstrap does not undo the upward bias of small bins",
  methods: ["equal-width", "equal-count"],
  reference: "M. Pakdaman Naeini et al., AAAI 2015; K. Nixon et al., CVPR Workshops 2019 (equal counts)",
};

export interface CalibrationError {
  readonly expected: BootstrapEstimate;
  readonly largest: BootstrapEstimate;
}

/**
 * Expected and largest calibration error.
 * @returns in [0, 1], 0 is best
 * @throws InputError `not-estimable` without both classes, and as bootstrapInterval; `bins`, `probability`
 */
export function calibrationError(
  labels: BinaryLabels,
  probabilities: ArrayLike<number>,
  options: Omit<ResamplingPlan, "n"> & {
    readonly bins?: number;
    readonly binning?: "equal-width" | "equal-count";
    readonly level?: number;
    readonly method?: BootstrapMethod;
  },
): CalibrationError {
  const { bins = 10, binning = "equal-width", ...plan } = options;
  if (!Number.isSafeInteger(bins) || bins < 1) {
    throw new InputError("bins", `bins: expected a positive integer, got ${bins}. 10 is usual.`);
  }
  const { truth, p } = checkedPredictions(labels, probabilities, "calibration error");
  const binOf =
    binning === "equal-width" ? p.map((value) => Math.min(bins - 1, Math.floor(value * bins))) : equalCounts(p, bins);
  const statistics = (multiplicities: Float64Array): readonly (number | undefined)[] => {
    const [n, sumP, sumY] = [new Float64Array(bins), new Float64Array(bins), new Float64Array(bins)];
    let total = 0;
    for (let i = 0; i < truth.length; i++) {
      const [b, w] = [binOf[i]!, multiplicities[i]!];
      n[b]! += w;
      sumP[b]! += w * p[i]!;
      sumY[b]! += w * truth[i]!;
      total += w;
    }
    let [expected, largest] = [0, 0];
    for (let b = 0; b < bins; b++) {
      if (n[b] === 0) continue;
      const error = Math.abs(sumP[b]! - sumY[b]!);
      expected += error / total;
      largest = Math.max(largest, error / n[b]!);
    }
    return total > 0 ? [expected, largest] : [undefined, undefined];
  };
  const [expected, largest] = bootstrapIntervals(statistics, {
    ...plan,
    n: truth.length,
    subject: "calibration error",
  });
  if (!expected || !largest) throw notEstimable("calibration error", "cases", "none", "Predict some cases first.");
  return { expected: expected(), largest: largest() };
}

/** Bin of each case so that bins hold as equal numbers as ties allow. */
function equalCounts(p: Float64Array, bins: number): Float64Array {
  const result = new Float64Array(p.length);
  const order = sortedOrder(p);
  for (let i = 0; i < order.length; ) {
    let j = i;
    while (j < order.length && p[order[j]!] === p[order[i]!]) j++;
    const bin = Math.min(bins - 1, Math.floor((((i + j) / 2) * bins) / p.length));
    for (; i < j; i++) result[order[i]!] = bin;
  }
  return result;
}
