import { checkLevel, defaultLevel } from "./checks.js";
import { normalCdf, normalQuantile } from "./distributions/index.js";
import { notEstimable } from "./estimate.js";
import type { Estimate, StatisticFacts } from "./estimate.js";
import { defaultResamples, forEachResample, samplingUnits } from "./resample.js";
import type { ResamplingPlan } from "./resample.js";

export const bootstrapFacts: StatisticFacts = {
  title: "Bootstrap interval",
  summary: "Interval of any statistic of the cases, by drawing cases or whole patients with replacement.",
  formula:
    "percentile: the α/2 and 1 − α/2 quantiles (type 7) of the resampled statistic; BCa: the quantiles at Φ(z₀ + (z₀ + z)/(1 − a(z₀ + z))), " +
    "z₀ from the share of resamples below the estimate (ties half), a from the jackknife over the units drawn. Resamples in which the statistic is undefined are " +
    "left out and counted; above 10 % the interval is not estimable.",
  methods: ["percentile", "bca"],
  reference: "B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap, 1993, chapters 13 and 14; C. A. Field, A. H. Welsh, J R Stat Soc B 69, 2007 (clusters)",
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
  const jackknife = method === "bca" ? jackknifeValues(statistics, options, estimates.length) : undefined;

  return estimates.map((estimate, s) => () => {
    if (estimate === undefined) throw notEstimable(subject, "a defined value", "none", "See the figures it is made of.");
    const values = Float64Array.from(replicates[s]!).sort();
    const undefinedResamples = resamples - values.length;
    if (undefinedResamples > largestUndefinedShare * resamples) {
      const share = `${((100 * undefinedResamples) / resamples).toFixed(1)} %`;
      throw notEstimable(subject, "a value in at least 90 % of the resamples", `none in ${share}`, "Gather more cases of the rare class.");
    }
    if (values[0] === values.at(-1)) {
      throw notEstimable(subject, "resamples that differ", `${values[0]} in all of them`, "Use an interval that does not resample.");
    }
    const limits = jackknife ? bcaLimits(values, estimate, jackknife[s]!, level) : percentileLimits(values, level);
    return { estimate, ...limits, level, method: describe(method, options, resamples), n: options.n, resamples, undefinedResamples };
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

/** Quantile of sorted values by linear interpolation (Hyndman and Fan's type 7, as in R and numpy). */
export function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  const position = p * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (position - below) * (high - low);
}

/** Percentile limits of sorted replicates. */
export function percentileLimits(sorted: ArrayLike<number>, level: number): { lower: number; upper: number } {
  return { lower: quantileOfSorted(sorted, (1 - level) / 2), upper: quantileOfSorted(sorted, (1 + level) / 2) };
}

/**
 * Bias-corrected and accelerated limits of sorted replicates.
 * @throws InputError `not-estimable` when all replicates lie on one side of the estimate
 * @see B. Efron, J Am Stat Assoc 82, 1987, doi:10.1080/01621459.1987.10478410; checked against scipy.stats.bootstrap's formula
 */
export function bcaLimits(
  sorted: ArrayLike<number>,
  estimate: number,
  jackknife: readonly number[],
  level: number,
): { lower: number; upper: number } {
  let below = 0;
  for (let b = 0; b < sorted.length; b++) below += sorted[b]! < estimate ? 1 : sorted[b]! === estimate ? 0.5 : 0;
  const share = below / sorted.length;
  if (share === 0 || share === 1) {
    throw notEstimable("BCa interval", "resamples on both sides of the estimate", "one side only", 'Use the "percentile" method.');
  }
  const bias = normalQuantile(share);
  const mean = jackknife.reduce((sum, value) => sum + value, 0) / jackknife.length;
  let [squares, cubes] = [0, 0];
  for (const value of jackknife) {
    squares += (mean - value) ** 2;
    cubes += (mean - value) ** 3;
  }
  const acceleration = squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
  const at = (p: number): number => {
    const z = bias + normalQuantile(p);
    return quantileOfSorted(sorted, normalCdf(bias + z / (1 - acceleration * z)));
  };
  return { lower: at((1 - level) / 2), upper: at((1 + level) / 2) };
}
