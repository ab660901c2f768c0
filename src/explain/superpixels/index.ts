import { InputError, unknownName } from "../../base/index.js";
import type { SuperpixelChoice } from "../methods/contract.js";
import type { Divided, Superpixels } from "./contract.js";
import { felzenszwalb } from "./felzenszwalb.js";
import { grid } from "./grid.js";
import { slic } from "./slic.js";

/** Ways to divide an image, by name; `segments` is the rough number of parts. */
export const superpixelMethods = {
  slic: (divided, segments) => slic(divided, segments),
  // Its number of parts follows from the image: parts below a quarter of the share that each would have are merged.
  felzenszwalb: (divided, segments) => felzenszwalb(divided, { minSizePx: Math.ceil((divided.height * divided.width) / (4 * segments)) }),
  grid,
} as const satisfies Record<SuperpixelChoice, (divided: Divided, segments: number) => Superpixels>;

/**
 * Divides an image into parts.
 * @throws NotFoundError `unknown-superpixels`; InputError `segments`
 */
export function superpixels(choice: SuperpixelChoice, divided: Divided, segments: number): Superpixels {
  if (!Object.hasOwn(superpixelMethods, choice)) throw unknownName("superpixels", choice, Object.keys(superpixelMethods));
  if (!(segments >= 1)) throw new InputError("segments", `segments: expected 1 or more, got ${segments}.`);
  return superpixelMethods[choice](divided, segments);
}
