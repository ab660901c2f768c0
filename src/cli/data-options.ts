import { readFile } from "node:fs/promises";
import path from "node:path";
import { InputError } from "../base/index.js";
import type { DicomCasesOptions } from "../data/index.js";
import { withFileErrors } from "../files/index.js";
import type { OptionFacts, OptionValues } from "./contract.js";

/** Options of every command that reads a data set. */
export const dataOptions: readonly OptionFacts[] = [
  { flags: "--where <column=value>", description: "use only the rows with this value; may be given several times", repeatable: true },
  { flags: "--skip-bad", description: "set unreadable images aside and count them instead of stopping" },
  { flags: "--keep-identity", description: "of DICOM files, keep paths that name the patient and text burned into the images; otherwise both are hidden" },
  { flags: "--key-file <file>", description: "of DICOM files, secret that the pseudonyms come from, as of dicom deidentify (default: from the data set itself)" },
];

/** What the options say of the identity in DICOM files. */
export async function readIdentity({ keepIdentity, keyFile }: OptionValues, folder: string): Promise<DicomCasesOptions> {
  const key = typeof keyFile === "string" ? await withFileErrors(keyFile, () => readFile(path.resolve(folder, keyFile))) : undefined;
  return { ...(keepIdentity === true && { keepIdentity: true }), ...(key && { key }) };
}

/** Options of commands that need to know where to look. */
export const regionOptions: readonly OptionFacts[] = [
  { flags: "--regions <path>", description: "COCO JSON file, or folder of LabelMe JSON files or mask PNGs, with regions of interest (default: the table's columns region and boxes)" },
  { flags: "--region-category <name>", description: "use only annotations of this name; may be given several times", repeatable: true },
];

/** What the region options say, for a study. */
export function readRegions(options: OptionValues, folder: string): { regions?: string; regionCategories?: readonly string[] } {
  const { regions, regionCategory } = options;
  return {
    ...(typeof regions === "string" && { regions: path.resolve(folder, regions) }),
    ...(Array.isArray(regionCategory) && regionCategory.length > 0 && { regionCategories: regionCategory as readonly string[] }),
  };
}

/** A list of `key=value` words as a record. */
export function readPairs(values: OptionValues[string], option: string, example: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const text of Array.isArray(values) ? (values as readonly string[]) : []) {
    const at = text.indexOf("=");
    if (at < 1 || at === text.length - 1) {
      throw new InputError("option-pair", `${option}: expected ${example}, got "${text}". Write the name, an equals sign and the value.`);
    }
    pairs[text.slice(0, at)] = text.slice(at + 1);
  }
  return pairs;
}

export function readWhere(values: OptionValues[string]): Record<string, string> {
  return readPairs(values, "--where", "column=value");
}

/**
 * A whole number given as an option.
 * @throws InputError `option-number`
 */
export function readCount(value: OptionValues[string], option: string, lowest = 1): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (typeof value !== "string" || !Number.isInteger(number) || number < lowest) {
    throw new InputError("option-number", `${option}: expected a whole number from ${lowest}, got "${String(value)}". Correct the option.`);
  }
  return number;
}

/** Names separated by commas. */
export function readNames(value: OptionValues[string]): string[] | undefined {
  return typeof value === "string" ? value.split(",").map((name) => name.trim()).filter((name) => name !== "") : undefined;
}
