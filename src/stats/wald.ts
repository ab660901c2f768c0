import { normalCritical, studentCritical } from "./distributions/index.js";
import type { Estimate } from "./estimate.js";
import { cutToRange } from "./mean.js";

/** What a symmetric interval is made of. */
export interface WaldInput {
  readonly estimate: number;
  readonly standardError: number;
  readonly level: number;
  readonly method: string;
  readonly n: number;
  /** A t interval with these degrees of freedom; a normal one when left out or infinite. */
  readonly degreesOfFreedom?: number;
  /** The interval is cut to it, with a warning. */
  readonly range?: readonly [number, number];
}

/** An estimate with its standard error. */
export interface WaldEstimate extends Estimate {
  readonly standardError: number;
}

/** estimate ± z SE, or ± t SE. */
export function waldEstimate(input: WaldInput): WaldEstimate {
  const { estimate, standardError, level, method, n, degreesOfFreedom = Infinity, range } = input;
  const critical = Number.isFinite(degreesOfFreedom) ? studentCritical(level, degreesOfFreedom) : normalCritical(level);
  return { estimate, ...cutToRange(estimate, critical * standardError, range), level, method, n, standardError };
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
