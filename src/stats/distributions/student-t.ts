import { betaQuantilePair, betaTails } from "./beta.js";

/** Both-sided tail P(|T| >= |t|) of Student's t with real df > 0. Checked against mpmath. */
export function studentTwoSidedP(t: number, df: number): number {
  if (t === 0) return 1;
  const square = t * t;
  return betaTails(df / (df + square), df / 2, 0.5, square / (df + square)).lower;
}

/** P(T <= t) of Student's t with real df > 0. */
export function studentCdf(t: number, df: number): number {
  const half = studentTwoSidedP(t, df) / 2;
  return t <= 0 ? half : 1 - half;
}

/** t with P(T <= t) = p, for 0 < p < 1 and real df > 0. Checked against mpmath. */
export function studentQuantile(p: number, df: number): number {
  if (p === 0.5) return 0;
  const twoSided = 2 * Math.min(p, 1 - p);
  const { x, y } = betaQuantilePair(twoSided, df / 2, 0.5);
  const size = Math.sqrt((df * y) / x);
  return p < 0.5 ? -size : size;
}

/** Half-width factor of a two-sided t interval. */
export function studentCritical(level: number, df: number): number {
  return -studentQuantile((1 - level) / 2, df);
}
