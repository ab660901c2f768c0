import { DataError, InputError } from "../../base/index.js";
import type { Case } from "../dataset.js";
import type { SplitKind } from "./contract.js";
import { valueOf } from "./strata.js";
import { roundWithoutKin } from "./without-kin.js";

const usualTest = 0.2;

/** A year, or a date written with the year first: 2021, 2021-03, 2021-03-09, 20210309. Milliseconds since 1970. */
export function parseTime(text: string): number | undefined {
  const match = /^(\d{4})(?:[-/.]?(\d{2})(?:[-/.]?(\d{2}))?)?(?:[T ].*)?$/.exec(text.trim());
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1)];
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 ? Date.UTC(year, month - 1, day) : undefined;
}

export const temporal: SplitKind = {
  title: "Temporal split",
  summary: "Earlier cases train, later ones are tested; earlier images of patients who come back later are left out.",
  reference: "G. Collins et al., TRIPOD+AI, 2024, doi 10.1136/bmj-2023-078378",
  options: ["column", "from", "test"],
  needs: ["column"],
  plan(cases, { column = "date", from, test = usualTest }) {
    const times = cases.map((one) => timeOf(one, column));
    const border = from === undefined ? borderOf(times, test) : parseTime(from);
    if (border === undefined) throw new InputError("split-from", `split: expected "from" as a year or a date such as 2021-03-09, got "${from}". Correct the recipe.`);
    const later = times.flatMap((time, index) => (time >= border ? [index] : []));
    const earlier = times.flatMap((time, index) => (time < border ? [index] : []));
    const day = new Date(border).toISOString().slice(0, 10);
    if (later.length === 0 || earlier.length === 0) {
      throw new InputError("split-from", `split: expected cases before and from ${day} in column "${column}", got ${earlier.length} before and ${later.length} from then on. Choose another date.`);
    }
    return [roundWithoutKin(cases, later, { candidates: earlier, name: `from ${day}`, subject: `split by ${column} at ${day}` })];
  },
};

function timeOf(one: Case, column: string): number {
  const value = valueOf(one, column);
  const time = value === undefined ? undefined : parseTime(value);
  if (time === undefined) {
    throw new DataError("split-column", `${one.id}: expected a year or a date such as 2021-03-09 in column "${column}", got ${value === undefined || value === "" ? "none" : `"${value}"`}. Correct the table or name another column.`);
  }
  return time;
}

/** The first time from which no more than the share of the cases lies; one of the cases' own. */
function borderOf(times: readonly number[], share: number): number {
  if (!(share > 0 && share < 1)) throw new InputError("fraction", `split: expected a share of test between 0 and 1, got ${share}. 0.2 is usual.`);
  const sorted = times.toSorted((a, b) => a - b);
  const wanted = sorted[Math.min(sorted.length - 1, Math.floor((1 - share) * sorted.length))]!;
  return wanted > sorted[0]! ? wanted : (sorted.find((time) => time > wanted) ?? wanted);
}
