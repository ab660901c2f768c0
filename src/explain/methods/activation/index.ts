import type { CamMethod, DrivenMethod, GraphMethod } from "../contract.js";
import { ablationCam } from "./ablation-cam.js";
import { cam } from "./cam.js";
import { eigenCam } from "./eigen-cam.js";
import { eigenGradCam } from "./eigen-grad-cam.js";
import { fullGrad } from "./full-grad.js";
import { gradCamPlusPlus } from "./grad-cam-plus-plus.js";
import { gradCam } from "./grad-cam.js";
import { hiresCam } from "./hires-cam.js";
import { layerCam } from "./layer-cam.js";
import { scoreCam } from "./score-cam.js";
import { shapleyCam } from "./shapley-cam.js";
import { xgradCam } from "./xgrad-cam.js";

/** Every class-activation method made of activations and gradients alone, by its name on the command line. */
export const camMethods = {
  "grad-cam": gradCam,
  "grad-cam-plus-plus": gradCamPlusPlus,
  "hires-cam": hiresCam,
  "xgrad-cam": xgradCam,
  "layer-cam": layerCam,
  "eigen-cam": eigenCam,
  "eigen-grad-cam": eigenGradCam,
} as const satisfies Record<string, CamMethod>;

/** Class-activation methods that read more of the network than one layer. */
export const activationGraphs = {
  cam,
  "shapley-cam": shapleyCam,
  "full-grad": fullGrad,
} as const satisfies Record<string, GraphMethod>;

/** Class-activation methods that ask for many scores. */
export const activationDriven = {
  "score-cam": scoreCam,
  "ablation-cam": ablationCam,
} as const satisfies Record<string, DrivenMethod>;
