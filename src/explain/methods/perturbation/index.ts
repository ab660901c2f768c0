import type { DrivenMethod } from "../contract.js";
import { hsic } from "./hsic.js";
import { kernelShap } from "./kernel-shap.js";
import { lime } from "./lime.js";
import { occlusion } from "./occlusion.js";
import { rise } from "./rise.js";
import { sobol } from "./sobol.js";

/** Methods that need only predictions, by name. */
export const perturbations = {
  occlusion,
  rise,
  lime,
  "kernel-shap": kernelShap,
  sobol,
  hsic,
} as const satisfies Record<string, DrivenMethod>;
