import { betaTails } from "./beta.js";
import { chiSquareUpperP } from "./chi-square.js";
import { findRoot } from "./find-root.js";
import { normalCdf } from "./normal.js";

/** P(F >= f) of the F distribution with real df1, df2 > 0; df2 may be infinite through the chi-square. Checked against R's pf. */
export function fUpperP(f: number, df1: number, df2: number): number {
  if (f <= 0) return 1;
  // Here the beta function loses digits, and chi-square differs by less than one in 1e8.
  if (df2 > 1e9) return chiSquareUpperP(df1 * f, df1);
  const scaled = df1 * f;
  return betaTails(scaled / (scaled + df2), df1 / 2, df2 / 2, df2 / (scaled + df2)).upper;
}

/** f with P(F <= f) = p, for 0 < p < 1, solved on log f. Checked against R's qf. */
export function fQuantile(p: number, df1: number, df2: number): number {
  return Math.exp(
    findRoot(
      (u) => {
        const scaled = df1 * Math.exp(u);
        const tails = betaTails(scaled / (scaled + df2), df1 / 2, df2 / 2, df2 / (scaled + df2));
        return p <= 0.5
          ? Math.log(Math.max(tails.lower, Number.MIN_VALUE)) - Math.log(p)
          : Math.log1p(-p) - Math.log(Math.max(tails.upper, Number.MIN_VALUE));
      },
      -600,
      600,
    ),
  );
}

/**
 * P(F >= f) of the noncentral F distribution: a Poisson mixture of beta tails, summed outwards from the middle of the Poisson
 * distribution until nothing is added.
 * @see N. L. Johnson, S. Kotz, Continuous Univariate Distributions 2, 1995, chapter 30; checked against R's pf with ncp
 */
export function noncentralFUpperP(f: number, df1: number, df2: number, noncentrality: number): number {
  if (f <= 0) return 1;
  if (noncentrality === 0) return fUpperP(f, df1, df2);
  const x = (df1 * f) / (df1 * f + df2);
  const y = df2 / (df1 * f + df2);
  const half = noncentrality / 2;
  const middle = Math.floor(half);
  // log Poisson(middle), by a product that neither over- nor underflows.
  let logWeight = -half;
  for (let k = 1; k <= middle; k++) logWeight += Math.log(half / k);
  const start = Math.exp(logWeight);
  const upper = (k: number): number => betaTails(x, df1 / 2 + k, df2 / 2, y).upper;
  let sum = 0;
  let weight = start;
  for (let k = middle; k >= 0 && weight > 1e-18; k--) {
    sum += weight * upper(k);
    weight *= k / half;
  }
  weight = start;
  for (let k = middle + 1; ; k++) {
    weight *= half / k;
    if (weight < 1e-18) return Math.min(1, sum);
    sum += weight * upper(k);
  }
}

/** Power of a two-sided normal test at level `alpha` when the statistic has mean `shift` and standard deviation 1. */
export function normalPower(shift: number, critical: number): number {
  return normalCdf(shift - critical) + normalCdf(-shift - critical);
}
