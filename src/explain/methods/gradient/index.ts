import type { DrivenMethod, GraphMethod } from "../contract.js";
import { deconvnet } from "./deconvnet.js";
import { gradientXInput } from "./gradient-x-input.js";
import { guidedBackpropagation } from "./guided-backpropagation.js";
import { guidedGradCam } from "./guided-grad-cam.js";
import { expectedGradients, integratedGradients } from "./integrated-gradients.js";
import { saliency } from "./saliency.js";
import { smoothGrad, smoothGradSquared, varGrad } from "./smooth-grad.js";

/** Methods of one or two backward passes, by name. */
export const gradientGraphs = {
  saliency,
  "gradient-x-input": gradientXInput,
  "guided-backpropagation": guidedBackpropagation,
  deconvnet,
  "guided-grad-cam": guidedGradCam,
} as const satisfies Record<string, GraphMethod>;

/** Methods of many backward passes, by name. */
export const gradientDriven = {
  "smooth-grad": smoothGrad,
  "smooth-grad-squared": smoothGradSquared,
  "var-grad": varGrad,
  "integrated-gradients": integratedGradients,
  "expected-gradients": expectedGradients,
} as const satisfies Record<string, DrivenMethod>;
