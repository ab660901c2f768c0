import { parse } from "csv-parse/sync";
import { DataError } from "../base/index.js";
import type { SubgroupColumn } from "./analysis/subgroups.js";
import type { CasePrediction, TaskRecord } from "./task-record.js";

/** A row of predictions.csv. */
export interface PredictionRow {
  readonly cell: string;
  readonly seed: number;
  readonly fold: number;
  readonly prediction: CasePrediction;
  /** The row's own word on whether the class is right. */
  readonly correct: boolean;
  readonly detection?: { readonly overlap: number; readonly centerError: number };
  /** Running number of the patient, where patients are known. */
  readonly patient?: string;
  readonly unit?: string;
  readonly imageSha256?: string;
  readonly subgroups: Readonly<Record<string, string>>;
}

export interface PredictionTable {
  /** Class names, in the order of the probabilities. */
  readonly labels: readonly string[];
  readonly rows: readonly PredictionRow[];
}

const subgroupMark = "subgroup_";
const probabilityMark = "probability_";

/** Undoes the mark that keeps a spreadsheet from running a cell. */
const textOf = (cell: string): string => (/^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);

/**
 * Reads predictions.csv as a run writes it.
 * @param name of the file, for messages
 * @throws DataError `predictions-table` naming the row and column
 */
export function readPredictions(text: string, name: string): PredictionTable {
  let records: Record<string, string>[];
  try {
    records = parse<Record<string, string>>(text, { columns: true, skipEmptyLines: true });
  } catch (error) {
    throw new DataError("predictions-table", `${name}: expected a CSV table, got ${(error as Error).message}. Restore the file of the run.`);
  }
  const [first] = records;
  if (first === undefined) throw new DataError("predictions-table", `${name}: expected predictions, got none. Restore the file of the run.`);
  const columns = Object.keys(first);
  const labels = columns.filter((column) => column.startsWith(probabilityMark)).map((column) => column.slice(probabilityMark.length));
  const missing = ["cell", "seed", "fold", "case", "label", "predicted", "correct"].filter((column) => !columns.includes(column));
  if (missing.length > 0 || labels.length < 2) {
    throw new DataError("predictions-table", `${name}: expected the columns of a run's predictions, got none of ${missing.length > 0 ? missing.join(", ") : "two classes' probabilities"}. Pass the folder of a run.`);
  }
  const rows = records.map((record, i): PredictionRow => {
    const at = `${name}, row ${i + 2}`;
    const number = (column: string): number => {
      const value = record[column] === "" ? NaN : Number(record[column]);
      if (!Number.isFinite(value)) throw new DataError("predictions-table", `${at}: expected a number in ${column}, got "${record[column] ?? ""}". Restore the file of the run.`);
      return value;
    };
    const optional = (column: string): number | undefined => ((record[column] ?? "") === "" ? undefined : number(column));
    const labelIn = (column: string): number => {
      const k = labels.indexOf(textOf(record[column]!));
      if (k < 0) throw new DataError("predictions-table", `${at}: expected ${labels.join(" or ")} in ${column}, got "${record[column] ?? ""}". Restore the file of the run.`);
      return k;
    };
    const [regionShare, overlap, centerError] = [optional("region_share"), optional("window_overlap"), optional("window_center_error")];
    const told = (column: string): string | undefined => ((record[column] ?? "") === "" ? undefined : textOf(record[column]!));
    const [patient, unit, imageSha256] = [told("patient"), told("unit"), told("image_sha256")];
    return {
      cell: textOf(record["cell"]!),
      seed: number("seed"),
      fold: number("fold"),
      correct: record["correct"] === "1",
      prediction: {
        case: textOf(record["case"]!),
        label: labelIn("label"),
        predicted: labelIn("predicted"),
        probabilities: labels.map((label) => number(`${probabilityMark}${label}`)),
        ...(regionShare !== undefined && { relevance: optional("map_inside_region") ?? null, regionShare }),
      },
      ...(overlap !== undefined && centerError !== undefined && { detection: { overlap, centerError } }),
      ...(patient !== undefined && { patient }),
      ...(unit !== undefined && { unit }),
      ...(imageSha256 !== undefined && { imageSha256 }),
      subgroups: Object.fromEntries(columns.filter((column) => column.startsWith(subgroupMark)).map((column) => [column.slice(subgroupMark.length), textOf(record[column]!)])),
    };
  });
  return { labels, rows };
}

/** Who a case's patient is, so that figures treat a patient as one: as a study takes it. */
export function patientOfRows(rows: readonly PredictionRow[]): (name: string) => string {
  const patients = new Map<string, string>();
  for (const { prediction, patient, unit } of rows) {
    patients.set(prediction.case, patient ?? unit ?? prediction.case);
    if (unit !== undefined) patients.set(unit, patient ?? unit);
  }
  return (name) => patients.get(name) ?? name;
}

/** Unit of each case, where images are not decided on one by one. */
export function unitOfRows(rows: readonly PredictionRow[]): ReadonlyMap<string, string> | undefined {
  if (rows.every(({ unit }) => unit === undefined)) return undefined;
  return new Map(rows.map(({ prediction, unit }) => [prediction.case, unit ?? prediction.case]));
}

/** The columns that subgroups were made of. */
export function subgroupsOfRows(rows: readonly PredictionRow[]): SubgroupColumn[] {
  return Object.keys(rows[0]?.subgroups ?? {}).map((column) => ({
    column,
    groupOf: new Map(rows.flatMap(({ prediction, subgroups }) => (subgroups[column] === "" ? [] : [[prediction.case, subgroups[column]!]]))),
  }));
}

type RecordFacts = Omit<TaskRecord, "predictions" | "detection">;

/** The rows of one task, as the task left them. */
export function recordOfRows(facts: RecordFacts, rows: readonly PredictionRow[]): TaskRecord {
  const detection = rows.flatMap(({ prediction, detection: found }) => (found === undefined ? [] : [{ case: prediction.case, ...found }]));
  return { ...facts, predictions: rows.map(({ prediction }) => prediction), ...(detection.length > 0 && { detection }) };
}
