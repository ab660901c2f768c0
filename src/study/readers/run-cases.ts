import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { DataError, InputError, unknownName } from "../../base/index.js";
import { readTable } from "../../data/index.js";
import { withFileErrors } from "../../files/index.js";
import { decideUnits } from "../analysis/decide-units.js";
import type { StudyResults } from "../results.js";
import type { CasePrediction } from "../task-record.js";

/** What a network said of a case of a finished run, and where its picture lies. */
export interface RunCase {
  readonly id: string;
  readonly label: number;
  /** Patient as a number; the case itself where the table names none. */
  readonly patient: string;
  readonly predicted: number;
  readonly probabilities: readonly number[];
  /** Images that the decision was made on. */
  readonly images: readonly { readonly id: string; readonly sha256: string; readonly fold: number }[];
}

export interface RunCases {
  readonly results: StudyResults;
  readonly cell: string;
  readonly seed: number;
  readonly set: "test" | "external";
  readonly cases: readonly RunCase[];
}

/**
 * Results of a finished run.
 * @throws DataError `run-unfinished`, `run-results`
 */
export async function readResults(folder: string): Promise<StudyResults> {
  const file = path.join(folder, "results.json");
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") return withFileErrors(file, () => Promise.reject(error as Error));
    throw new DataError("run-unfinished", `${path.basename(path.resolve(folder))}: expected the folder of a finished run, got one without results.json. Finish it with: osteon study run.`);
  }
  try {
    const results = JSON.parse(text) as StudyResults;
    if (results.format === 1 && Array.isArray(results.cells) && Array.isArray(results.data.labels)) return results;
  } catch {
    // The same message serves for text that is no JSON.
  }
  throw new DataError("run-results", `${path.basename(path.resolve(folder))}/results.json: expected results of Osteon, got something else. Run the study again.`);
}

/**
 * The predictions of one cell of a run: those of the external test set where it has one, else the test predictions of
 * the first seed.
 * @param cell its id; the only one, or the first of the recipe, where left out
 * @throws NotFoundError `unknown-cell`; DataError `run-unfinished`, `run-results`, `table-...`; InputError `no-external`
 */
export async function readRunCases(folder: string, options: { readonly cell?: string; readonly set?: RunCases["set"] } = {}): Promise<RunCases> {
  const results = await readResults(folder);
  const ids = results.cells.map(({ id }) => id);
  const cell = options.cell ?? ids[0]!;
  if (!ids.includes(cell)) throw unknownName("cell", cell, ids);
  const hasExternal = existsSync(path.join(folder, "external.csv"));
  if (options.set === "external" && !hasExternal) throw new InputError("no-external", `${results.study.name}: expected a run with an external test set, got one without. Run it with --external, or compare on its test predictions.`);
  const set = options.set ?? (hasExternal ? "external" : "test");
  const table = await readTable(path.join(folder, set === "external" ? "external.csv" : "predictions.csv"));
  const { labels } = results.data;
  const own = table.rows.flatMap(({ cells }) => (cells !== undefined && cells["cell"] === cell ? [cells] : []));
  const seed = Number(own[0]?.["seed"] ?? 0);
  const views = own.filter((row) => Number(row["seed"] ?? seed) === seed);
  const unitOf = table.columns.includes("unit") ? new Map(views.map((row) => [row["case"]!, row["unit"]!])) : undefined;
  const predictions = views.map((row): CasePrediction => ({
    case: row["case"]!,
    label: labels.indexOf(row["label"]!),
    predicted: labels.indexOf(row["predicted"]!),
    probabilities: labels.map((label) => Number(row[`probability_${label}`])),
  }));
  const damaged = predictions.findIndex(({ label, predicted, probabilities }) => label < 0 || predicted < 0 || !probabilities.every((p) => p >= 0 && p <= 1));
  if (damaged >= 0) throw new DataError("run-predictions", `${table.name}: expected labels and probabilities of the run, got another row for ${predictions[damaged]!.case}. Run the study again.`);
  const imagesOf = new Map<string, (typeof views)[number][]>();
  for (const row of views) {
    const unit = unitOf?.get(row["case"]!) ?? row["case"]!;
    imagesOf.set(unit, [...(imagesOf.get(unit) ?? []), row]);
  }
  return {
    results,
    cell,
    seed,
    set,
    cases: decideUnits(predictions, unitOf).map(({ case: id, label, predicted, probabilities }) => {
      const rows = imagesOf.get(id)!;
      return {
        id,
        label,
        patient: rows[0]!["patient"] || id,
        predicted,
        probabilities,
        images: rows.map((row) => ({ id: row["case"]!, sha256: row["image_sha256"] ?? "", fold: Number(row["fold"] ?? 0) })),
      };
    }),
  };
}
