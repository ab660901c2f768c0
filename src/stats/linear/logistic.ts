import { notEstimable } from "../estimate.js";
import { choleskyFactor, choleskySolve, invertSymmetric } from "./cholesky.js";

export interface LogisticFit {
  readonly coefficients: readonly number[];
  /** Inverse of the information at the maximum. */
  readonly covariance: readonly (readonly number[])[];
  readonly logLikelihood: number;
}

/**
 * Logistic regression by Newton's method with halved steps.
 * @param rows predictors of each case; put a 1 first for an intercept
 * @param truth 0, 1 or a share in between
 * @param offset added to the linear predictor of each case
 * @throws InputError `not-estimable` where a maximum does not exist: one class only, classes told apart without error, or predictors
 * that say the same
 * @see checked against R's glm
 */
export function fitLogistic(
  rows: readonly (readonly number[])[],
  truth: ArrayLike<number>,
  options: { readonly offset?: ArrayLike<number>; readonly subject?: string } = {},
): LogisticFit {
  const { offset, subject = "logistic regression" } = options;
  const size = rows[0]?.length ?? 0;
  const flat = Float64Array.from({ length: rows.length * size }, (_, at) => rows[Math.floor(at / size)]![at % size]!);
  const linear = (beta: readonly number[], i: number): number => {
    let sum = offset ? offset[i]! : 0;
    for (let k = 0; k < size; k++) sum += flat[i * size + k]! * beta[k]!;
    return sum;
  };
  const likelihood = (beta: readonly number[]): number => {
    let sum = 0;
    for (let i = 0; i < rows.length; i++) {
      const u = linear(beta, i);
      sum += truth[i]! * u - softplus(u);
    }
    return sum;
  };
  let beta = Array.from({ length: size }, () => 0);
  let current = likelihood(beta);
  for (let iteration = 0; iteration < 100; iteration++) {
    const { gradient, information } = derivatives(rows, truth, (i) => linear(beta, i));
    const factor = choleskyFactor(information);
    if (!factor) throw separated(subject);
    const step = choleskySolve(factor, gradient);
    let [next, value, scale] = [beta, -Infinity, 1];
    for (; scale > 1e-6; scale /= 2) {
      next = beta.map((b, k) => b + scale * step[k]!);
      value = likelihood(next);
      if (value >= current - 1e-12 * Math.abs(current)) break;
    }
    const moved = Math.max(...step.map((s, k) => Math.abs(s * scale) / (1 + Math.abs(beta[k]!))));
    [beta, current] = [next, value];
    if (beta.some((b) => !(Math.abs(b) < 1e6)) || current > -1e-8) throw separated(subject);
    if (moved < 1e-11) {
      const final = derivatives(rows, truth, (i) => linear(beta, i)).information;
      if (!choleskyFactor(final)) throw separated(subject);
      return { coefficients: beta, covariance: invertSymmetric(final), logLikelihood: current };
    }
  }
  throw separated(subject);
}

function derivatives(
  rows: readonly (readonly number[])[],
  truth: ArrayLike<number>,
  linear: (i: number) => number,
): { gradient: number[]; information: number[][] } {
  const size = rows[0]!.length;
  const gradient = Array.from({ length: size }, () => 0);
  const information = Array.from({ length: size }, () => Array.from({ length: size }, () => 0));
  rows.forEach((row, i) => {
    const p = logistic(linear(i));
    const weight = p * (1 - p);
    for (let k = 0; k < size; k++) {
      gradient[k]! += row[k]! * (truth[i]! - p);
      for (let l = 0; l <= k; l++) information[k]![l]! += weight * row[k]! * row[l]!;
    }
  });
  for (let k = 0; k < size; k++) for (let l = 0; l < k; l++) information[l]![k] = information[k]![l]!;
  return { gradient, information };
}

/** 1/(1 + e^-u). */
export function logistic(u: number): number {
  return u >= 0 ? 1 / (1 + Math.exp(-u)) : Math.exp(u) / (1 + Math.exp(u));
}

/** log(1 + e^u). */
export function softplus(u: number): number {
  return u > 0 ? u + Math.log1p(Math.exp(-u)) : Math.log1p(Math.exp(u));
}

function separated(subject: string): Error {
  return notEstimable(
    subject,
    "both classes, overlapping, and predictors that differ",
    "a model without a maximum",
    "Gather more cases or use a simpler model.",
  );
}
