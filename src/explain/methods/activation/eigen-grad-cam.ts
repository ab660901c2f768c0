import type { CamMethod } from "../contract.js";
import { camFacts } from "./contract.js";
import { principalComponent } from "./principal-component.js";

/**
 * EigenGradCAM: the first principal component of gradient times activation, positive part, so that the component is one of
 * evidence for the target. The sign is the one that agrees with HiResCAM's sum.
 * @see pytorch-grad-cam, J. Gildenblat 2021; M. B. Muhammad, M. Yeasin, Eigen-CAM, IJCNN 2020, doi 10.1109/IJCNN48605.2020.9206626
 */
export const eigenGradCam: CamMethod = {
  ...camFacts,
  title: "EigenGradCAM",
  summary: "First principal component of gradient times activation.",
  reference: "Gildenblat 2021, pytorch-grad-cam, after Muhammad and Yeasin 2020, doi 10.1109/IJCNN48605.2020.9206626",
  map: (builder, { activations, gradients }) =>
    builder.op("Relu", [principalComponent(builder, builder.op("Mul", [activations, gradients]))]),
};
