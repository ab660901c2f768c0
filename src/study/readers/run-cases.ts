import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { DataError, InputError, unknownName } from "../../base/index.js";
import { withFileErrors } from "../../files/index.js";
import { decideUnits } from "../analysis/decide-units.js";
import { readPredictions, type PredictionRow } from "../read-predictions.js";
import type { StudyResults } from "../results.js";

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
 * @throws NotFoundError `unknown-cell`; DataError `run-unfinished`, `run-results`, `run-predictions`, `predictions-table`; InputError `no-external`
 */
export async function readRunCases(folder: string, options: { readonly cell?: string; readonly set?: RunCases["set"] } = {}): Promise<RunCases> {
  const results = await readResults(folder);
  const ids = results.cells.map(({ id }) => id);
  const cell = options.cell ?? ids[0]!;
  if (!ids.includes(cell)) throw unknownName("cell", cell, ids);
  const hasExternal = existsSync(path.join(folder, "external.csv"));
  if (options.set === "external" && !hasExternal) throw new InputError("no-external", `${results.study.name}: expected a run with an external test set, got one without. Run it with --external, or compare on its test predictions.`);
  const set = options.set ?? (hasExternal ? "external" : "test");
  const name = set === "external" ? "external.csv" : "predictions.csv";
  const table = readPredictions(await withFileErrors(name, () => readFile(path.join(folder, name), "utf8")), name);
  const { labels } = results.data;
  if (labels.join("\n") !== table.labels.join("\n")) throw new DataError("run-predictions", `${name}: expected the classes ${labels.join(", ")}, got ${table.labels.join(", ")}. Run the study again.`);
  const own = table.rows.filter((row) => row.cell === cell);
  const seed = own[0]?.seed ?? 0;
  const views = own.filter((row) => row.seed === seed);
  const unitOf = views.some(({ unit }) => unit !== undefined) ? new Map(views.map(({ prediction, unit }) => [prediction.case, unit ?? prediction.case])) : undefined;
  const imagesOf = new Map<string, PredictionRow[]>();
  for (const row of views) {
    const unit = unitOf?.get(row.prediction.case) ?? row.prediction.case;
    imagesOf.set(unit, [...(imagesOf.get(unit) ?? []), row]);
  }
  return {
    results,
    cell,
    seed,
    set,
    cases: decideUnits(views.map(({ prediction }) => prediction), unitOf).map(({ case: id, label, predicted, probabilities }) => {
      const rows = imagesOf.get(id)!;
      return {
        id,
        label,
        patient: rows[0]!.patient ?? id,
        predicted,
        probabilities,
        images: rows.map(({ prediction, imageSha256 = "", fold }) => ({ id: prediction.case, sha256: imageSha256, fold })),
      };
    }),
  };
}
