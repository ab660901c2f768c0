import { exp, log, type Random } from "../../base/index.js";

/** A density on [0, 1]: normal kernels of equal weight, each cut off at 0 and 1. */
export interface ParzenDensity {
  readonly centers: readonly number[];
  readonly widths: readonly number[];
  /** Height of each kernel at its center, its share inside [0, 1] made up for. */
  readonly heights: readonly number[];
}

/**
 * Adaptive Parzen estimator: a kernel per observation, as wide as the farther of its two neighbors (the ends of the range count), at least
 * 1/min(100, n + 1) wide, and one kernel over the whole range as the prior.
 * @see Bergstra et al. 2011, section 4
 */
export function parzenDensity(observations: readonly number[]): ParzenDensity {
  const sorted = [...observations].sort((a, b) => a - b);
  const least = 1 / Math.min(100, sorted.length + 1);
  const widths = sorted.map((center, i) => {
    const [below, above] = [sorted[i - 1] ?? 0, sorted[i + 1] ?? 1];
    return Math.min(1, Math.max(least, center - below, above - center));
  });
  return kernels([...sorted, 0.5], [...widths, 1]);
}

function kernels(centers: readonly number[], widths: readonly number[]): ParzenDensity {
  const heights = centers.map((center, i) => {
    const width = widths[i]!;
    const inside = normalShare((1 - center) / width) - normalShare(-center / width);
    return 0.3989422804014327 / (width * inside * centers.length);
  });
  return { centers, widths, heights };
}

/** Normal distribution function by its continued form of Zelen and Severo (26.2.17), within 7.5e-8: it only weights kernels. */
function normalShare(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail = ((((1.330274429 * t - 1.821255978) * t + 1.781477937) * t - 0.356563782) * t + 0.31938153) * t * exp((-z * z) / 2) * 0.3989422804014327;
  return z > 0 ? 1 - tail : tail;
}

/** Logarithm of the density at x in [0, 1]. */
export function logDensity({ centers, widths, heights }: ParzenDensity, x: number): number {
  return log(centers.reduce((sum, center, i) => sum + heights[i]! * exp(-0.5 * ((x - center) / widths[i]!) ** 2), 0));
}

/** A draw from the density. */
export function drawFrom({ centers, widths }: ParzenDensity, random: Random): number {
  const i = random.integer(centers.length);
  for (;;) {
    const x = centers[i]! + widths[i]! * random.normal();
    if (x >= 0 && x < 1) return x;
  }
}

/** Probabilities of a list's entries after some were observed, each counted once more than it was seen. */
export function choiceShares(observations: readonly number[], entries: number): number[] {
  const counts = Array.from({ length: entries }, () => 1);
  for (const entry of observations) counts[entry]! += 1;
  const total = entries + observations.length;
  return counts.map((count) => count / total);
}

/** Index drawn by probabilities that sum to 1. */
export function drawIndex(shares: readonly number[], random: Random): number {
  let left = random.uniform();
  return Math.max(0, shares.findIndex((share) => (left -= share) < 0));
}
