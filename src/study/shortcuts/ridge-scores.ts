import type { Features } from "./encode-columns.js";
import { symmetricEigen } from "./symmetric-eigen.js";

/** Penalties tried, as multiples of the mean eigenvalue. */
const penalties = [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100];
/** Effective parameters at most, as a share of the cases learned from. */
const mostFreedom = 1 / 3;

interface PreparedFold {
  readonly train: Int32Array;
  readonly test: Int32Array;
  /** Features in the axes of the training part's covariance, [cases, axes]. */
  readonly trainAxes: Float64Array;
  readonly testAxes: Float64Array;
  readonly eigenvalues: Float64Array;
}

/**
 * Cross-validated ridge regression of class indicators, prepared so that many labellings of the same cases can be
 * scored: everything that does not depend on the labels is computed once.
 */
export class RidgeScores {
  readonly #folds: readonly PreparedFold[];
  readonly #axes: number;

  constructor({ values, cases, width }: Features, tests: readonly (readonly number[])[]) {
    this.#axes = width;
    this.#folds = tests.map((test) => {
      const held = new Set(test);
      const train = Int32Array.from({ length: cases }, (_, i) => i).filter((i) => !held.has(i));
      const means = new Float64Array(width);
      for (const i of train) for (let j = 0; j < width; j++) means[j]! += values[i * width + j]! / train.length;
      const centered = (rows: Int32Array): Float64Array => {
        const part = new Float64Array(rows.length * width);
        rows.forEach((i, r) => {
          for (let j = 0; j < width; j++) part[r * width + j] = values[i * width + j]! - means[j]!;
        });
        return part;
      };
      const [own, other] = [centered(train), centered(Int32Array.from(test))];
      const { values: eigenvalues, vectors } = symmetricEigen(gram(own, width), width);
      return { train, test: Int32Array.from(test), trainAxes: multiply(own, vectors, width), testAxes: multiply(other, vectors, width), eigenvalues: eigenvalues.map((value) => Math.max(0, value)) };
    });
  }

  /**
   * Scores of one class for every case, by regressions that have not seen the case or its fold. The penalty is the one
   * of least generalized cross-validation error over all classes within the training part.
   * @param targets one indicator (0 or 1) per case and class
   * @param scores filled: one number per case and class; over all classes they sum to 1
   * @see G. H. Golub, M. Heath, G. Wahba, Technometrics 21, 1979, doi:10.1080/00401706.1979.10489751
   */
  score(targets: readonly Float64Array[], scores: readonly Float64Array[]): void {
    const axes = this.#axes;
    for (const { train, test, trainAxes, testAxes, eigenvalues } of this.#folds) {
      const fits = targets.map((target) => project(target, train, trainAxes, axes));
      const penalty = choosePenalty(fits, eigenvalues, train.length);
      fits.forEach(({ mean, inner }, k) => {
        const weights = inner.map((value, j) => value / (eigenvalues[j]! + penalty));
        test.forEach((i, r) => {
          let sum = mean;
          for (let j = 0; j < axes; j++) sum += testAxes[r * axes + j]! * weights[j]!;
          scores[k]![i] = sum;
        });
      });
    }
  }
}

interface Projection {
  readonly mean: number;
  /** Sum of squares of the centered target. */
  readonly squares: number;
  /** Inner products with the axes. */
  readonly inner: Float64Array;
}

function project(target: Float64Array, train: Int32Array, trainAxes: Float64Array, axes: number): Projection {
  let mean = 0;
  for (const i of train) mean += target[i]! / train.length;
  const inner = new Float64Array(axes);
  let squares = 0;
  train.forEach((i, r) => {
    const y = target[i]! - mean;
    squares += y * y;
    if (y !== 0) for (let j = 0; j < axes; j++) inner[j]! += y * trainAxes[r * axes + j]!;
  });
  return { mean, squares, inner };
}

function choosePenalty(fits: readonly Projection[], eigenvalues: Float64Array, n: number): number {
  const average = eigenvalues.reduce((sum, value) => sum + value, 0) / Math.max(1, eigenvalues.length);
  if (!(average > 0)) return 1;
  let best = { error: Infinity, penalty: average * penalties.at(-1)! };
  for (const factor of penalties) {
    const penalty = factor * average;
    let freedom = 1;
    for (const value of eigenvalues) freedom += value / (value + penalty);
    if (freedom > mostFreedom * n) continue;
    let residual = 0;
    for (const { squares, inner } of fits) {
      residual += squares;
      for (let j = 0; j < inner.length; j++) residual -= (inner[j]! ** 2 * (eigenvalues[j]! + 2 * penalty)) / (eigenvalues[j]! + penalty) ** 2;
    }
    const error = residual / (n - freedom) ** 2;
    if (error < best.error) best = { error, penalty };
  }
  return best.penalty;
}

function gram(rows: Float64Array, width: number): Float64Array {
  const result = new Float64Array(width * width);
  for (let at = 0; at < rows.length; at += width) {
    for (let i = 0; i < width; i++) {
      const value = rows[at + i]!;
      if (value === 0) continue;
      for (let j = 0; j <= i; j++) result[i * width + j]! += value * rows[at + j]!;
    }
  }
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) result[j * width + i] = result[i * width + j]!;
  return result;
}

/** [n, width] times [width, width]. */
function multiply(rows: Float64Array, matrix: Float64Array, width: number): Float64Array {
  const result = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at += width) {
    for (let k = 0; k < width; k++) {
      const value = rows[at + k]!;
      if (value === 0) continue;
      for (let j = 0; j < width; j++) result[at + j]! += value * matrix[k * width + j]!;
    }
  }
  return result;
}
