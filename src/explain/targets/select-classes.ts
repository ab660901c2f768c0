import { InputError } from "../../base/index.js";
import type { ClassTarget } from "./target.js";

/** @throws InputError `target-class` for a class the network lacks, or a difference of a class with itself */
export function checkClassTarget(target: ClassTarget, classes: number): void {
  for (const index of [target.class, target.against]) {
    if (typeof index !== "number" || (Number.isInteger(index) && index >= 0 && index < classes)) continue;
    throw new InputError("target-class", `target: expected a class from 0 to ${classes - 1}, got ${index}.`);
  }
  if (target.against === "runner-up" && classes < 2)
    throw new InputError("target-class", "target: expected two classes or more for a difference with the runner-up, got one.");
  if (target.against !== undefined && target.against === target.class)
    throw new InputError("target-class", `target: expected the difference of two classes, got class ${target.class} twice.`);
}

/** Index of the largest number, the first where several are; `except` is passed over. */
function largest(row: ArrayLike<number>, except = -1): number {
  let best = -1;
  for (let k = 0; k < row.length; k++) if (k !== except && (best < 0 || row[k]! > row[best]!)) best = k;
  return best;
}

/**
 * Weights of the logits whose sum is the target's score: 1 for the class, -1 for the one it is compared with.
 * "Predicted" is settled by the image itself, so that the class stays the same while the image is perturbed. Where the
 * predicted class is the one compared with, the score is zero everywhere.
 * @param logits [K] of one image
 * @returns [K]
 */
export function selectClasses(target: ClassTarget, logits: ArrayLike<number>): Float32Array {
  checkClassTarget(target, logits.length);
  const selector = new Float32Array(logits.length);
  const index = target.class === "predicted" ? largest(logits) : target.class;
  selector[index]! += 1;
  if (target.against !== undefined) selector[target.against === "runner-up" ? largest(logits, index) : target.against]! -= 1;
  return selector;
}

/** Softmax of a row, and its logarithm, in double precision. */
function softmaxOf(logits: ArrayLike<number>): { probability: number[]; logarithm: number[] } {
  const highest = Math.max(...Array.from(logits));
  const total = Math.log(Array.from(logits).reduce((sum, value) => sum + Math.exp(value - highest), 0)) + highest;
  const logarithm = Array.from(logits, (value) => value - total);
  return { probability: logarithm.map(Math.exp), logarithm };
}

/** Σ_k selector_k · s_k, with s the logits, the probabilities, or logit + ln probability. */
export function scoreOfLogits(target: ClassTarget, selector: ArrayLike<number>, logits: ArrayLike<number>): number {
  const { scale = "logit" } = target;
  const softmax = scale === "logit" ? undefined : softmaxOf(logits);
  let score = 0;
  for (let k = 0; k < logits.length; k++) {
    if (selector[k] === 0) continue;
    const value = scale === "probability" ? softmax!.probability[k]! : logits[k]! + (scale === "rest" ? softmax!.logarithm[k]! : 0);
    score += selector[k]! * value;
  }
  return score;
}
