import { normalCritical, studentCritical } from "./distributions/index.js";
import type { Estimate } from "./estimate.js";
import { cutToRange } from "./mean.js";

/**
 * What becomes of an interval at the ends of a range [a, b].
 * - `score`: as Wilson's, with the error that the figure would have at the limit: all θ with |θ̂ − θ| ≤ t SE √((θ − a)(b − θ)/((θ̂ − a)(b − θ̂)))
 * - `keep`: symmetric, but for a limit that would leave the range, which is the score's; the other still agrees with the test of 0
 * - `cut`: symmetric and cut there, with a warning, as most published analyses have it
 */
export type IntervalScale = "score" | "keep" | "cut";

/** What an interval is made of. */
export interface WaldInput {
  readonly estimate: number;
  readonly standardError: number;
  readonly level: number;
  readonly method: string;
  readonly n: number;
  /** A t interval with these degrees of freedom; a normal one when left out or infinite. */
  readonly degreesOfFreedom?: number;
  /** Smallest and largest possible value. */
  readonly range?: readonly [number, number];
  /** Default `"cut"`. */
  readonly scale?: IntervalScale;
}

/** An estimate with its standard error. */
export interface WaldEstimate extends Estimate {
  readonly standardError: number;
}

/**
 * estimate ± z SE, or ± t SE, or the score interval: Wilson's of x/n where SE² = (x/n)(1 − x/n)/n.
 * @see E. B. Wilson, J Am Stat Assoc 22, 1927; of an AUC as of a proportion: M. Kottas, O. Kuss, A. Zapf, BMC Med Res Methodol 14, 2014,
 *   doi:10.1186/1471-2288-14-26
 */
export function waldEstimate(input: WaldInput): WaldEstimate {
  const { estimate, standardError, level, method, n, range, scale } = input;
  const half = halfWidth(input);
  const common = { estimate, level, n, standardError };
  const byScore = limitsByScore(input);
  if (!range || !(byScore.lower || byScore.upper)) return { ...common, ...cutToRange(estimate, half, range), method };
  const [lower, upper] = scoreLimits(estimate, half, range);
  return {
    ...common,
    lower: byScore.lower ? lower : estimate - half,
    upper: byScore.upper ? upper : estimate + half,
    method: scale === "keep" ? `${method}, score limit at the end of the range` : method,
  };
}

function halfWidth({ standardError, level, degreesOfFreedom = Infinity }: WaldInput): number {
  return standardError * (Number.isFinite(degreesOfFreedom) ? studentCritical(level, degreesOfFreedom) : normalCritical(level));
}

/** Which limits are the score's. An estimate at an end of its range leaves no error to scale: its interval is cut. */
export function limitsByScore(input: WaldInput): { readonly lower: boolean; readonly upper: boolean } {
  const { estimate, range, scale = "cut" } = input;
  if (!range || scale === "cut" || estimate <= range[0] || estimate >= range[1]) return { lower: false, upper: false };
  const half = halfWidth(input);
  return { lower: scale === "score" || estimate - half < range[0], upper: scale === "score" || estimate + half > range[1] };
}

/** How much larger the error of a figure is at another value than at its estimate. */
export function errorRatio(value: number, estimate: number, [low, high]: readonly [number, number]): number {
  return Math.sqrt(Math.max(0, (value - low) * (high - value)) / ((estimate - low) * (high - estimate)));
}

/** Both solutions of |p − θ| = h √(θ(1 − θ)/(p(1 − p))) for the place p in the range and the half-width h in units of it. */
function scoreLimits(estimate: number, half: number, [low, high]: readonly [number, number]): [number, number] {
  const p = (estimate - low) / (high - low);
  const k = (half / (high - low)) ** 2 / (p * (1 - p));
  const root = Math.sqrt(k * k + 4 * k * p * (1 - p));
  const at = (sign: 1 | -1): number => low + ((high - low) * (2 * p + k + sign * root)) / (2 * (1 + k));
  return [at(-1), at(1)];
}

/** Variance of a smooth function of multinomial shares: (Σ p g² − (Σ p g)²)/n, g its gradient. */
export function multinomialVariance(shares: ArrayLike<number>, gradient: ArrayLike<number>, n: number): number {
  let [squares, mean] = [0, 0];
  for (let i = 0; i < shares.length; i++) {
    squares += shares[i]! * gradient[i]! ** 2;
    mean += shares[i]! * gradient[i]!;
  }
  return Math.max(0, squares - mean * mean) / n;
}
