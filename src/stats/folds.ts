import { InputError } from "../base/index.js";
import { checkFinite, checkLevel, defaultLevel } from "./checks.js";
import { studentCritical, studentTwoSidedP } from "./distributions/index.js";
import { estimateOrReason, notEstimable } from "./estimate.js";
import type { Estimate, NotEstimable, StatisticFacts } from "./estimate.js";
import { cutToRange, momentsOf } from "./mean.js";

export const foldsFacts: StatisticFacts = {
  title: "Mean over folds",
  summary: "Mean and spread of a figure over folds or repetitions, and the test that two of them differ.",
  formula:
    "x̄ ± t s √(1/k + ρ) on k − 1 degrees of freedom. Plain t: ρ = 0, too narrow because folds share training cases. " +
    "Corrected: ρ = test cases/training cases. Test of a difference per fold: t = d̄/(s √(1/k + ρ)), two-sided.",
  methods: ["t", "corrected-t"],
  reference:
    "C. Nadeau, Y. Bengio, Mach Learn 52, 2003, doi:10.1023/A:1024068626366; R. R. Bouckaert, E. Frank, PAKDD 2004",
};

export interface FoldOptions {
  readonly level?: number;
  /** Test cases per training case (0.25 for five folds). Given, the interval is Nadeau and Bengio's. */
  readonly testPerTraining?: number;
  /** Smallest and largest possible value; the interval is cut there, with a warning. */
  readonly range?: readonly [number, number];
}

export interface FoldSummary {
  readonly values: readonly number[];
  readonly mean: number;
  readonly smallest: number;
  readonly largest: number;
  readonly standardDeviation: number | NotEstimable;
  readonly interval: Estimate | NotEstimable;
}

/**
 * Mean, spread and t interval of one figure per fold.
 * @throws InputError `not-estimable` without values, `not-finite`
 */
export function summarizeFolds(values: readonly number[], options: FoldOptions = {}): FoldSummary {
  checkFinite("fold", values);
  if (values.length === 0)
    throw notEstimable("mean over folds", "at least one fold with a value", "0", "See why each fold has none.");
  const { mean, standardDeviation } = momentsOf(values);
  return {
    values,
    mean,
    smallest: Math.min(...values),
    largest: Math.max(...values),
    standardDeviation:
      values.length > 1
        ? standardDeviation
        : estimateOrReason((): number => {
            throw tooFew(values.length);
          }),
    interval: estimateOrReason(() => foldInterval(values, options)),
  };
}

/** @throws InputError `not-estimable` with fewer than two folds or without spread */
export function foldInterval(values: readonly number[], options: FoldOptions = {}): Estimate {
  const { mean, standardError, level, df, method } = foldError(values, options);
  return {
    estimate: mean,
    ...cutToRange(mean, studentCritical(level, df) * standardError, options.range),
    level,
    method,
    n: values.length,
  };
}

export interface FoldComparison extends Estimate {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  /** Two-sided. */
  readonly p: number;
}

/**
 * Test that the mean difference per fold is zero, with its interval.
 * @param differences first minus second, one per fold or repetition
 * @throws InputError `not-estimable` with fewer than two differences or without spread
 */
export function compareFolds(differences: readonly number[], options: FoldOptions = {}): FoldComparison {
  const { mean, standardError, df, method } = foldError(differences, options);
  const statistic = mean / standardError;
  const p = studentTwoSidedP(statistic, df);
  return { ...foldInterval(differences, options), method: `${method} test`, statistic, degreesOfFreedom: df, p };
}

function foldError(values: readonly number[], options: FoldOptions) {
  checkFinite("fold", values);
  const level = checkLevel(options.level ?? defaultLevel);
  const { testPerTraining = 0 } = options;
  if (!(testPerTraining >= 0 && testPerTraining < Infinity)) {
    throw new InputError(
      "test-per-training",
      `test cases per training case: expected 0 or more, got ${testPerTraining}. Pass 0.25 for five folds.`,
    );
  }
  if (values.length < 2) throw tooFew(values.length);
  const { mean, standardDeviation } = momentsOf(values);
  if (standardDeviation === 0) {
    throw notEstimable(
      "interval over folds",
      "folds that differ",
      `${values.length} times ${mean}`,
      "Use the pooled figure's interval.",
    );
  }
  const standardError = standardDeviation * Math.sqrt(1 / values.length + testPerTraining);
  const method = testPerTraining > 0 ? "corrected resampled t (Nadeau-Bengio)" : "t over folds";
  return { mean, standardError, level, df: values.length - 1, method };
}

function tooFew(count: number): InputError {
  return notEstimable("spread over folds", "at least two folds", `${count}`, "Use more folds.");
}
