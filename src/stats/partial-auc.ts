import { InputError } from "../base/index.js";
import { bootstrapInterval } from "./bootstrap.js";
import type { BootstrapEstimate, BootstrapMethod } from "./bootstrap.js";
import type { StatisticFacts } from "./estimate.js";
import { binaryTruth, computePlacements } from "./placements.js";
import type { BinaryLabels } from "./placements.js";
import type { ResamplingPlan } from "./resample.js";
import { areaBetween, heightAt, ratesOf, weightedCurve } from "./weighted-curve.js";

export const partialAucFacts: StatisticFacts = {
  title: "Partial area and points of the ROC curve",
  summary: "Area over a range of specificities or sensitivities, and the sensitivity at a stated specificity.",
  formula:
    "pAUC = ∫ sensitivity d(1 − specificity) over the range, or ∫ specificity d(sensitivity); McClish: (1 + (pAUC − min)/(max − " +
    "min))/2 with max the range and min the area under the diagonal in it. Sensitivity at a specificity: the curve there, straight " +
    "between its points, the highest where it rises straight up",
  methods: ["bootstrap within positives and negatives"],
  reference: "D. K. McClish, Med Decis Making 9, 1989, doi:10.1177/0272989X8900900307; X. Robin et al., BMC Bioinformatics 12, 2011",
};

export type CurveBootstrapOptions = Omit<ResamplingPlan, "n"> & {
  readonly level?: number;
  readonly method?: BootstrapMethod;
};

export interface PartialAucOptions extends CurveBootstrapOptions {
  /** The axis of the range; default "specificity". */
  readonly over?: "specificity" | "sensitivity";
  /** The range on that axis, ends in [0, 1]. */
  readonly range: readonly [number, number];
  /** Whether McClish's correction maps chance to 0.5 and the perfect curve to 1. Default false. */
  readonly corrected?: boolean;
}

/**
 * Partial area under the ROC curve with a bootstrap interval. Without `strata`, positives and negatives are drawn apart.
 * @returns in [0, width of the range]; with `corrected` up to 1, and below 0.5 for a curve under the diagonal
 * @throws InputError `range`; `not-estimable` as bootstrapInterval
 * @see checked against pROC 1.18.0, auc(partial.auc, partial.auc.correct)
 */
export function partialAuc(
  labels: BinaryLabels,
  scores: ArrayLike<number>,
  options: PartialAucOptions,
): BootstrapEstimate {
  const { over = "specificity", corrected = false, range } = options;
  const [low, high] = range;
  if (!(low >= 0 && high <= 1 && low < high)) {
    throw new InputError("range", `range: expected two numbers rising within [0, 1], got ${low} and ${high}. Swap them?`);
  }
  const subject = `partial AUC, ${over} ${low} to ${high}`;
  computePlacements(labels, scores, subject);
  const curve = weightedCurve(labels, scores);
  const width = high - low;
  const least = ((1 - low) ** 2 - (1 - high) ** 2) / 2;
  const statistic = (multiplicities: Float64Array): number | undefined => {
    const counts = curve(multiplicities);
    if (!counts) return undefined;
    const { tpr, fpr } = ratesOf(counts);
    const area =
      over === "specificity"
        ? areaBetween(fpr, tpr, 1 - high, 1 - low)
        : width - areaBetween(tpr, fpr, low, high);
    return corrected ? (1 + (area - least) / (width - least)) / 2 : area;
  };
  return bootstrapCurve(statistic, labels, options, subject);
}

/**
 * Sensitivity at a stated specificity, the threshold being that of the data (and drawn anew with them).
 * @returns in [0, 1]
 * @throws InputError `range`; `not-estimable` as bootstrapInterval
 * @see checked against pROC 1.18.0, coords(input = "specificity")
 */
export function sensitivityAtSpecificity(
  labels: BinaryLabels,
  scores: ArrayLike<number>,
  options: CurveBootstrapOptions & { readonly specificity: number },
): BootstrapEstimate {
  const at = 1 - checkRate("specificity", options.specificity);
  const subject = `sensitivity at a specificity of ${options.specificity}`;
  return pointOf(labels, scores, options, subject, ({ tpr, fpr }) => heightAt(fpr, tpr, snap(fpr, at)));
}

/** Specificity at a stated sensitivity, as sensitivityAtSpecificity. */
export function specificityAtSensitivity(
  labels: BinaryLabels,
  scores: ArrayLike<number>,
  options: CurveBootstrapOptions & { readonly sensitivity: number },
): BootstrapEstimate {
  const at = checkRate("sensitivity", options.sensitivity);
  const subject = `specificity at a sensitivity of ${options.sensitivity}`;
  // Read from the other end, the highest specificity is the first point that reaches the sensitivity.
  return pointOf(labels, scores, options, subject, ({ tpr, fpr }) => {
    const [x, y] = [tpr, fpr].map((rates) => rates.map((rate) => 1 - rate).reverse()) as [number[], number[]];
    return heightAt(x, y, snap(x, 1 - at));
  });
}

function pointOf(
  labels: BinaryLabels,
  scores: ArrayLike<number>,
  options: CurveBootstrapOptions,
  subject: string,
  value: (rates: { tpr: number[]; fpr: number[] }) => number,
): BootstrapEstimate {
  computePlacements(labels, scores, subject);
  const curve = weightedCurve(labels, scores);
  const statistic = (multiplicities: Float64Array): number | undefined => {
    const counts = curve(multiplicities);
    return counts && value(ratesOf(counts));
  };
  return bootstrapCurve(statistic, labels, options, subject);
}

/** 1 − 0.9 is not 10/100 in binary: a rate within rounding of a point of the curve is that point. */
function snap(rates: readonly number[], at: number): number {
  return rates.find((rate) => Math.abs(rate - at) < 1e-12) ?? at;
}

function checkRate(name: string, value: number): number {
  if (!(value >= 0 && value <= 1)) {
    throw new InputError("range", `${name}: expected a number in [0, 1], got ${value}. For 90 % pass 0.9.`);
  }
  return value;
}

/** A statistic of the curve with its bootstrap interval within positives and negatives. */
export function bootstrapCurve(
  statistic: (multiplicities: Float64Array) => number | undefined,
  labels: BinaryLabels,
  options: CurveBootstrapOptions,
  subject: string,
): BootstrapEstimate {
  const { level, method, groups, resamples, random } = options;
  return bootstrapInterval(statistic, {
    n: labels.length,
    strata: options.strata ?? Array.from(binaryTruth(labels)),
    random,
    subject,
    ...(level !== undefined && { level }),
    ...(method && { method }),
    ...(groups && { groups }),
    ...(resamples !== undefined && { resamples }),
  });
}
