import type { CamMethod } from "../contract.js";
import { camFacts } from "./contract.js";
import { principalComponent } from "./principal-component.js";

/**
 * EigenCAM: the projection of the layer's features, centered over positions, on their first principal component; positive
 * part. It does not depend on the target.
 * @see M. B. Muhammad, M. Yeasin, Eigen-CAM, IJCNN 2020, doi 10.1109/IJCNN48605.2020.9206626; centered as in pytorch-grad-cam,
 *   whose sign is the linear algebra library's and here the one that agrees with the features' sum
 */
export const eigenCam: CamMethod = {
  ...camFacts,
  title: "EigenCAM",
  summary: "First principal component of the features, whatever the class.",
  reference: "Muhammad and Yeasin 2020, doi 10.1109/IJCNN48605.2020.9206626",
  sign: "large: the position has what the features vary in most; 0: average or less",
  needs: ["activations"],
  cost: { forward: 0, backward: 0 },
  map: (builder, { activations }) => builder.op("Relu", [principalComponent(builder, activations)]),
};
