import type { Case } from "../../data/index.js";
import { ageInYears } from "../../dicom/index.js";
import type { ModelScope } from "../../models/index.js";
import type { ScopeTold } from "./recipe-key.js";

type TrainedOn = ModelScope["trainedOn"];

/** Column names that tell a fact, less their case, spaces and underscores. */
const columns = {
  modality: ["modality"],
  bodyPart: ["bodypart", "bodypartexamined", "region", "anatomy"],
  view: ["view", "viewposition", "projection"],
  manufacturer: ["manufacturer", "vendor"],
  ageYears: ["age", "patientage", "ageyears", "agey"],
} as const;

/** Values beyond these are no vocabulary: the column holds something else. */
const mostValues = 40;

function valuesOf(cases: readonly Pick<Case, "fields">[], kind: keyof typeof columns): string[] {
  const names: readonly string[] = columns[kind];
  return cases.flatMap(({ fields }) => {
    const found = Object.entries(fields).find(([column, value]) => names.includes(column.toLowerCase().replaceAll(/[ _-]/g, "")) && value.trim() !== "");
    return found === undefined ? [] : [found[1].trim()];
  });
}

function countsOf(values: readonly string[]): Record<string, number> | undefined {
  const counts: Record<string, number> = {};
  for (const value of values) if (/^[\p{L}\p{N} .,&()/_-]{1,64}$/u.test(value)) counts[value] = (counts[value] ?? 0) + 1;
  const kinds = Object.keys(counts).length;
  return kinds === 0 || kinds > mostValues ? undefined : Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What training cases were, by the columns of their table or their DICOM headers; what the recipe says goes before. */
export function trainedOnOf(cases: readonly Pick<Case, "fields">[], told: ScopeTold = {}): TrainedOn {
  const facts = (["modality", "bodyPart", "view", "manufacturer"] as const).flatMap((kind) => {
    const said = told[kind];
    const counts = said === undefined ? countsOf(valuesOf(cases, kind)) : Object.fromEntries([said].flat().map((word) => [word, cases.length]));
    return counts === undefined ? [] : [[kind, counts] as const];
  });
  const ages = valuesOf(cases, "ageYears").map((text) => ageInYears(text) ?? Number(text.replace(/\+$/, ""))).filter((age) => Number.isFinite(age) && age >= 0 && age <= 200);
  const [low, high] = told.ageYears ?? [Math.min(...ages), Math.max(...ages)];
  // A few ages among many cases tell no range.
  const hasAges = told.ageYears !== undefined || (ages.length >= cases.length / 2 && ages.length >= 10);
  return { cases: cases.length, ...Object.fromEntries(facts), ...(hasAges && { ageYears: { low, high } }) };
}
