import { DataError } from "../../base/index.js";
import { attributeOf, tagOf } from "../../dicom/index.js";

/** A data set in the DICOM JSON model: attributes by tag in eight hexadecimal digits. */
export type JsonDataset = Readonly<Record<string, JsonAttribute>>;

export interface JsonAttribute {
  readonly vr: string;
  readonly Value?: readonly unknown[];
  readonly InlineBinary?: string;
  readonly BulkDataURI?: string;
}

/** What can be written of an attribute: texts, numbers, or items of a sequence. */
export type JsonInput = string | number | readonly (string | number)[] | readonly JsonInputs[];

export interface JsonInputs {
  readonly [keyword: string]: JsonInput | undefined;
}

/** Sequences within sequences that are read. */
const maxDepth = 16;

const digitsOf = (keyword: string): string => {
  const tag = tagOf(keyword);
  if (tag !== undefined) return tag.toString(16).padStart(8, "0").toUpperCase();
  throw new DataError("dicom-keyword", `${keyword.slice(0, 64)}: expected a keyword of the DICOM dictionary, such as PatientID or ModalitiesInStudy, got none. Correct the name.`);
};

/** The tag of a keyword as the JSON model and URLs write it. */
export { digitsOf as tagDigits };

function isAttribute(value: unknown): value is JsonAttribute {
  const { vr, Value } = value as Partial<JsonAttribute>;
  return typeof vr === "string" && (Value === undefined || Array.isArray(Value));
}

/**
 * Checks that a value is a data set of the JSON model; attributes that are none are left out.
 * @throws DataError `dicom-json`
 * @see DICOM PS3.18 annex F
 */
export function readJsonDataset(value: unknown, depth = 0): JsonDataset {
  if (typeof value !== "object" || value === null || Array.isArray(value) || depth > maxDepth) {
    throw new DataError("dicom-json", `DICOM JSON: expected an object of attributes, got ${value === null ? "null" : Array.isArray(value) ? "a list" : depth > maxDepth ? "sequences nested too deep" : typeof value}. The server does not follow PS3.18 annex F.`);
  }
  const dataset: Record<string, JsonAttribute> = {};
  for (const [tag, attribute] of Object.entries(value)) {
    if (/^[0-9A-Fa-f]{8}$/.test(tag) && typeof attribute === "object" && attribute !== null && isAttribute(attribute)) dataset[tag.toUpperCase()] = attribute;
  }
  return dataset;
}

/** Text values of an attribute; of a person's name the alphabetic form. */
export function textsIn(dataset: JsonDataset, keyword: string): string[] {
  return (dataset[digitsOf(keyword)]?.Value ?? []).flatMap((value) => {
    if (typeof value === "string") return [value];
    if (typeof value === "number") return [String(value)];
    const name = (value as { Alphabetic?: unknown } | null)?.Alphabetic;
    return typeof name === "string" ? [name] : [];
  });
}

/** The first text value; undefined when absent or empty. */
export function textIn(dataset: JsonDataset, keyword: string): string | undefined {
  return textsIn(dataset, keyword)[0] || undefined;
}

/** Items of a sequence. */
export function itemsIn(dataset: JsonDataset, keyword: string): JsonDataset[] {
  return (dataset[digitsOf(keyword)]?.Value ?? []).map((item) => readJsonDataset(item, 1));
}

/** Attributes by keyword, for people and for `--json`; sequences as the number of their items. */
export function keywordsOf(dataset: JsonDataset): Record<string, string> {
  const named: Record<string, string> = {};
  for (const tag of Object.keys(dataset).sort()) {
    const keyword = attributeOf(Number.parseInt(tag, 16))?.keyword;
    if (keyword === undefined) continue;
    const { vr, Value = [] } = dataset[tag]!;
    named[keyword] = vr === "SQ" ? `${Value.length} items` : textsIn(dataset, keyword).join("\\");
  }
  return named;
}

/** Writes attributes in the JSON model; representations are the dictionary's. */
export function encodeJsonDataset(values: JsonInputs): JsonDataset {
  const dataset: Record<string, JsonAttribute> = {};
  for (const [keyword, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const digits = digitsOf(keyword);
    const vr = attributeOf(Number.parseInt(digits, 16))!.vr;
    const list = (Array.isArray(value) ? value : [value]) as readonly (string | number | JsonInputs)[];
    const written = list.filter((one) => one !== "").map((one) => (typeof one === "object" ? encodeJsonDataset(one) : vr === "PN" ? { Alphabetic: String(one) } : one));
    dataset[digits] = written.length === 0 ? { vr } : { vr, Value: written };
  }
  return dataset;
}
