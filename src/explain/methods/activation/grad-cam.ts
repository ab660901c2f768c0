import type { CamMethod } from "../contract.js";
import { camFacts, weightedSum } from "./contract.js";

/**
 * Grad-CAM: each channel of the target layer is weighted by the mean of its gradient over space,
 * alpha_c = 1/(hw) sum_ij dy/dA_cij, and the map is ReLU(sum_c alpha_c A_c).
 * @see R. R. Selvaraju et al., Grad-CAM, ICCV 2017, doi 10.1109/ICCV.2017.74, equations 1 and 2
 */
export const gradCam: CamMethod = {
  ...camFacts,
  title: "Grad-CAM",
  summary: "Channels of the last convolution weighted by the mean gradient of the class score.",
  reference: "Selvaraju et al. 2017, doi 10.1109/ICCV.2017.74",
  map: (builder, { activations, gradients }) =>
    weightedSum(builder, activations, builder.op("ReduceMean", [gradients], { axes: [2, 3], keepdims: 1 })),
};
