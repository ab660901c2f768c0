import type { TaskRecord } from "./task-record.js";

/** A cell of a CSV table (RFC 4180). A leading =, +, -, @ is set apart, so that a spreadsheet does not run it. */
function csvCell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Every test prediction of every cell, seed and fold: what all figures of the report are made from. */
export function predictionsCsv(cells: readonly { readonly id: string; readonly records: readonly TaskRecord[] }[], labels: readonly string[]): string {
  const head = ["cell", "seed", "fold", "case", "label", "predicted", "correct", ...labels.map((label) => `probability_${label}`), "map_inside_region"];
  const rows = cells.flatMap(({ id, records }) =>
    records.flatMap(({ seed, fold, predictions }) =>
      predictions.map((prediction) => [
        id,
        seed,
        fold,
        prediction.case,
        labels[prediction.label]!,
        labels[prediction.predicted]!,
        prediction.label === prediction.predicted ? 1 : 0,
        ...prediction.probabilities,
        prediction.relevance ?? "",
      ]),
    ),
  );
  return [head, ...rows].map((row) => row.map(csvCell).join(",")).join("\n") + "\n";
}
