import { bcaLimits, expandedLevel, percentileLimits } from "./bootstrap-limits.js";
import { checkLevel, defaultLevel } from "./checks.js";
import { notEstimable } from "./estimate.js";
import type { Estimate, StatisticFacts } from "./estimate.js";
import { momentsOf } from "./mean.js";
import { defaultResamples, forEachResample, samplingUnits } from "./resample.js";
import type { ResamplingPlan } from "./resample.js";

export const bootstrapFacts: StatisticFacts = {
  title: "Bootstrap interval",
  summary: "Interval of any statistic of the cases, by drawing cases or whole patients with replacement.",
  formula:
    "percentile: the α/2 and 1 − α/2 quantiles (type 7) of the resampled statistic; BCa: the quantiles at Φ(z₀ + " +
    "(z₀ + z)/(1 − a(z₀ + z))), " +
    "z₀ from the share of resamples below the estimate (ties half), a from the jackknife over the units drawn. " +
    "Both at the expanded level 1 − 2 Φ(√(u/(u − 1)) t), t of Student at α/2 on u − 1 degrees of freedom, u the mean number of units per stratum. " +
    "Resamples in which the statistic is undefined are " +
    "left out and counted; above 10 % the interval is not estimable.",
  methods: ["percentile", "bca"],
  reference:
    "B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap, 1993, chapters 13 and 14; T. C. Hesterberg, Am Stat 69, 2015, doi:10.1080/00031305.2015.1089789 (expanded level); C. A. Field, A. H. " +
    "Welsh, J R Stat Soc B 69, 2007 (clusters)",
};

export type BootstrapMethod = "percentile" | "bca";

export interface BootstrapOptions extends ResamplingPlan {
  readonly level?: number;
  readonly method?: BootstrapMethod;
  readonly subject?: string;
}

export interface BootstrapEstimate extends Estimate {
  readonly resamples: number;
  /** Resamples in which the statistic was undefined. */
  readonly undefinedResamples: number;
  /** Standard deviation of the resampled statistic. */
  readonly standardError: number;
}

/** A statistic of the cases, each counted as often as its multiplicity says; undefined where it has no value. */
export type WeightedStatistic = (multiplicities: Float64Array) => number | undefined;

/** Largest share of undefined resamples that an interval may rest on. */
const largestUndefinedShare = 0.1;

/**
 * Bootstrap interval of one statistic.
 * @throws InputError `not-estimable` when the statistic is undefined, equal in all resamples, or undefined in more than 10 % of them
 */
export function bootstrapInterval(statistic: WeightedStatistic, options: BootstrapOptions): BootstrapEstimate {
  return bootstrapIntervals((multiplicities) => [statistic(multiplicities)], options)[0]!();
}

/**
 * Intervals of several statistics from the same resamples.
 * @returns one function per statistic that gives its interval or throws `not-estimable`
 */
export function bootstrapIntervals(
  statistics: (multiplicities: Float64Array) => readonly (number | undefined)[],
  options: BootstrapOptions,
): (() => BootstrapEstimate)[] {
  const level = checkLevel(options.level ?? defaultLevel);
  const { method = "percentile", subject = "statistic" } = options;
  const estimates = statistics(new Float64Array(options.n).fill(1));
  const replicates = estimates.map((): number[] => []);
  forEachResample(options, (multiplicities) => {
    statistics(multiplicities).forEach((value, s) => {
      if (value !== undefined) replicates[s]!.push(value);
    });
  });
  const resamples = options.resamples ?? defaultResamples;
  const { units, strata } = samplingUnits(options);
  const expanded = expandedLevel(level, units.length / strata.length);
  const jackknife = method === "bca" ? jackknifeValues(statistics, options, estimates.length) : undefined;

  return estimates.map((estimate, s) => () => {
    if (estimate === undefined)
      throw notEstimable(subject, "a defined value", "none", "See the figures it is made of.");
    const values = Float64Array.from(replicates[s]!).sort();
    const undefinedResamples = resamples - values.length;
    if (undefinedResamples > largestUndefinedShare * resamples) {
      const share = `${((100 * undefinedResamples) / resamples).toFixed(1)} %`;
      throw notEstimable(
        subject,
        "a value in at least 90 % of the resamples",
        `none in ${share}`,
        "Gather more cases of the rare class.",
      );
    }
    if (values[0] === values.at(-1)) {
      throw notEstimable(
        subject,
        "resamples that differ",
        `${values[0]} in all of them`,
        "Use an interval that does not resample.",
      );
    }
    const limits = jackknife ? bcaLimits(values, estimate, jackknife[s]!, expanded) : percentileLimits(values, expanded);
    return {
      estimate,
      ...limits,
      level,
      method: describe(method, options, resamples),
      n: options.n,
      resamples,
      undefinedResamples,
      standardError: momentsOf(Array.from(values)).standardDeviation,
    };
  });
}

function describe(method: BootstrapMethod, options: BootstrapOptions, resamples: number): string {
  const unit = options.groups ? "patients" : "cases";
  const strata = options.strata ? " within strata" : "";
  return `${method === "bca" ? "BCa" : "percentile"} bootstrap of ${unit}${strata}, ${resamples} resamples`;
}

/** Most blocks the jackknife leaves out in turn; more units than that are left out several at a time. */
const largestJackknife = 1000;

/**
 * Values of the statistics with one unit, or one block of units, left out at a time. The acceleration needs only the ratio of
 * sums of cubes to squares of the influences, which blocks leave as it is in expectation.
 */
function jackknifeValues(
  statistics: (multiplicities: Float64Array) => readonly (number | undefined)[],
  options: BootstrapOptions,
  count: number,
): number[][] {
  const values = Array.from({ length: count }, (): number[] => []);
  const multiplicities = new Float64Array(options.n).fill(1);
  const { units } = samplingUnits(options);
  const blocks = Array.from({ length: Math.min(units.length, largestJackknife) }, (_, b) =>
    units.filter((_unit, u) => u % largestJackknife === b).flat(),
  );
  for (const cases of blocks) {
    for (const i of cases) multiplicities[i] = 0;
    statistics(multiplicities).forEach((value, s) => {
      if (value !== undefined) values[s]!.push(value);
    });
    for (const i of cases) multiplicities[i] = 1;
  }
  return values;
}
