import { InputError } from "../base/index.js";
import type { RecipeSource } from "../study/index.js";
import { precisions } from "../train/index.js";
import type { Command, OptionValues } from "./contract.js";

/** Option of commands that train. */
export const precisionOption: NonNullable<Command["options"]>[number] = {
  flags: "--precision <name>",
  description: "single; half (16-bit floats for convolutions, products and activations, with loss scaling); or auto: half where the device has it (default: single)",
};

/** The recipe with what the option says, for all of its rows. @throws InputError `option-precision` */
export function withPrecision(recipe: RecipeSource, options: OptionValues): RecipeSource {
  const asked = options["precision"];
  if (asked === undefined) return recipe;
  const precision = precisions.find((name) => name === asked);
  if (precision === undefined) throw new InputError("option-precision", `--precision: expected one of ${precisions.join(", ")}, got "${String(asked)}". Correct the option.`);
  const rows = Object.entries(recipe.regimes).map(([row, settings]) => [row, settings?.precision === undefined ? settings : { ...settings, precision }] as const);
  return { ...recipe, training: { ...recipe.training, precision }, regimes: Object.fromEntries(rows) };
}
