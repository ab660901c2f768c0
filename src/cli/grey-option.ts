import { InputError } from "../base/index.js";
import type { GreyInput } from "../models/index.js";
import type { OptionValues } from "./contract.js";

/** How weights for color serve grey images: the first convolution's channels are brought to one, or the image is repeated. */
export type GreyPolicy = GreyInput | "repeat";

/** @throws InputError `option-choice` */
export function readGrey(value: OptionValues[string]): GreyPolicy {
  if (value === undefined || value === "repeat") return "repeat";
  if (value === "sum" || value === "mean") return value;
  throw new InputError("option-choice", `--grey: expected sum, mean or repeat, got "${String(value)}". Correct the option.`);
}
