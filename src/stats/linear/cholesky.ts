import { InternalError } from "../../base/index.js";

/** A symmetric positive definite matrix as rows. */
export type Matrix = readonly (readonly number[])[];

/**
 * Lower factor L with L Lᵀ = A.
 * @returns undefined where A is not positive definite to working precision
 */
export function choleskyFactor(a: Matrix): number[][] | undefined {
  const l = a.map((row) => row.map(() => 0));
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i]![j]!;
      for (let k = 0; k < j; k++) sum -= l[i]![k]! * l[j]![k]!;
      if (i === j) {
        if (!(sum > 1e-13 * Math.abs(a[i]![i]!))) return undefined;
        l[i]![i] = Math.sqrt(sum);
      } else l[i]![j] = sum / l[j]![j]!;
    }
  }
  return l;
}

/** x with A x = b, from A's lower factor. */
export function choleskySolve(l: Matrix, b: readonly number[]): number[] {
  const x = [...b];
  for (let i = 0; i < x.length; i++) {
    for (let k = 0; k < i; k++) x[i]! -= l[i]![k]! * x[k]!;
    x[i]! /= l[i]![i]!;
  }
  for (let i = x.length - 1; i >= 0; i--) {
    for (let k = i + 1; k < x.length; k++) x[i]! -= l[k]![i]! * x[k]!;
    x[i]! /= l[i]![i]!;
  }
  return x;
}

/** The inverse of a symmetric positive definite matrix. */
export function invertSymmetric(a: Matrix): number[][] {
  const l = choleskyFactor(a);
  if (!l) throw new InternalError("singular", "matrix: expected one that can be inverted, got a singular one.");
  return a.map((_, j) => choleskySolve(l, a.map((_row, i) => (i === j ? 1 : 0))));
}
