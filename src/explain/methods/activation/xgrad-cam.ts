import type { CamMethod } from "../contract.js";
import { camFacts, spatialSum, weightedSum } from "./contract.js";

/** Channels whose activations sum to less than this weigh nothing. */
const tinySum = 1e-7;

/**
 * XGrad-CAM: w_c = sum_ij A_cij g_cij / sum_ij A_cij, so that the sum of the map over space, before the ReLU, is that of
 * gradient times activation. A channel whose sum is zero weighs nothing.
 * @see R. Fu et al., Axiom-based Grad-CAM, BMVC 2020, arXiv 2008.02312, equation 8
 */
export const xgradCam: CamMethod = {
  ...camFacts,
  title: "XGrad-CAM",
  summary: "Channels weighted by their gradients, averaged with the activations as weights.",
  reference: "Fu et al. 2020, arXiv 2008.02312",
  map(builder, { activations, gradients }) {
    const sum = spatialSum(builder, activations);
    const isTiny = builder.op("Less", [builder.op("Abs", [sum]), builder.constant(tinySum)]);
    const evidence = spatialSum(builder, builder.op("Mul", [activations, gradients]));
    const ratio = builder.op("Div", [evidence, builder.op("Where", [isTiny, builder.constant(1), sum])]);
    return weightedSum(builder, activations, builder.op("Where", [isTiny, builder.constant(0), ratio]));
  },
};
