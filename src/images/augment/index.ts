import { blur } from "./blur.js";
import { brightness } from "./brightness.js";
import { contrast } from "./contrast.js";
import type { Augmentation } from "./contract.js";
import { crop } from "./crop.js";
import { flip } from "./flip.js";
import { noise } from "./noise.js";
import { rotation } from "./rotation.js";
import { shear } from "./shear.js";
import { shift } from "./shift.js";

/** Every augmentation, in the order of application: the geometric ones first. */
export const augmentations = { flip, rotation, shear, shift, crop, blur, contrast, brightness, noise } satisfies Record<string, Augmentation>;

export type AugmentationName = keyof typeof augmentations;

/** Which augmentations to apply and how strongly; one left out is not applied. */
export interface AugmentationRecipe {
  readonly flip?: { readonly probability: number };
  readonly rotation?: { readonly maxDeg: number };
  readonly shear?: { readonly maxDeg: number };
  readonly shift?: { readonly maxShare: number };
  readonly crop?: { readonly minScale: number };
  readonly blur?: { readonly maxSigmaPx: number };
  readonly contrast?: { readonly max: number };
  readonly brightness?: { readonly max: number };
  readonly noise?: { readonly maxStd: number };
}
