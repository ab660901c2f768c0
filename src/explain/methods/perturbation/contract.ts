import { baselineOf } from "../../baselines.js";
import { superpixels } from "../../superpixels/index.js";
import type { Superpixels } from "../../superpixels/contract.js";
import type { BaselineChoice, DrivenMap, DrivenMethod, DrivenOptions, Question } from "../contract.js";

/** Facts that methods of predictions alone share. */
export const perturbationFacts = {
  kind: "driven",
  needs: ["predictions"],
  extent: "image",
  cost: { forward: "samples", backward: 0 },
} as const satisfies Partial<DrivenMethod>;

/** The one baseline of a method that has one; the first where several are given. */
export function oneBaseline(question: Question, { baseline = "zero", seed = 0 }: DrivenOptions): Float32Array {
  const [first] = Array.isArray(baseline) ? (baseline as readonly BaselineChoice[]) : [baseline as BaselineChoice];
  return baselineOf(first ?? "zero", question, seed);
}

/** The parts that are shown or hidden; default SLIC with about 49. */
export function partsOf(question: Question, { superpixels: choice = "slic", segments = 49 }: DrivenOptions): Superpixels {
  return superpixels(choice, question, segments);
}

/** Writes the mask [H, W] in which every pixel has the weight of its part: 1 shown, 0 hidden. */
export function maskParts(labels: Int32Array, weights: ArrayLike<number>, into: Float32Array): void {
  for (let p = 0; p < labels.length; p++) into[p] = weights[labels[p]!]!;
}

/** A map [H, W] in which every pixel has the value of its part. */
export function paintParts({ height, width }: Question, labels: Int32Array, values: ArrayLike<number>): DrivenMap {
  return { values: Float32Array.from(labels, (part) => values[part]!), height, width };
}
