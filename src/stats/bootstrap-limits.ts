import { normalCdf, normalQuantile, studentQuantile } from "./distributions/index.js";
import { notEstimable } from "./estimate.js";

/** Quantile of sorted values by linear interpolation (Hyndman and Fan's type 7, as in R and numpy). */
export function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  const position = p * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (position - below) * (high - low);
}

/**
 * The level at which quantiles of resamples cover at `level`: resamples of u units vary less than samples do, by (u − 1)/u, and know no
 * uncertainty of the spread. 1 − 2 Φ(√(u/(u − 1)) t), t the quantile of Student's distribution at (1 − level)/2 on u − 1 degrees of freedom.
 * @param units drawn, on average per stratum
 * @see T. C. Hesterberg, Am Stat 69, 2015, doi:10.1080/00031305.2015.1089789, section 3.3
 */
export function expandedLevel(level: number, units: number): number {
  if (units < 2) return level;
  const expanded = 1 - 2 * normalCdf(Math.sqrt(units / (units - 1)) * studentQuantile((1 - level) / 2, units - 1));
  // Of a handful of units the quantile lies beyond all resamples, and BCa's correction has no value at the very end.
  return Math.max(level, Math.min(largestLevel, expanded));
}

const largestLevel = 0.9999;

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
  for (let b = 0; b < sorted.length; b++) {
    const value = sorted[b]!;
    below += value < estimate ? 1 : value > estimate ? 0 : 0.5;
  }
  const share = below / sorted.length;
  if (share === 0 || share === 1) {
    throw notEstimable(
      "BCa interval",
      "resamples on both sides of the estimate",
      "one side only",
      'Use the "percentile" method.',
    );
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
