import type { Measure } from "./contract.js";
import { requireEvidence } from "./read-map.js";

const shared = { property: "complexity", needs: [], reads: "size", passes: "none" } as const;

/** Gini's index of the sizes. */
export const sparseness: Measure = {
  ...shared,
  title: "Sparseness",
  summary: "Gini's index of the map's sizes: 0 for an even map, near 1 where few pixels hold all evidence.",
  formula: "Σ_i (2 i − n − 1) a_i / (n Σ a_i), a_1 ≤ … ≤ a_n the absolute values",
  reference: "P. Chalasani et al., Concise Explanations of Neural Networks using Adversarial Training, ICML 2020, arXiv:1810.06583",
  direction: "higher",
  range: [0, 1],
  applies: "Any method. Says how easily a map is read, not whether it is right. At the map's own extent: compare maps of one extent.",
  elsewhere: ["Xplique", "Quantus"],
  measure: ({ map }) => {
    const sizes = map.values.map(Math.abs).sort();
    const total = requireEvidence(sizes, "sparseness");
    const n = sizes.length;
    return Math.max(0, sizes.reduce((sum, value, i) => sum + (2 * (i + 1) - n - 1) * value, 0) / (n * total));
  },
};

/** Shannon's entropy of the sizes as shares. */
export const entropy: Measure = {
  ...shared,
  title: "Entropy",
  summary: "Entropy of the map's sizes as shares of their sum: 0 where one pixel holds all, ln n for an even map of n pixels.",
  formula: "−Σ p_i ln p_i, p_i = |a_i| / Σ |a|; 0 ln 0 = 0",
  reference: "U. Bhatt, A. Weller, J. M. F. Moura, Evaluating and Aggregating Feature-based Model Explanations, IJCAI 2020, arXiv:2005.00631",
  direction: "lower",
  range: [0, Infinity],
  applies: "Any method. Depends on the extent: compare maps of one extent.",
  elsewhere: ["Xplique", "Quantus"],
  measure: ({ map }) => {
    const total = requireEvidence(map.values, "entropy");
    return Math.max(0, map.values.reduce((sum, value) => (value === 0 ? sum : sum - (Math.abs(value) / total) * Math.log(Math.abs(value) / total)), 0));
  },
};

/** Pixels that matter at all. */
export const effectiveComplexity: Measure = {
  ...shared,
  title: "Effective complexity",
  summary: "Number of pixels whose size is more than a hundred-thousandth of the peak.",
  formula: "|{i : |a_i| > ε max |a|}|, ε = 1e-5 unless `threshold` says another",
  reference: "A. Nguyen, M. R. Martínez, On Quantitative Aspects of Model Interpretability, 2020, arXiv:2007.07584",
  direction: "lower",
  range: [0, Infinity],
  applies: "Any method. Depends on the extent: compare maps of one extent.",
  elsewhere: ["Quantus"],
  measure: ({ map }, { threshold = 1e-5 }) => {
    requireEvidence(map.values, "effective complexity");
    const limit = threshold * map.values.reduce((highest, value) => Math.max(highest, Math.abs(value)), 0);
    return map.values.reduce((count, value) => count + (Math.abs(value) > limit ? 1 : 0), 0);
  },
};
