import type { Random } from "../../base/index.js";
import type { Size } from "../resample.js";
import type { Affine } from "./affine.js";

/** The one number that sets how strong an augmentation may be. */
export interface StrengthParameter {
  /** Its key in a recipe, for example `"maxDeg"`. */
  readonly name: string;
  readonly unit: string;
  readonly minimum: number;
  readonly maximum: number;
  /** The strength at which nothing changes, exactly. */
  readonly identity: number;
  /** A mild choice for radiographs. */
  readonly suggested: number;
}

interface Facts {
  readonly title: string;
  readonly summary: string;
  readonly reference: string;
  readonly parameter: StrengthParameter;
}

/** Moves pixels. All geometric augmentations of an image are composed and resampled once. */
export interface GeometricAugmentation extends Facts {
  readonly kind: "geometric";
  /** Draws a map from output to input position, in pixels from the image's center. */
  draw(strength: number, random: Random, size: Size): Affine;
}

/** Changes grey values in place. */
export interface PhotometricAugmentation extends Facts {
  readonly kind: "photometric";
  /** @param pixels [P, H, W], changed in place; every plane is treated alike */
  apply(pixels: Float32Array, strength: number, random: Random, size: Size): void;
}

export type Augmentation = GeometricAugmentation | PhotometricAugmentation;
