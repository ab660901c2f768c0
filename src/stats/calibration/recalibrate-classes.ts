import { InputError } from "../../base/index.js";
import { checkFinite, checkSameLength } from "../checks.js";
import { findRoot } from "../distributions/index.js";
import { notEstimable } from "../estimate.js";
import { choleskyFactor, choleskySolve } from "../linear/cholesky.js";
import { checkedLogits, logitsOfProbabilities, softmax } from "./recalibrate.js";
import type { ClassMap } from "./recalibrate.js";

/**
 * One temperature for the logits of all classes.
 * @param truth class index per case
 * @param logits logits[case][class]
 * @returns parameters [T]; T > 1 softens
 * @throws InputError `not-estimable` where all cases are right and a colder T would always be better, or none beats guessing; `length`,
 * `class`, `not-finite`
 * @see checked against R's optimize
 */
export function fitTemperature(truth: ArrayLike<number>, logits: readonly ArrayLike<number>[]): ClassMap {
  checkCases(truth, logits);
  // The likelihood is concave in 1/T: its slope Σ (z_y − Σ p z) has one root.
  const slope = (logScale: number): number => {
    const scale = Math.exp(logScale);
    return logits.reduce((sum, row, i) => {
      const p = softmax(Array.from(row, (z) => z * scale));
      const mean = p.reduce((total, value, k) => total + value * row[k]!, 0);
      return sum + row[truth[i]!]! - mean;
    }, 0);
  };
  const [low, high] = [-12, 12];
  if (!(slope(low) > 0 && slope(high) < 0)) {
    throw notEstimable(
      "temperature",
      "cases of which some are wrong and most right",
      slope(low) > 0 ? "none that is wrong" : "logits that do worse than guessing",
      "Gather more cases.",
    );
  }
  return temperatureMap([Math.exp(-findRoot(slope, low, high))], logits.length);
}

/** The temperature map from stored parameters. */
export function temperatureMap(parameters: readonly number[], n: number): ClassMap {
  return {
    kind: "temperature",
    parameters,
    n,
    apply: (row) => softmax(Array.from(row, (z) => z / parameters[0]!)),
  };
}

/**
 * Dirichlet calibration: a linear map of the log probabilities, held near the identity's pattern by a penalty.
 * @param options.penalty λ, above 0; default 1e-3 per case
 * @returns parameters: W row by row, then b
 * @throws InputError `penalty`, `probability`, `length`, `class`
 * @see checked against R's optim
 */
export function fitDirichlet(
  truth: ArrayLike<number>,
  probabilities: readonly ArrayLike<number>[],
  options: { readonly penalty?: number } = {},
): ClassMap {
  const classes = probabilities[0]?.length ?? 0;
  const logs = checkedLogits(probabilities, truth.length, classes);
  checkCases(truth, logs);
  const n = logs.length;
  const penalty = options.penalty ?? 1e-3 * n;
  if (!(penalty > 0 && Number.isFinite(penalty))) {
    throw new InputError("penalty", `penalty: expected a number above 0, got ${penalty}. Leave it out for the usual one.`);
  }
  const size = classes * (classes + 1);
  // The diagonal of W carries a trace of a penalty too: a constant added to a column of W changes nothing else.
  const weightOf = (k: number): number => (k < classes * classes && k % (classes + 1) === 0 ? 1e-9 * n : penalty);
  const features = logs.map((row) => [...row, 1]);
  const place = (k: number, f: number): number => (f < classes ? k * classes + f : classes * classes + k);
  const logitsAt = (theta: readonly number[], row: readonly number[]): number[] =>
    Array.from({ length: classes }, (_, k) => row.reduce((sum, value, f) => sum + value * theta[place(k, f)]!, 0));
  const objective = (theta: readonly number[]): number => {
    const fit = features.reduce((sum, row, i) => {
      const z = logitsAt(theta, row);
      const top = Math.max(...z);
      return sum + top + Math.log(z.reduce((total, value) => total + Math.exp(value - top), 0)) - z[truth[i]!]!;
    }, 0);
    return fit + theta.reduce((sum, value, k) => sum + (weightOf(k) * value * value) / 2, 0);
  };
  let theta: number[] = Array.from({ length: size }, (_, k) => (k < classes * classes && k % (classes + 1) === 0 ? 1 : 0));
  let current = objective(theta);
  for (let iteration = 0; iteration < 200; iteration++) {
    const gradient = theta.map((value, k) => weightOf(k) * value);
    const hessian = theta.map((_, k) => theta.map((_row, l) => (k === l ? weightOf(k) : 0)));
    features.forEach((row, i) => {
      const p = softmax(logitsAt(theta, row));
      for (let k = 0; k < classes; k++) {
        const residual = p[k]! - (truth[i] === k ? 1 : 0);
        row.forEach((value, f) => (gradient[place(k, f)]! += residual * value));
        for (let l = 0; l < classes; l++) {
          const curvature = p[k]! * ((k === l ? 1 : 0) - p[l]!);
          row.forEach((value, f) =>
            row.forEach((other, g) => (hessian[place(k, f)]![place(l, g)]! += curvature * value * other)),
          );
        }
      }
    });
    const factor = choleskyFactor(hessian);
    if (!factor) break;
    const step = choleskySolve(factor, gradient);
    let [next, value] = [theta, current];
    for (let scale = 1; scale > 1e-8; scale /= 2) {
      next = theta.map((t, k) => t - scale * step[k]!);
      value = objective(next);
      if (value <= current) break;
    }
    const moved = Math.max(...step.map((s, k) => Math.abs(s) / (1 + Math.abs(theta[k]!))));
    if (value > current) break;
    [theta, current] = [next, value];
    if (moved < 1e-10) break;
  }
  return dirichletMap(theta, n);
}

/** The Dirichlet map from stored parameters. */
export function dirichletMap(parameters: readonly number[], n: number): ClassMap {
  const classes = Math.round((Math.sqrt(1 + 4 * parameters.length) - 1) / 2);
  const apply = (row: ArrayLike<number>): number[] => {
    checkSameLength("probabilities", row.length, classes);
    const logs = logitsOfProbabilities(row);
    return softmax(
      Array.from({ length: classes }, (_, k) =>
        logs.reduce((sum, value, j) => sum + value * parameters[k * classes + j]!, parameters[classes * classes + k]!),
      ),
    );
  };
  return { kind: "dirichlet", parameters, n, apply };
}

function checkCases(truth: ArrayLike<number>, rows: readonly ArrayLike<number>[]): void {
  checkSameLength("logits", rows.length, truth.length);
  const classes = rows[0]?.length ?? 0;
  if (classes < 2) throw notEstimable("recalibration", "cases with two classes or more", `${classes}`, "Predict some cases.");
  rows.forEach((row, i) => {
    checkSameLength(`logits of case ${i}`, row.length, classes);
    checkFinite(`logit of case ${i}, class`, row);
    const y = truth[i]!;
    if (!(Number.isInteger(y) && y >= 0 && y < classes)) {
      throw new InputError("class", `truth ${i}: expected a class index below ${classes}, got ${y}. Mend the label.`);
    }
  });
}
