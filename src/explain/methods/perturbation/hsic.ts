import { seededRandom } from "../../../base/index.js";
import { gridCells } from "../../superpixels/grid.js";
import type { DrivenMethod } from "../contract.js";
import { maskParts, oneBaseline, perturbationFacts } from "./contract.js";

/** Median of the distances between scores, which is the width of their kernel; 0 where most are equal. */
function medianDistance(scores: ArrayLike<number>): number {
  const distances: number[] = [];
  for (let i = 0; i < scores.length; i++) for (let j = 0; j < i; j++) distances.push(Math.abs(scores[i]! - scores[j]!));
  distances.sort((a, b) => a - b);
  const middle = distances.length / 2;
  return distances.length === 0 ? 0 : (distances[Math.ceil(middle) - 1]! + distances[Math.floor(middle)]!) / 2;
}

/**
 * Hilbert-Schmidt independence criterion between each cell's state and the score, tr(K H L H) / (n - 1)², with
 * k(x, x') = 1 - |x - x'| for states 0 and 1, and l a Gaussian whose width is the median distance of the scores. For two states
 * H K H = 2 x̃ x̃' with x̃ = x less its mean, so that one product with L is enough.
 * @param states [n][d], 0 or 1
 * @returns [d], >= 0; zeros where the scores do not vary
 */
export function independenceCriteria(states: readonly Uint8Array[], scores: ArrayLike<number>): Float64Array {
  const n = states.length;
  const d = states[0]!.length;
  const width = medianDistance(scores);
  const result = new Float64Array(d);
  if (width <= 1e-12) return result;
  const centered = states.map((state) => Float64Array.from(state));
  for (let j = 0; j < d; j++) {
    const mean = centered.reduce((sum, row) => sum + row[j]!, 0) / n;
    for (const row of centered) row[j]! -= mean;
  }
  for (let i = 0; i < n; i++) {
    const product = new Float64Array(d);
    for (let k = 0; k < n; k++) {
      const l = Math.exp(-((scores[i]! - scores[k]!) ** 2) / (2 * width * width));
      const row = centered[k]!;
      for (let j = 0; j < d; j++) product[j]! += l * row[j]!;
    }
    for (let j = 0; j < d; j++) result[j]! += (2 * centered[i]![j]! * product[j]!) / (n - 1) ** 2;
  }
  return result.map((value) => Math.max(0, value));
}

const defaultSamples = 768;

/**
 * HSIC attribution: cells of the image are shown or hidden at random, and each gets the dependence between its state and the score. Default
 * 768 passes.
 * @see P. Novello, T. Fel, D. Vigouroux, Making Sense of Dependence, NeurIPS 2022, arXiv 2206.06219, section 3
 */
export const hsic: DrivenMethod = {
  ...perturbationFacts,
  samples: defaultSamples,
  title: "HSIC attribution",
  summary: "Dependence between showing a cell and the score.",
  reference: "Novello et al. 2022, arXiv 2206.06219",
  signed: false,
  sign: "large: the score depends on whether the cell is seen, in whatever way",
  extent: "cells",
  async explain(question, options) {
    const { samples = defaultSamples, seed = 0 } = options;
    const cells = Math.min(options.cells ?? 8, question.height, question.width);
    const random = seededRandom("hsic", seed);
    const states = Array.from({ length: samples }, () => Uint8Array.from({ length: cells * cells }, () => (random.uniform() < 0.5 ? 1 : 0)));
    const { labels } = gridCells(question, cells, cells);
    const baseline = oneBaseline(question, options);
    const scores = await question.mixtures(baseline, samples, (i, into) => maskParts(labels, states[i]!, into));
    return { values: Float32Array.from(independenceCriteria(states, scores)), height: cells, width: cells };
  },
};
