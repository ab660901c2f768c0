import { InternalError } from "../../base/index.js";
import { binomialMass } from "./binomial-mass.js";
import { findRoot } from "./find-root.js";
import { guard } from "./gamma.js";
import type { Tails } from "./gamma.js";

/**
 * Both tails of the beta distribution: the regularized incomplete beta I_x(a, b) and its complement; a, b > 0.
 * @param x in [0, 1]
 * @param y 1 - x, given where it is known more precisely than by subtraction
 * @see DLMF 8.17.22 (continued fraction, by Lentz's method); checked against scipy.special.betainc
 */
export function betaTails(x: number, a: number, b: number, y = 1 - x): Tails {
  if (x <= 0) return { lower: 0, upper: 1 };
  if (y <= 0) return { lower: 1, upper: 0 };
  if (x > (a + 1) / (a + b + 2)) {
    const mirrored = betaTails(y, b, a, x);
    return { lower: mirrored.upper, upper: mirrored.lower };
  }
  // x^a y^b / (a B(a, b)) is a binomial probability in disguise, which is free of cancellation.
  const prefactor = (binomialMass(a, a + b, x, y) * b) / (a + b);
  const lower = Math.min(1, prefactor * betaFraction(x, a, b));
  return { lower, upper: 1 - lower };
}

function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < 200_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guard(1 + even * d);
    c = guard(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guard(1 + odd * d);
    c = guard(1 + odd / c);
    h *= d * c;
    if (Math.abs(d * c - 1) < 3e-16) return h;
  }
  throw new InternalError(
    "no-convergence",
    `incomplete beta: expected convergence, got none at x=${x}, a=${a}, b=${b}.`,
  );
}

/** P(X <= x) for X ~ Beta(a, b). */
export function betaCdf(x: number, a: number, b: number): number {
  return betaTails(x, a, b).lower;
}

/**
 * Quantile of Beta(a, b), solved on the logit of x so that both ends keep their relative precision.
 * Checked against scipy.special.betaincinv.
 */
export function betaQuantile(p: number, a: number, b: number): number {
  return betaQuantilePair(p, a, b).x;
}

/** The quantile x of Beta(a, b) together with y = 1 - x. */
export function betaQuantilePair(p: number, a: number, b: number, upperP = 1 - p): { x: number; y: number } {
  if (p <= 0) return { x: 0, y: 1 };
  if (upperP <= 0) return { x: 1, y: 0 };
  const at = (u: number): { x: number; y: number } => ({ x: 1 / (1 + Math.exp(-u)), y: 1 / (1 + Math.exp(u)) });
  const root = findRoot(
    (u) => {
      const { x, y } = at(u);
      const tails = betaTails(x, a, b, y);
      return p <= upperP
        ? Math.log(Math.max(tails.lower, Number.MIN_VALUE)) - Math.log(p)
        : Math.log(upperP) - Math.log(Math.max(tails.upper, Number.MIN_VALUE));
    },
    -700,
    700,
  );
  return at(root);
}
