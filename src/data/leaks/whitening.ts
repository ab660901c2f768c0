import { seededRandom } from "../../base/index.js";

/** Numbers per image that candidates are searched by. */
export const codeLength = 48;

/** What is common to all images taken away, and what sets them apart brought to one scale. */
export interface Whitening {
  readonly mean: Float32Array;
  /** [codeLength, length] */
  readonly rows: Float32Array;
}

const iterations = 12;
/** Share of the largest variance that is added to all, so that the faintest directions do not decide. */
const floorShare = 0.02;

/**
 * Principal directions of the descriptors by subspace iteration, each divided by its deviation.
 * @param descriptors [n, length]
 */
export function fitWhitening(descriptors: Float32Array, length: number): Whitening {
  const n = descriptors.length / length;
  const mean = new Float64Array(length);
  for (let i = 0; i < descriptors.length; i++) mean[i % length]! += descriptors[i]! / n;
  const covariance = new Float64Array(length * length);
  const centered = new Float64Array(length);
  for (let i = 0; i < n; i++) {
    for (let a = 0; a < length; a++) centered[a] = descriptors[i * length + a]! - mean[a]!;
    for (let a = 0; a < length; a++) {
      const value = centered[a]!;
      const line = a * length;
      for (let b = 0; b <= a; b++) covariance[line + b]! += value * centered[b]!;
    }
  }
  for (let a = 0; a < length; a++) for (let b = 0; b < a; b++) covariance[b * length + a] = covariance[a * length + b]!;
  const random = seededRandom("principal directions");
  let basis: Float64Array[] = Array.from({ length: codeLength }, () => Float64Array.from({ length }, () => random.normal()));
  let variances: number[] = [];
  for (let round = 0; round < iterations; round++) {
    basis = basis.map((vector) => multiply(covariance, vector));
    variances = orthonormalize(basis);
  }
  const floor = floorShare * Math.max(...variances, 1e-12);
  return { mean: Float32Array.from(mean), rows: Float32Array.from(basis.flatMap((vector, k) => [...vector].map((value) => value / Math.sqrt(variances[k]! + floor)))) };
}

function multiply(matrix: Float64Array, vector: Float64Array): Float64Array {
  const { length } = vector;
  return Float64Array.from({ length }, (_, a) => {
    let sum = 0;
    for (let b = 0; b < length; b++) sum += matrix[a * length + b]! * vector[b]!;
    return sum;
  });
}

/** Gram and Schmidt, in place. @returns the lengths before. */
function orthonormalize(basis: readonly Float64Array[]): number[] {
  return basis.map((vector, k) => {
    for (let j = 0; j < k; j++) {
      const other = basis[j]!;
      const along = vector.reduce((sum, value, i) => sum + value * other[i]!, 0);
      for (let i = 0; i < vector.length; i++) vector[i]! -= along * other[i]!;
    }
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    for (let i = 0; i < vector.length; i++) vector[i] = length > 1e-12 ? vector[i]! / length : 0;
    return length;
  });
}

/** The whitened descriptor, of length 1. */
export function encode(descriptor: Float32Array, { mean, rows }: Whitening, into: Float32Array): void {
  const { length } = descriptor;
  let square = 0;
  for (let k = 0; k < codeLength; k++) {
    let sum = 0;
    const line = k * length;
    for (let i = 0; i < length; i++) sum += rows[line + i]! * (descriptor[i]! - mean[i]!);
    into[k] = sum;
    square += sum * sum;
  }
  const scale = 1 / (Math.sqrt(square) || 1);
  for (let k = 0; k < codeLength; k++) into[k]! *= scale;
}
