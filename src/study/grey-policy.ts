import { InputError } from "../base/index.js";
import { withGreyInput, type GreyInput, type Network } from "../models/index.js";
import type { RecipeSource } from "./recipe.js";

/** How networks made for color take grey images: the image repeated, or the first convolution brought to one channel. */
export type GreyPolicy = GreyInput | "repeat";

/** @throws InputError `recipe-grey` where images are in color and cannot be seen by one channel */
export function greyPolicyOf({ image }: Pick<RecipeSource, "image">): GreyPolicy {
  const { grey = "repeat", channels = "grey" } = image ?? {};
  if (grey !== "repeat" && channels === "rgb") {
    throw new InputError("recipe-grey", `image.grey: expected repeat or nothing with channels: rgb, got ${grey}. Remove one of the two keys.`);
  }
  return grey;
}

/** The network as the images need it: with one input channel unless they are repeated. */
export function forImages(network: Network, grey: GreyPolicy): Network {
  return grey === "repeat" ? network : withGreyInput(network);
}

interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** One mean and one deviation for a network of one channel: the averages over the three. */
export function forChannels({ mean, std }: Normalization, grey: GreyPolicy): Normalization {
  if (grey === "repeat") return { mean, std };
  const average = (values: readonly number[]): number[] => [values.reduce((sum, value) => sum + value, 0) / values.length];
  return { mean: average(mean), std: average(std) };
}
