import { betaTails } from "./beta.js";

/** P(X <= x) for X ~ Binomial(n, p). */
export function binomialCdf(x: number, n: number, p: number): number {
  const k = Math.floor(x);
  if (k < 0) return 0;
  if (k >= n) return 1;
  return betaTails(p, k + 1, n - k).upper;
}
