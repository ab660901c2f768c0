import { betaQuantilePair, betaTails } from "./beta.js";
import { normalQuantile, normalTwoSidedP } from "./normal.js";

/** From here on the expansion about the normal is exact, and the beta function loses digits. E. A. Cornish, R. A. Fisher, 1937. */
const manyDegrees = 1e6;

/** Both-sided tail P(|T| >= |t|) of Student's t with real df > 0. Checked against mpmath. */
export function studentTwoSidedP(t: number, df: number): number {
  if (t === 0) return 1;
  if (df > manyDegrees) return normalTwoSidedP(t - (t ** 3 + t) / (4 * df) + (13 * t ** 5 + 8 * t ** 3 + 3 * t) / (96 * df ** 2));
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
  if (df > manyDegrees) {
    const z = normalQuantile(p);
    return z + (z ** 3 + z) / (4 * df) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * df ** 2);
  }
  const twoSided = 2 * Math.min(p, 1 - p);
  const { x, y } = betaQuantilePair(twoSided, df / 2, 0.5);
  const size = Math.sqrt((df * y) / x);
  return p < 0.5 ? -size : size;
}

/** Half-width factor of a two-sided t interval. */
export function studentCritical(level: number, df: number): number {
  return -studentQuantile((1 - level) / 2, df);
}
