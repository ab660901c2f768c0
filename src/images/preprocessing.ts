import { InputError } from "../base/index.js";

/** How an image becomes the network's input. Travels with a trained network. */
export interface Preprocessing {
  /** `"grey"`: one plane, repeated for every channel of `mean`. `"rgb"`: three planes. */
  readonly channels: "grey" | "rgb";
  /** Height and width of the network's input. */
  readonly size: number;
  /**
   * `"letterbox"` keeps the aspect ratio, centers, and fills the border; `"stretch"` scales each axis by itself;
   * `"center-crop"` scales the short side to `shortSide` and cuts the middle.
   */
  readonly resize: "letterbox" | "stretch" | "center-crop";
  /** Of `"center-crop"` only; by default size x 256 / 224, rounded. */
  readonly shortSide?: number;
  /** Subtracted per channel; its length (1 or 3) is the number of channels C. */
  readonly mean: readonly number[];
  /** Divided by per channel, after the mean. */
  readonly std: readonly number[];
  /** Value of the letterbox's border and of what augmentation moves in from outside, 0..1 before normalization. */
  readonly fill: number;
}

/** Mean and deviation of ImageNet's training images, for weights learned there. */
export const imagenetNormalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

/** Letterboxed grey, repeated on three channels with ImageNet's mean and deviation. */
export const defaultPreprocessing: Preprocessing = {
  channels: "grey",
  size: 224,
  resize: "letterbox",
  ...imagenetNormalization,
  fill: 0,
};

/**
 * Short side before the center is cut.
 * @throws InputError `preprocessing` when it is smaller than the size
 */
export function shortSideOf({ size, shortSide = Math.round((size * 256) / 224) }: Preprocessing): number {
  if (shortSide < size) throw new InputError("preprocessing", `preprocessing.shortSide: expected at least size = ${size}, got ${shortSide}. Raise it or lower the size.`);
  return shortSide;
}

/**
 * Checks every field of a preprocessing read from outside.
 * @throws InputError `preprocessing`
 */
export function checkPreprocessing(preprocessing: Preprocessing): void {
  const { channels, size, resize, mean, std, fill } = preprocessing;
  const refuse = (field: string, expected: string, got: unknown): never => {
    throw new InputError("preprocessing", `preprocessing.${field}: expected ${expected}, got ${JSON.stringify(got)}. Correct the recipe or the model's metadata.`);
  };
  if (!["grey", "rgb"].includes(channels)) refuse("channels", '"grey" or "rgb"', channels);
  if (!Number.isInteger(size) || size < 1 || size > 8192) refuse("size", "a whole number from 1 to 8192", size);
  if (!["letterbox", "stretch", "center-crop"].includes(resize)) refuse("resize", '"letterbox", "stretch" or "center-crop"', resize);
  if (mean.length !== 3 && !(mean.length === 1 && channels === "grey")) refuse("mean", "3 numbers, or 1 for grey", mean);
  if (!mean.every(Number.isFinite)) refuse("mean", "finite numbers", mean);
  if (std.length !== mean.length || !std.every((value) => Number.isFinite(value) && value > 0)) refuse("std", `${mean.length} positive numbers`, std);
  if (!(fill >= 0 && fill <= 1)) refuse("fill", "a number from 0 to 1", fill);
  if (resize === "center-crop") shortSideOf(preprocessing);
}
