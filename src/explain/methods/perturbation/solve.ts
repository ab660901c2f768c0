import { InputError } from "../../../base/index.js";

/**
 * Weighted least squares with a penalty: the b that makes sum_i w_i (y_i - x_i b)² + sum_j penalty_j b_j² least, by
 * Cholesky's factors of the normal equations.
 * @param rows x, [n][d]
 * @param penalty per coefficient, >= 0
 * @returns [d]
 * @throws InputError `not-estimable` where rows do not determine the coefficients
 */
export function solveLeastSquares(rows: readonly ArrayLike<number>[], y: ArrayLike<number>, weights: ArrayLike<number>, penalty: ArrayLike<number>): Float64Array {
  const d = penalty.length;
  const normal = Array.from({ length: d }, (_, j) => {
    const row = new Float64Array(d);
    row[j] = penalty[j]!;
    return row;
  });
  const right = new Float64Array(d);
  rows.forEach((x, i) => {
    for (let j = 0; j < d; j++) {
      const weighted = weights[i]! * x[j]!;
      if (weighted === 0) continue;
      right[j]! += weighted * y[i]!;
      for (let k = 0; k <= j; k++) normal[j]![k]! += weighted * x[k]!;
    }
  });
  for (let j = 0; j < d; j++) {
    for (let k = 0; k <= j; k++) {
      let sum = normal[j]![k]!;
      for (let m = 0; m < k; m++) sum -= normal[j]![m]! * normal[k]![m]!;
      if (j !== k) normal[j]![k] = sum / normal[k]![k]!;
      else if (sum > 1e-12 * (1 + normal[j]![j]!)) normal[j]![j] = Math.sqrt(sum);
      else throw new InputError("not-estimable", `least squares: expected samples that determine ${d} coefficients, got ${rows.length} that do not. Take more samples or fewer segments.`);
    }
  }
  const forward = new Float64Array(d);
  for (let j = 0; j < d; j++) {
    let sum = right[j]!;
    for (let m = 0; m < j; m++) sum -= normal[j]![m]! * forward[m]!;
    forward[j] = sum / normal[j]![j]!;
  }
  const solution = new Float64Array(d);
  for (let j = d - 1; j >= 0; j--) {
    let sum = forward[j]!;
    for (let m = j + 1; m < d; m++) sum -= normal[m]![j]! * solution[m]!;
    solution[j] = sum / normal[j]![j]!;
  }
  return solution;
}
