import { findRoot } from "./find-root.js";
import { gammaTails } from "./gamma.js";

/** P(X <= x) of the chi-square distribution with real df > 0. Checked against scipy.stats.chi2. */
export function chiSquareCdf(x: number, df: number): number {
  return gammaTails(df / 2, x / 2).lower;
}

/** P(X >= x), precise far into the tail. */
export function chiSquareUpperP(x: number, df: number): number {
  return gammaTails(df / 2, x / 2).upper;
}

/** x with P(X <= x) = p, for 0 <= p < 1 and real df > 0, solved on log x. Checked against scipy.stats.chi2.ppf. */
export function chiSquareQuantile(p: number, df: number): number {
  if (p <= 0) return 0;
  const logX = findRoot(
    (u) => {
      const tails = gammaTails(df / 2, Math.exp(u) / 2);
      return p <= 0.5
        ? Math.log(Math.max(tails.lower, Number.MIN_VALUE)) - Math.log(p)
        : Math.log1p(-p) - Math.log(Math.max(tails.upper, Number.MIN_VALUE));
    },
    -700,
    50,
  );
  return Math.exp(logX);
}
