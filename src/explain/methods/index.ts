import type { CamMethod } from "./contract.js";
import { gradCam } from "./grad-cam.js";
import { hiresCam } from "./hires-cam.js";

/** Every class-activation method, by its name on the command line. */
export const camMethods = {
  "grad-cam": gradCam,
  "hires-cam": hiresCam,
} as const satisfies Record<string, CamMethod>;

export type CamMethodName = keyof typeof camMethods;
