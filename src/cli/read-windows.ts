import path from "node:path";
import { InputError } from "../base/index.js";
import { assignRegions, cropWindow, type Case } from "../data/index.js";
import type { PredictOptions } from "./predict-images.js";
import { readRegions } from "./data-options.js";
import type { OptionFacts, OptionValues } from "./contract.js";

export const spacingOption: OptionFacts = { flags: "--spacing-mm <mm>", description: "size of a pixel, where the model's margin around regions is in millimetres" };

/**
 * Windows of images by a file of annotations, with the margin that the model was trained with; undefined where none is given.
 * @throws InputError `option-number`, and what assignRegions throws
 */
export async function readWindows(files: readonly string[], options: OptionValues, folder: string): Promise<PredictOptions["windowOf"]> {
  const { regions, regionCategories } = readRegions(options, folder);
  if (regions === undefined) return undefined;
  const spacing = options["spacingMm"];
  if (spacing !== undefined && !(Number(spacing) > 0)) throw new InputError("option-number", `--spacing-mm: expected a number above 0, got "${String(spacing)}". Correct the option.`);
  const fields: Record<string, string> = typeof spacing === "string" ? { spacing_mm: spacing } : {};
  const cases = files.map((file): Case => ({ id: file.split(path.sep).join("/"), file, label: "", fields }));
  const found = await assignRegions(cases, regions, { name: "the images", ...(regionCategories && { categories: regionCategories }) });
  const byFile = new Map(found.map((one) => [one.file, one]));
  return async (file, region) => (region === undefined ? undefined : cropWindow(byFile.get(file)!, region.margin));
}
