import type { CamMethod } from "../contract.js";
import { camFacts, weightedSum } from "./contract.js";

/**
 * HiResCAM: gradient and activation are multiplied position by position before the sum over channels, so that the
 * map shows exactly what the score was computed from: ReLU(sum_c dy/dA_c * A_c). Equal to Grad-CAM where the layer
 * is followed by global average pooling and one linear layer.
 * @see R. L. Draelos, L. Carin, Use HiResCAM instead of Grad-CAM, arXiv 2011.08891, section 3
 */
export const hiresCam: CamMethod = {
  ...camFacts,
  title: "HiResCAM",
  summary: "Gradient times activation at every position, summed over channels.",
  reference: "Draelos and Carin 2020, arXiv 2011.08891",
  map: (builder, { activations, gradients }) => weightedSum(builder, activations, gradients),
};
