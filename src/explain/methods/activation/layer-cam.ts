import type { CamMethod } from "../contract.js";
import { camFacts, weightedSum } from "./contract.js";

/**
 * LayerCAM: every position is weighted by its own positive gradient, ReLU(sum_c ReLU(g_c) A_c), which keeps detail in early
 * layers.
 * @see P.-T. Jiang et al., LayerCAM, IEEE Trans. Image Process. 2021, doi 10.1109/TIP.2021.3089943, equations 5 and 6
 */
export const layerCam: CamMethod = {
  ...camFacts,
  title: "LayerCAM",
  summary: "Positive gradient times activation at every position; also for early layers.",
  reference: "Jiang et al. 2021, doi 10.1109/TIP.2021.3089943",
  map: (builder, { activations, gradients }) => weightedSum(builder, activations, builder.op("Relu", [gradients])),
};
