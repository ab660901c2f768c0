import { isPrivate } from "../dictionary/index.js";
import { profileTable } from "./profile-table.js";

/** Options of the profile, by the names that the command line and recipes use. */
export const optionNames = {
  "retain-full-dates": { letter: "f", code: "113106", meaning: "Retain Longitudinal Temporal Information Full Dates Option" },
  "retain-modified-dates": { letter: "m", code: "113107", meaning: "Retain Longitudinal Temporal Information Modified Dates Option" },
  "retain-patient-characteristics": { letter: "p", code: "113108", meaning: "Retain Patient Characteristics Option" },
  "retain-device": { letter: "v", code: "113109", meaning: "Retain Device Identity Option" },
  "retain-uids": { letter: "u", code: "113110", meaning: "Retain UIDs Option" },
  "retain-safe-private": { letter: "r", code: "113111", meaning: "Retain Safe Private Option" },
  "retain-institution": { letter: "i", code: "113112", meaning: "Retain Institution Identity Option" },
  "clean-pixels": { letter: "", code: "113101", meaning: "Clean Pixel Data Option" },
  "clean-graphics": { letter: "g", code: "113103", meaning: "Clean Graphics Option" },
  "clean-structured-content": { letter: "s", code: "113104", meaning: "Clean Structured Content Option" },
  "clean-descriptors": { letter: "d", code: "113105", meaning: "Clean Descriptors Option" },
} as const;

export type OptionName = keyof typeof optionNames;

/** X remove, Z empty or dummy, D dummy, U another UID; with a slash, what the object's definition allows; K keep, C clean. */
export type ProfileAction = "X" | "Z" | "D" | "U" | "X/Z" | "X/D" | "X/Z/D" | "Z/D" | "X/Z/U*" | "K" | "C";

/** One row of table E.1-1. */
export interface ProfileRow {
  /** As in the table: eight digits, X for any, or `"private"`. */
  readonly attribute: string;
  readonly basic: ProfileAction;
  readonly options: Partial<Record<OptionName, "K" | "C">>;
}

const byLetter = new Map<string, OptionName>(Object.entries(optionNames).flatMap(([name, { letter }]) => (letter === "" ? [] : [[letter, name as OptionName] as const])));

/** Every row of the table. */
export const profileRows: readonly ProfileRow[] = profileTable
  .split(/\||\n/)
  .map((row) => row.trim())
  .filter((row) => row !== "")
  .map((row) => {
    const [attribute, basic, ...told] = row.split(" ");
    const options = Object.fromEntries(told.map((one) => [byLetter.get(one[0]!)!, one.slice(1)]));
    return { attribute: attribute!, basic: basic as ProfileAction, options };
  });

const byTag = new Map<number, ProfileRow>();
const repeating: { mask: number; value: number; row: ProfileRow }[] = [];
let privateRow: ProfileRow;
for (const row of profileRows) {
  if (row.attribute === "private") privateRow = row;
  else if (!row.attribute.includes("X")) byTag.set(Number.parseInt(row.attribute, 16), row);
  else repeating.push({ mask: Number.parseInt(row.attribute.replaceAll(/[^X]/g, "f").replaceAll("X", "0"), 16) >>> 0, value: Number.parseInt(row.attribute.replaceAll("X", "0"), 16), row });
}

/** The row that speaks of an attribute; undefined where the profile leaves it alone. */
export function profileRowOf(tag: number): ProfileRow | undefined {
  if (isPrivate(tag)) return privateRow;
  return byTag.get(tag) ?? repeating.find(({ mask, value }) => ((tag & mask) >>> 0) === value)?.row;
}

/**
 * What is to be done with an attribute under the chosen options: an option that keeps wins over one that cleans, and
 * either over the basic profile.
 */
export function actionFor(row: ProfileRow, options: ReadonlySet<OptionName>): ProfileAction {
  let action = row.basic;
  for (const [name, told] of Object.entries(row.options)) {
    if (!options.has(name as OptionName)) continue;
    if (told === "K") return "K";
    action = "C";
  }
  return action;
}
