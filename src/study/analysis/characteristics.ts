import type { Case, Dataset } from "../../data/index.js";
import type { CaseGroup, ColumnSummary } from "../results.js";

/** Columns that a first table of a study is expected to have, by the names tables give them. */
const usual = /^(age|sex|gender|site|hospital|center|centre|institution|scanner|manufacturer|vendor|model|view|projection|posture|position|year|bmi|ethnicity|race|grade|severity|setting)(_?(years?|yrs?|name|id))?$/i;

/** Kinds of a category that are told apart in the table; the rest are counted together. */
const mostKinds = 8;

/** Columns of the table that describe patients: the usual ones and those the study names. Others may identify a patient. */
export function describedColumns({ columns, cases }: Pick<Dataset, "columns" | "cases">, named: readonly string[] = []): string[] {
  const isTold = (column: string): boolean => cases.some(({ fields }) => (fields[column] ?? "").trim() !== "");
  return columns.filter((column) => (usual.test(column) || named.includes(column)) && isTold(column));
}

function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const next = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return sorted[below]! + (at - below) * (next - sorted[below]!);
}

/** Number of values, or counts of kinds; what is not told is counted, never guessed. */
function summarize(values: readonly string[], isNumber: boolean, kinds: readonly string[]): ColumnSummary {
  const told = values.filter((value) => value !== "");
  const missing = values.length - told.length;
  if (isNumber) {
    const sorted = told.map(Number).sort((a, b) => a - b);
    if (sorted.length === 0) return { kind: "number", n: 0, missing };
    const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
    const spread = sorted.length < 2 ? undefined : Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (sorted.length - 1));
    return { kind: "number", n: sorted.length, missing, mean, ...(spread !== undefined && { standardDeviation: spread }), median: quantile(sorted, 0.5), quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)], range: [sorted[0]!, sorted.at(-1)!] };
  }
  const counts = Object.fromEntries(kinds.map((kind) => [kind, told.filter((value) => value === kind).length]));
  const other = told.filter((value) => !kinds.includes(value)).length;
  return { kind: "category", n: told.length, missing, counts: other > 0 ? { ...counts, "(other)": other } : counts };
}

/** Kinds of a column, the most frequent first. */
function kindsOf(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, mostKinds).map(([value]) => value);
}

export interface CharacteristicsOptions {
  /** Parts of the study by name, each as indices of cases. */
  readonly parts: Readonly<Record<string, readonly number[]>>;
  /** Columns that the study names beside the usual ones. */
  readonly named?: readonly string[];
}

/**
 * Table 1: who the cases are, by part and class. A column that is the same for all images of a patient is counted by
 * patients, any other by images.
 */
export function characteristicsOf(dataset: Dataset, { parts, named = [] }: CharacteristicsOptions): { readonly columns: Readonly<Record<string, "patients" | "images">>; readonly groups: readonly CaseGroup[] } {
  const { cases, labels, hasPatients } = dataset;
  const valueOf = (one: Case, column: string): string => (one.fields[column] ?? "").trim();
  const patientOf = (one: Case): string => one.patient ?? one.id;
  const columns = describedColumns(dataset, named).map((column) => {
    const byPatient = new Map<string, Set<string>>();
    for (const one of cases) byPatient.set(patientOf(one), (byPatient.get(patientOf(one)) ?? new Set()).add(valueOf(one, column)));
    const values = cases.map((one) => valueOf(one, column));
    const told = values.filter((value) => value !== "");
    return {
      column,
      isNumber: told.every((value) => Number.isFinite(Number(value))) && new Set(told).size > 2,
      kinds: kindsOf(values),
      unit: hasPatients && [...byPatient.values()].every((set) => set.size === 1) ? ("patients" as const) : ("images" as const),
    };
  });
  const groupOf = (part: string, label: string | undefined, members: readonly Case[]): CaseGroup => {
    const patients = [...new Map(members.map((one) => [patientOf(one), one])).values()];
    return {
      part,
      ...(label !== undefined && { label }),
      images: members.length,
      ...(hasPatients && { patients: patients.length }),
      columns: Object.fromEntries(columns.map(({ column, isNumber, kinds, unit }) => [column, summarize((unit === "patients" ? patients : members).map((one) => valueOf(one, column)), isNumber, kinds)])),
    };
  };
  return {
    columns: Object.fromEntries(columns.map(({ column, unit }) => [column, unit])),
    groups: Object.entries(parts).flatMap(([part, indices]) => {
      const members = indices.map((i) => cases[i]!);
      return [groupOf(part, undefined, members), ...labels.map((label) => groupOf(part, label, members.filter((one) => one.label === label)))];
    }),
  };
}
