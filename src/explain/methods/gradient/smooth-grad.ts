import type { DrivenMethod, DrivenOptions, Question } from "../contract.js";
import { sensitivitySign } from "./contract.js";
import { add, defaultSamples, largestSize, noisyGradients, reduceChannels } from "./sampled.js";
import { smoothGradInGraph, smoothGradSquaredInGraph, varGradInGraph } from "./unrolled.js";

const facts = {
  kind: "driven",
  signed: false,
  sign: sensitivitySign,
  needs: ["gradients"],
  extent: "image",
  cost: { forward: "samples", backward: "samples" },
  samples: defaultSamples,
} as const satisfies Partial<DrivenMethod>;

/**
 * SmoothGrad: the gradient's mean over noisy copies of the image; the largest size over the channels.
 * @see D. Smilkov et al., SmoothGrad, 2017, arXiv 1706.03825, section 3
 */
export const smoothGrad = {
  ...facts,
  title: "SmoothGrad",
  summary: "Saliency of the mean gradient over noisy copies of the image.",
  reference: "Smilkov et al. 2017, arXiv 1706.03825",
  explain: async (question: Question, options: DrivenOptions) => reduceChannels(question, (await noisyGradients(question, options)).mean, largestSize),
  inGraph: smoothGradInGraph,
} as const satisfies DrivenMethod;

/**
 * SmoothGrad-squared: the mean of the squared gradient over noisy copies, summed over channels.
 * @see S. Hooker et al., A Benchmark for Interpretability Methods, NeurIPS 2019, arXiv 1806.10758, section 4.3
 */
export const smoothGradSquared = {
  ...facts,
  title: "SmoothGrad-squared",
  summary: "Mean of the squared gradient over noisy copies of the image.",
  reference: "Hooker et al. 2019, arXiv 1806.10758",
  explain: async (question: Question, options: DrivenOptions) => reduceChannels(question, (await noisyGradients(question, options)).square, add),
  inGraph: smoothGradSquaredInGraph,
} as const satisfies DrivenMethod;

/**
 * VarGrad: the variance of the gradient over noisy copies (divisor n), summed over channels.
 * @see J. Adebayo et al., Local Explanation Methods for Deep Neural Networks Lack Sensitivity to Parameter Values, 2018, arXiv 1810.03307
 */
export const varGrad = {
  ...facts,
  title: "VarGrad",
  summary: "Variance of the gradient over noisy copies of the image.",
  reference: "Adebayo et al. 2018, arXiv 1810.03307",
  async explain(question: Question, options: DrivenOptions) {
    const { mean, square } = await noisyGradients(question, options);
    return reduceChannels(question, square.map((value, p) => Math.max(0, value - mean[p]! ** 2)), add);
  },
  inGraph: varGradInGraph,
} as const satisfies DrivenMethod;
