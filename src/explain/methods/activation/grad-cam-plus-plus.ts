import type { CamMethod } from "../contract.js";
import { camFacts, spatialSum, weightedSum } from "./contract.js";

/**
 * Grad-CAM++: weights w_c = sum_ij alpha_cij ReLU(g_cij) with alpha = g² / (2 g² + g³ sum_ij A_cij), 0 where g = 0; the
 * higher derivatives are powers of the gradient g because the score is taken as the exponential of the logit.
 * @see A. Chattopadhay et al., Grad-CAM++, WACV 2018, doi 10.1109/WACV.2018.00097, equations 10 and 19
 */
export const gradCamPlusPlus: CamMethod = {
  ...camFacts,
  title: "Grad-CAM++",
  summary: "Channels weighted by positive gradients, each position by a ratio of its higher derivatives.",
  reference: "Chattopadhay et al. 2018, doi 10.1109/WACV.2018.00097",
  map(builder, { activations, gradients }) {
    const positive = builder.op("Relu", [gradients]);
    // Divided by g²: alpha = 1 / (2 + g sum A), which needs no guard where g is small; ReLU(g) is 0 where g = 0.
    const steep = builder.op("Mul", [positive, spatialSum(builder, activations)]);
    const denominator = builder.op("Add", [steep, builder.constant(2)]);
    const isZero = builder.op("Equal", [denominator, builder.constant(0)]);
    const safe = builder.op("Where", [isZero, builder.constant(1e-12), denominator]);
    return weightedSum(builder, activations, spatialSum(builder, builder.op("Div", [positive, safe])));
  },
};
