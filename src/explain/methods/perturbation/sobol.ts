import { seededRandom, type Random } from "../../../base/index.js";
import { gridCells } from "../../superpixels/grid.js";
import type { DrivenMethod } from "../contract.js";
import { maskParts, oneBaseline, perturbationFacts } from "./contract.js";

/** A Latin hypercube: n points in [0, 1)^d, one in each of n equal parts of every axis. */
export function latinHypercube(n: number, d: number, random: Random): Float64Array[] {
  const points = Array.from({ length: n }, () => new Float64Array(d));
  const order = Array.from({ length: n }, (_, i) => i);
  for (let j = 0; j < d; j++) random.shuffle(order).forEach((part, i) => (points[i]![j] = (part + random.uniform()) / n));
  return points;
}

/**
 * Jansen's estimate of total Sobol indices: the share of the variance that is lost when all but one variable are known,
 * ST_i = sum_j (f(a_j) - f(a_j with variable i of b_j))² / (2 n Var f). The variance (divisor 2n) is that of a and b together; zeros where there is none.
 * @param a scores at n points; b at n others; exchanged [d][n]
 * @returns [d], >= 0
 * @see M. J. W. Jansen, Analysis of variance designs for model output, Comput. Phys. Commun. 1999, doi 10.1016/S0010-4655(98)00154-4
 */
export function totalSobolIndices(a: ArrayLike<number>, b: ArrayLike<number>, exchanged: readonly ArrayLike<number>[]): Float64Array {
  const n = a.length;
  const all = [...Array.from(a), ...Array.from(b)];
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length;
  return Float64Array.from(exchanged, (scores) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += (a[j]! - scores[j]!) ** 2;
    return variance > 1e-24 ? sum / (2 * n * variance) : 0;
  });
}

/** 32 designs of the 64 cells and two more. */
const defaultSamples = 32 * 66;

/**
 * Sobol attribution: cells of the image are dimmed at random towards the baseline, and each gets the share of the score's variance that
 * it takes part in, alone and with others. Default 32 designs, so 32 (cells² + 2) passes; `samples` is the number of passes
 * and is rounded down to whole designs, at least 2.
 * @see T. Fel et al., Look at the Variance!, NeurIPS 2021, arXiv 2111.04138, section 3
 */
export const sobol: DrivenMethod = {
  ...perturbationFacts,
  samples: defaultSamples,
  title: "Sobol attribution",
  summary: "Share of the score's variance that dimming a cell takes part in.",
  reference: "Fel et al. 2021, arXiv 2111.04138",
  signed: false,
  sign: "large: the score varies with the cell, alone or with others",
  extent: "cells",
  async explain(question, options) {
    const { height, width } = question;
    const cells = Math.min(options.cells ?? 8, height, width);
    const d = cells * cells;
    const designs = Math.max(2, Math.floor((options.samples ?? defaultSamples) / (d + 2)));
    const random = seededRandom("sobol", options.seed ?? 0);
    const points = latinHypercube(designs, 2 * d, random);
    const { labels } = gridCells(question, cells, cells);
    const baseline = oneBaseline(question, options);
    // Order of the passes: a, b, then a with variable i of b, for each i.
    const scores = await question.mixtures(baseline, designs * (d + 2), (i, into) => {
      const [block, j] = [Math.floor(i / designs), i % designs];
      const point = points[j]!;
      const weights = block === 1 ? point.slice(d) : point.slice(0, d);
      if (block > 1) weights[block - 2] = point[d + block - 2]!;
      maskParts(labels, weights, into);
    });
    const part = (block: number) => scores.subarray(block * designs, (block + 1) * designs);
    const indices = totalSobolIndices(part(0), part(1), Array.from({ length: d }, (_, i) => part(i + 2)));
    return { values: Float32Array.from(indices), height: cells, width: cells };
  },
};
