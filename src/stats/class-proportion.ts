import { clusteredProportion } from "./clustered-proportion.js";
import type { Estimate, StatisticFacts } from "./estimate.js";
import { proportionInterval } from "./proportion-interval.js";
import type { ProportionEstimate, ProportionOptions } from "./proportion-interval.js";
import type { Key } from "./resample.js";

export const classMeasureFacts: StatisticFacts = {
  title: "Precision, recall, specificity, F1",
  summary: "Measures of one class against the rest, and their averages over classes.",
  formula:
    "precision = TP/(TP + FP), recall (sensitivity) = TP/(TP + FN), specificity = TN/(TN + FP): proportions. F1 = " +
    "2TP/(2TP + FP + FN) = 2J/(1 + J) " +
    "with J = TP/(TP + FP + FN), a proportion among the cases that are of the class or called so; F1's limits are " +
    "those of J, transformed. " +
    "Macro: mean over classes; weighted: by true cases; micro: pooled counts. Balanced accuracy = macro recall. A " +
    "zero denominator is not estimable.",
  methods: ["wilson (with a design effect where patients have several cases)", "bootstrap within classes (averages)"],
  reference:
    "D. J. Hand, P. Christen, N. Kirielle, Mach Learn 110, 2021, doi:10.1007/s10994-021-05964-1 (J = F*); Wilson " +
    "as above",
};

export interface ClassShareOptions extends ProportionOptions {
  readonly groups: readonly Key[] | undefined;
}

/** Which cases a proportion is over and which of them count. */
export interface ClassQuestion {
  readonly truth: Int32Array;
  readonly predicted: Int32Array;
  readonly k: number;
  readonly subject: string;
  /** From "is of class k" and "was called k" to whether the case enters. */
  readonly among: (isOf: boolean, called: boolean) => boolean;
  /** From the same to whether it counts. */
  readonly hit: (isOf: boolean, called: boolean) => boolean;
}

/** A proportion of one class's cases, clustered where groups are given. */
export function classProportion(question: ClassQuestion, options: ClassShareOptions): ProportionEstimate {
  const { truth, predicted, k, among, hit, subject } = question;
  const entering: number[] = [];
  truth.forEach((t, i) => {
    if (among(t === k, predicted[i] === k)) entering.push(i);
  });
  return shareOf(entering, (i) => hit(truth[i] === k, predicted[i] === k), { ...options, subject });
}

/** The share of right answers. */
export function accuracyInterval(
  truth: Int32Array,
  predicted: Int32Array,
  options: ClassShareOptions,
): ProportionEstimate {
  return shareOf(
    Array.from(truth, (_, i) => i),
    (i) => truth[i] === predicted[i],
    { ...options, subject: "accuracy" },
  );
}

/** F1 of a class by the proportion J = TP/(TP + FP + FN). */
export function f1Interval(question: Omit<ClassQuestion, "among" | "hit">, options: ClassShareOptions): Estimate {
  const share = classProportion(
    { ...question, among: (isOf, called) => isOf || called, hit: (isOf, called) => isOf && called },
    options,
  );
  const toF1 = (j: number): number => (2 * j) / (1 + j);
  const { lower, upper, level, n, warnings } = share;
  return {
    estimate: toF1(share.estimate),
    lower: toF1(lower),
    upper: toF1(upper),
    level,
    method: `${share.method}, of TP/(TP + FP + FN)`,
    n,
    ...(warnings && { warnings }),
  };
}

function shareOf(
  cases: readonly number[],
  hit: (i: number) => boolean,
  options: ClassShareOptions,
): ProportionEstimate {
  const { groups, ...rest } = options;
  const hits = cases.map(hit);
  if (groups && cases.length > 0)
    return clusteredProportion(
      hits,
      cases.map((i) => groups[i]!),
      rest,
    );
  return proportionInterval(hits.filter(Boolean).length, cases.length, rest);
}
