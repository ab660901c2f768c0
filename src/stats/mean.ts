import { checkFinite, checkLevel, checkSameLength, defaultLevel } from "./checks.js";
import { studentCritical } from "./distributions/index.js";
import { notEstimable } from "./estimate.js";
import type { Estimate, StatisticFacts } from "./estimate.js";
import { collect } from "./resample.js";
import type { Key } from "./resample.js";

export const meanFacts: StatisticFacts = {
  title: "Mean",
  summary: "Mean of a value per case, such as the share of a heat map inside a region.",
  formula:
    "x̄ ± t s/√n on n − 1 degrees of freedom; with patients, s/√n becomes √(K/(K − 1) Σ(Σⱼ(xᵢⱼ − x̄))²)/n over K " +
    "patients on K − 1. " +
    "With a known range the interval is cut there.",
  methods: ["t", "t, clustered by patient"],
  reference:
    "Student, Biometrika 6, 1908, doi:10.1093/biomet/6.1.1; W. G. Cochran, Sampling Techniques, 1977, section 9A " +
    "(clusters)",
};

export interface MeanOptions {
  readonly level?: number;
  /** Patient of each value, where patients have several. */
  readonly groups?: readonly Key[];
  /** Smallest and largest possible value; the interval is cut there, with a warning. */
  readonly range?: readonly [number, number];
  readonly subject?: string;
}

export interface MeanEstimate extends Estimate {
  readonly standardDeviation: number;
  readonly standardError: number;
}

/**
 * Mean of independent or clustered values with a t interval.
 * @throws InputError `not-estimable` with fewer than two values (or patients) or values that are all equal
 * @see checked against scipy.stats.t.interval
 */
export function meanInterval(values: readonly number[], options: MeanOptions = {}): MeanEstimate {
  const { groups, subject = "mean" } = options;
  const level = checkLevel(options.level ?? defaultLevel);
  checkFinite(subject, values);
  if (groups) checkSameLength("groups", groups.length, values.length);
  const clusters = groups ? collect(groups) : values.map((_, i) => [i]);
  const count = clusters.length;
  if (count < 2) {
    const unit = groups ? "patients" : "values";
    throw notEstimable(subject, `at least two ${unit}`, `${count}`, "Gather more.");
  }
  const { mean, standardDeviation } = momentsOf(values);
  if (standardDeviation === 0) {
    throw notEstimable(
      subject,
      "values that differ",
      `${values.length} times ${mean}`,
      "Report the value without an interval.",
    );
  }
  const squares = clusters.reduce(
    (sum, cases) => sum + cases.reduce((total, i) => total + values[i]! - mean, 0) ** 2,
    0,
  );
  const standardError = Math.sqrt((count / (count - 1)) * squares) / values.length;
  // Patients whose values cancel leave no spread between them but rounding.
  if (standardError <= 1e-12 * standardDeviation) {
    throw notEstimable(
      subject,
      "patients that differ",
      "the same mean for each",
      "Report the value without an interval.",
    );
  }
  const clustered = count < values.length;
  const limits = cutToRange(mean, studentCritical(level, count - 1) * standardError, options.range);
  const method = clustered ? `t, clustered by ${count} patients` : "t";
  return { estimate: mean, ...limits, level, method, n: values.length, standardDeviation, standardError };
}

/** Mean and sample standard deviation; exactly 0 where all values are equal. */
export function momentsOf(values: readonly number[]): { mean: number; standardDeviation: number } {
  if (values.every((value) => value === values[0])) return { mean: values[0]!, standardDeviation: 0 };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardDeviation: Math.sqrt(squares / (values.length - 1)) };
}

/** A symmetric interval, cut to a range with a warning. */
export function cutToRange(
  center: number,
  half: number,
  range?: readonly [number, number],
): Pick<Estimate, "lower" | "upper" | "warnings"> {
  const [lower, upper] = [center - half, center + half];
  if (!range || (lower >= range[0] && upper <= range[1])) return { lower, upper };
  const message = `the interval reaches beyond [${range[0]}, ${range[1]}] and was cut there.`;
  return {
    lower: Math.max(lower, range[0]),
    upper: Math.min(upper, range[1]),
    warnings: [{ code: "interval-cut", message }],
  };
}
