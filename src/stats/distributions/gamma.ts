import { InternalError } from "../../base/index.js";

const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);

/**
 * Error of Stirling's formula: delta(x) = log Gamma(x) - (x - 1/2) log x + x - log(2 pi) / 2, for x > 0.
 * From x = 12 on the asymptotic series, below it the recurrence delta(x) = delta(x + 1) + (x + 1/2) log(1 + 1/x) - 1.
 * @see DLMF 5.11.1
 */
export function stirlingError(x: number): number {
  let shift = 0;
  let z = x;
  for (; z < 12; z++) shift += (z + 0.5) * Math.log1p(1 / z) - 1;
  const w = 1 / (z * z);
  const series =
    (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w * (1 / 1188 - w * (691 / 360360 - w / 156)))))) / z;
  return shift + series;
}

/** log Gamma(x) for x > 0. Checked against scipy.special.gammaln. */
export function logGamma(x: number): number {
  return (x - 0.5) * Math.log(x) - x + halfLogTwoPi + stirlingError(x);
}

/**
 * Deviance term x log(x / m) + m - x, without cancellation where x is near m.
 * @see C. Loader, Fast and accurate computation of binomial probabilities, 2000
 */
export function devianceTerm(x: number, m: number): number {
  if (x === 0) return m;
  if (Math.abs(x - m) < 0.1 * (x + m)) {
    const v = (x - m) / (x + m);
    let sum = (x - m) * v;
    let term = 2 * x * v;
    for (let j = 1; j < 1000; j++) {
      term *= v * v;
      const next = sum + term / (2 * j + 1);
      if (next === sum) return next;
      sum = next;
    }
  }
  return x * Math.log(x / m) + m - x;
}

/** x^a e^-x / Gamma(a + 1), for a > 0 and x > 0. */
function gammaPrefactor(a: number, x: number): number {
  return Math.exp(-stirlingError(a) - devianceTerm(a, x)) / Math.sqrt(2 * Math.PI * a);
}

/** Both tails of the standard gamma distribution: P(a, x) and Q(a, x) = 1 - P. */
export interface Tails {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Regularized incomplete gamma functions, a > 0, x >= 0; the smaller tail keeps its relative precision.
 * @see DLMF 8.7.1 (series, x < a + 1) and 8.9.2 (continued fraction); checked against scipy.special.gammainc, gammaincc
 */
export function gammaTails(a: number, x: number): Tails {
  if (x <= 0) return { lower: 0, upper: 1 };
  if (x === Infinity) return { lower: 1, upper: 0 };
  const prefactor = gammaPrefactor(a, x);
  if (prefactor === 0) return x < a ? { lower: 0, upper: 1 } : { lower: 1, upper: 0 };
  if (x < a + 1) {
    let term = 1;
    let sum = 1;
    for (let k = 1; k < 100_000; k++) {
      term *= x / (a + k);
      sum += term;
      if (term < sum * 1e-17) {
        const lower = Math.min(1, prefactor * sum);
        return { lower, upper: 1 - lower };
      }
    }
    throw new InternalError("no-convergence", `incomplete gamma: expected convergence, got none at a=${a}, x=${x}.`);
  }
  // Lentz's method for 1 / (x + 1 - a - 1(1 - a) / (x + 3 - a - ...)).
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let k = 1; k < 100_000; k++) {
    const numerator = -k * (k - a);
    b += 2;
    d = 1 / guard(numerator * d + b);
    c = guard(b + numerator / c);
    h *= d * c;
    if (Math.abs(d * c - 1) < 3e-16) break;
    if (k === 99_999) {
      throw new InternalError("no-convergence", `incomplete gamma: expected convergence, got none at a=${a}, x=${x}.`);
    }
  }
  const upper = Math.min(1, prefactor * a * h);
  return { lower: 1 - upper, upper };
}

/** Keeps a denominator of Lentz's method away from zero. */
export function guard(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}
