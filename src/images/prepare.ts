import { InputError } from "../base/index.js";
import { placement, toNetworkFrame } from "./placement.js";
import type { Preprocessing } from "./preprocessing.js";
import type { DecodedImage } from "./radiograph.js";
import type { Box } from "./region.js";

/** Planes before normalization: 1 for grey, 3 for color. */
export function planesOf({ channels }: Pick<Preprocessing, "channels">): 1 | 3 {
  return channels === "grey" ? 1 : 3;
}

/**
 * Carries an image into the network frame without normalizing it: what augmentation works on and what caches hold.
 * @param window the part of the image that is wanted; see {@link placement}
 * @returns [P, S, S] in 0..1, P = 1 for grey and 3 for color
 * @throws InputError `preprocessing` when the image was decoded with other channels
 */
export function fitToFrame(image: DecodedImage, preprocessing: Preprocessing, window?: Box): Float32Array {
  const planes = planesOf(preprocessing);
  if (image.channels !== planes) {
    throw new InputError("preprocessing", `preprocessing.channels: expected an image decoded as "${preprocessing.channels}", got one of ${image.channels} planes. Pass the same channels to decodeImage.`);
  }
  const place = placement(image.height, image.width, preprocessing, window);
  const size = image.height * image.width;
  const frame = new Float32Array(planes * place.size ** 2);
  for (let p = 0; p < planes; p++) {
    frame.set(toNetworkFrame(image.pixels.subarray(p * size, (p + 1) * size), place, preprocessing.fill), p * place.size ** 2);
  }
  return frame;
}

/**
 * (value - mean) / std per channel; a grey plane is repeated for every channel of `mean`.
 * @param frame [P, S, S] in 0..1, P = 1 or C
 * @param into where the [C, S, S] result is written; a new array by default
 * @returns [C, S, S]
 */
export function normalize(
  frame: Float32Array,
  { mean, std, size }: Pick<Preprocessing, "mean" | "std" | "size">,
  into: Float32Array = new Float32Array(mean.length * size * size),
): Float32Array {
  const plane = size * size;
  for (let c = 0; c < mean.length; c++) {
    const from = frame.length === plane ? 0 : c * plane;
    const to = c * plane;
    const factor = 1 / std[c]!;
    const center = mean[c]!;
    for (let i = 0; i < plane; i++) into[to + i] = (frame[from + i]! - center) * factor;
  }
  return into;
}

/**
 * A decoded image as the network's input.
 * @returns [C, S, S], C = length of `preprocessing.mean`
 * @throws InputError `preprocessing`
 */
export function prepare(image: DecodedImage, preprocessing: Preprocessing): Float32Array {
  return normalize(fitToFrame(image, preprocessing), preprocessing);
}
