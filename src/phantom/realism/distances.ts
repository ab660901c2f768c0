import type { Curve } from "./contract.js";

/** Wasserstein distance of order 1 between two histograms with the same evenly spaced bins: the area between their sums. */
export function histogramDistance(a: Curve, b: Curve): number {
  const step = a.x[1]! - a.x[0]!;
  let [gap, total] = [0, 0];
  for (let i = 0; i < a.y.length; i++) {
    gap += a.y[i]! - b.y[i]!;
    total += Math.abs(gap) * step;
  }
  return total;
}

/** Root mean square difference of the common logarithms: 1 is a factor of ten everywhere. */
export function decadeDistance(a: Curve, b: Curve): number {
  const sum = a.y.reduce((s, value, i) => s + Math.log10(value / b.y[i]!) ** 2, 0);
  return Math.sqrt(sum / a.y.length);
}

/**
 * Wasserstein distance of order 1 between two samples: the area between their distribution functions.
 * @see S. S. Vallender, Theory of Probability and its Applications 18, 1974
 */
export function sampleDistance(a: readonly number[], b: readonly number[]): number {
  const [left, right] = [[...a].sort((x, y) => x - y), [...b].sort((x, y) => x - y)];
  const all = [...left, ...right].sort((x, y) => x - y);
  let [i, j, total] = [0, 0, 0];
  for (let k = 0; k + 1 < all.length; k++) {
    while (i < left.length && left[i]! <= all[k]!) i++;
    while (j < right.length && right[j]! <= all[k]!) j++;
    total += Math.abs(i / left.length - j / right.length) * (all[k + 1]! - all[k]!);
  }
  return total;
}

/** Value below which the share of a histogram lies, bins centered at x and filled evenly. */
export function histogramQuantile({ x, y }: Curve, share: number): number {
  const step = x[1]! - x[0]!;
  const wanted = share * y.reduce((a, b) => a + b, 0);
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    if (sum + y[i]! >= wanted && y[i]! > 0) return x[i]! + step * ((wanted - sum) / y[i]! - 0.5);
    sum += y[i]!;
  }
  return x[x.length - 1]! + step / 2;
}

/** Shares of values in `bins` even bins from 0 to `top`; values above count in the last. */
export function histogramOf(values: ArrayLike<number>, { bins, top }: { bins: number; top: number }): Curve {
  const count = Array.from({ length: bins }, () => 0);
  for (let i = 0; i < values.length; i++) count[Math.min(bins - 1, Math.max(0, Math.floor((values[i]! / top) * bins)))]!++;
  return { x: count.map((_, i) => ((i + 0.5) * top) / bins), y: count.map((n) => n / values.length) };
}
