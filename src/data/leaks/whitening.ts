import { seededRandom } from "../../base/index.js";

/** Numbers per image that candidates are searched by: half of them alike in the mirror image, half of the other sign. */
export const codeLength = 64;
/** Numbers more, of fainter directions, that candidates are ranked by: half of each kind again. */
export const tailLength = 128;

/** What is common to all images taken away, and what sets them apart brought to one scale. */
export interface Whitening {
  /** Numbers of a descriptor, and in the same order those of the mirror image that are equal to them. */
  readonly pairs: readonly [Int32Array, Int32Array];
  /** [length / 2], of the sums of pairs. */
  readonly mean: Float32Array;
  /** [codeLength + tailLength, length / 2]: what the sums of pairs are multiplied by, then their differences, for the code and then for its tail. */
  readonly rows: Float32Array;
}

const iterations = 12;
/** Share of the largest variance that is added to all, so that the faintest directions do not decide. */
const floorShare = 0.005;

/**
 * Principal directions of the descriptors and their mirror images by subspace iteration, each divided by its deviation.
 * Images and mirror images together vary along directions that mirroring leaves and along ones that it turns around: sums and differences of
 * the numbers that mirroring exchanges. One code tells both.
 * @param descriptors [n, length]
 * @param mirrored where each number of a descriptor stands in the mirror image's; none in its own place
 */
export function fitWhitening(descriptors: Float32Array, mirrored: Int32Array): Whitening {
  const lefts = Int32Array.from(mirrored.keys()).filter((i) => i < mirrored[i]!);
  const pairs = [lefts, lefts.map((i) => mirrored[i]!)] as const;
  const [length, half] = [mirrored.length, lefts.length];
  const n = descriptors.length / length;
  const [sums, differences] = [new Float64Array(n * half), new Float64Array(n * half)];
  for (let i = 0; i < n; i++) fold(descriptors.subarray(i * length, (i + 1) * length), pairs, sums.subarray(i * half, (i + 1) * half), differences.subarray(i * half, (i + 1) * half));
  const mean = new Float64Array(half);
  for (let i = 0; i < sums.length; i++) mean[i % half]! += sums[i]! / n;
  const parts = [sums.map((value, i) => value - mean[i % half]!), differences].map((part) => principalDirections(part, half));
  const floor = floorShare * Math.max(...parts.flatMap(({ variances }) => variances), 1e-12);
  const scaled = parts.map(({ basis, variances }) => basis.map((vector, k) => vector.map((value) => value / Math.sqrt(variances[k]! + floor))));
  const heads = scaled.flatMap((vectors) => vectors.slice(0, codeLength / 2));
  const tails = scaled.flatMap((vectors) => vectors.slice(codeLength / 2));
  const rows = new Float32Array((codeLength + tailLength) * half);
  [...heads, ...tails].forEach((vector, k) => rows.set(vector, k * half));
  return { pairs, mean: Float32Array.from(mean), rows };
}

/** Sums and differences of the numbers that mirroring exchanges. */
function fold(descriptor: Float32Array, [lefts, rights]: Whitening["pairs"], sums: Float64Array, differences: Float64Array): void {
  for (let i = 0; i < lefts.length; i++) {
    const [left, right] = [descriptor[lefts[i]!]!, descriptor[rights[i]!]!];
    sums[i] = left + right;
    differences[i] = left - right;
  }
}

function principalDirections(centered: Float64Array, length: number): { basis: Float64Array[]; variances: number[] } {
  const n = centered.length / length;
  // With fewer images than numbers, two passes over the images cost less than one over their covariance.
  const covariance = n < length / 2 ? undefined : covarianceOf(centered, length);
  const timesCovariance = (vector: Float64Array): Float64Array => (covariance ? multiply(covariance, vector) : combine(centered, multiply(centered, vector), length));
  const random = seededRandom("principal directions");
  let basis: Float64Array[] = Array.from({ length: (codeLength + tailLength) / 2 }, () => Float64Array.from({ length }, () => random.normal()));
  let variances: number[] = [];
  for (let round = 0; round < iterations; round++) {
    basis = basis.map(timesCovariance);
    variances = orthonormalize(basis);
  }
  return { basis, variances };
}

/** Sum of the outer products of the rows, [length, length]. */
function covarianceOf(centered: Float64Array, length: number): Float64Array {
  const covariance = new Float64Array(length * length);
  for (let at = 0; at < centered.length; at += length) {
    for (let a = 0; a < length; a++) {
      const value = centered[at + a]!;
      const line = a * length;
      for (let b = 0; b <= a; b++) covariance[line + b]! += value * centered[at + b]!;
    }
  }
  for (let a = 0; a < length; a++) for (let b = 0; b < a; b++) covariance[b * length + a] = covariance[a * length + b]!;
  return covariance;
}

/** [n, length] times [length]. */
function multiply(matrix: Float64Array, vector: Float64Array): Float64Array {
  const { length } = vector;
  const result = new Float64Array(matrix.length / length);
  for (let a = 0; a < result.length; a++) {
    let sum = 0;
    for (let b = 0; b < length; b++) sum += matrix[a * length + b]! * vector[b]!;
    result[a] = sum;
  }
  return result;
}

/** The rows of a matrix, added with these factors. */
function combine(matrix: Float64Array, factors: Float64Array, length: number): Float64Array {
  const result = new Float64Array(length);
  for (let i = 0; i < factors.length; i++) for (let b = 0; b < length; b++) result[b]! += factors[i]! * matrix[i * length + b]!;
  return result;
}

/** Gram and Schmidt, in place. @returns the lengths before. */
function orthonormalize(basis: readonly Float64Array[]): number[] {
  return basis.map((vector, k) => {
    for (let j = 0; j < k; j++) {
      const other = basis[j]!;
      let along = 0;
      for (let i = 0; i < vector.length; i++) along += vector[i]! * other[i]!;
      for (let i = 0; i < vector.length; i++) vector[i]! -= along * other[i]!;
    }
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    for (let i = 0; i < vector.length; i++) vector[i] = length > 1e-12 ? vector[i]! / length : 0;
    return length;
  });
}

/** What 1 is in a code's whole numbers: the product of two codes stays below 2^29. */
export const codeScale = 16_384;

const whitened = new Float64Array(codeLength + tailLength);
let folded = [new Float64Array(0), new Float64Array(0)] as const;

/** Some rows times a vector, into `whitened`; four at once, as one sum waits for itself. @returns the row after */
function multiplyRows(rows: Float32Array, part: Float64Array, { from, to }: { readonly from: number; readonly to: number }): number {
  const { length } = part;
  for (let k = from; k < to; k += 4) {
    const line = k * length;
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 0; i < length; i++) {
      const value = part[i]!;
      a += rows[line + i]! * value;
      b += rows[line + length + i]! * value;
      c += rows[line + 2 * length + i]! * value;
      d += rows[line + 3 * length + i]! * value;
    }
    whitened[k] = a;
    whitened[k + 1] = b;
    whitened[k + 2] = c;
    whitened[k + 3] = d;
  }
  return to;
}

/** The whitened descriptor in whole numbers: its code, of length 1, and its tail on the same scale. */
export function encode(descriptor: Float32Array, { pairs, mean, rows }: Whitening, { code, tail }: { readonly code: Int16Array; readonly tail: Int16Array }): void {
  const half = mean.length;
  if (folded[0].length !== half) folded = [new Float64Array(half), new Float64Array(half)];
  fold(descriptor, pairs, ...folded);
  for (let i = 0; i < half; i++) folded[0][i]! -= mean[i]!;
  let at = 0;
  for (const length of [codeLength, tailLength]) for (const part of folded) at = multiplyRows(rows, part, { from: at, to: at + length / 2 });
  let square = 0;
  for (let k = 0; k < codeLength; k++) square += whitened[k]! ** 2;
  const scale = codeScale / (Math.sqrt(square) || 1);
  for (let k = 0; k < codeLength; k++) code[k] = Math.round(whitened[k]! * scale);
  for (let k = 0; k < tailLength; k++) tail[k] = Math.max(-32_767, Math.min(32_767, Math.round(whitened[codeLength + k]! * scale)));
}
