import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../../base/index.js";
import { sha256, withFileErrors } from "../../files/index.js";
import { readPredictions, type PredictionTable } from "../read-predictions.js";
import { recomputeReaders } from "../readers/recompute-readers.js";
import type { CellResult, StudyResults } from "../results.js";
import { checkReport, type PrintedFiles } from "./check-report.js";
import { checkRows } from "./check-rows.js";
import { compareValues, joined, type Compared, type Difference } from "./differences.js";
import { recomputeExternal } from "./recompute-external.js";
import { recomputeFigures } from "./recompute.js";
import { recomputeHonest } from "./recompute-honest.js";

export interface Verification {
  /** Numbers and words that were recomputed and compared, by file. */
  readonly compared: Readonly<Record<"results.json" | "report.html and tables" | "predictions.csv", number>>;
  readonly differences: readonly Difference[];
  /** Whether predictions.csv is, byte for byte, the one the run wrote. */
  readonly digest: "same" | "other" | "not told";
  /** Keys of results.json that do not come from the predictions, and why they were taken as they are. */
  readonly notRecomputed: readonly { readonly key: string; readonly reason: string }[];
}

const elsewhere: Readonly<Record<string, string>> = {
  leaks: "pairs are made from the images and the table; honest figures beside leaky ones are recomputed",
  shortcuts: "made from the images and the table",
  search: "settings, trials and inner scores are made inside the training folds; what follows from the test cases is recomputed",
  explanationAudit: "made from the networks and the images",
};

/**
 * Reads the results of a run.
 * @throws DataError `run-results` where the folder holds none
 */
export async function readResults(folder: string): Promise<StudyResults> {
  const name = path.join(path.basename(folder), "results.json");
  const text = await withFileErrors(name, () => readFile(path.join(folder, "results.json"), "utf8"));
  try {
    const results = JSON.parse(text) as StudyResults;
    if (results.format === 1 && Array.isArray(results.cells) && Array.isArray(results.folds)) return results;
  } catch {
    // Said below, as for JSON of another kind.
  }
  throw new DataError("run-results", `${name}: expected the results of a study, got another text. Pass the folder that study run wrote.`);
}

/** Figures of a cell that follow from its predictions. */
function derived({ pooled, kappa, calibration, decisions, certainty, overFolds, accuracyBySeed, relevance, detection, folds }: CellResult): unknown {
  return { pooled, kappa, calibration, decisions, certainty, overFolds, accuracyBySeed, relevance, detection, folds: folds.map(({ seed, fold, performance }) => ({ seed, fold, performance })) };
}

/** The results with every figure that follows from the predictions put in its place. */
function withFigures(results: StudyResults, figures: ReturnType<typeof recomputeFigures>): StudyResults {
  const cells = results.cells.map((cell, i): CellResult => {
    const { pooled, kappa, calibration, decisions, certainty, overFolds, accuracyBySeed, relevance, detection, folds } = figures.cells[i]!;
    const figuresOf = { pooled, kappa, calibration, decisions, certainty, overFolds, accuracyBySeed, relevance, detection };
    return { ...cell, ...plain(figuresOf), folds: cell.folds.map((fold, j) => ({ ...fold, performance: folds[j]!.performance })) };
  });
  return { ...results, ...figures, cells };
}

/** Plain values, as a file holds them. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

async function readPrinted(folder: string): Promise<PrintedFiles> {
  const optional = async (file: string): Promise<string | undefined> => {
    try {
      return await readFile(file, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  };
  const names = await readdir(path.join(folder, "tables")).catch(() => []);
  const tables = await Promise.all(names.map(async (name) => [name, await readFile(path.join(folder, "tables", name), "utf8")] as const));
  return { page: await optional(path.join(folder, "report.html")), tables: new Map(tables) };
}

/** The external test set's figures from its own table, and whether that table was touched. */
async function checkExternal(folder: string, results: StudyResults): Promise<Compared> {
  const { cells, comparisons, predictions } = results.external!;
  const name = path.join(path.basename(folder), "external.csv");
  const text = await withFileErrors(name, () => readFile(path.join(folder, "external.csv"), "utf8"));
  const figures = plain(recomputeExternal(results, readPredictions(text, name)));
  return joined([
    compareValues("results.json: external.cells", cells, figures.cells),
    compareValues("results.json: external.comparisons", comparisons, figures.comparisons),
    compareValues("external.csv: SHA-256", predictions.sha256, sha256(text)),
  ]);
}

/** The honest figures beside an accepted leak from their own table, and whether that table was touched. */
async function checkHonest(folder: string, results: StudyResults, leaky: PredictionTable): Promise<Compared> {
  const { honest, predictions } = results.leaks!;
  const name = path.join(path.basename(folder), "honest.csv");
  const text = await withFileErrors(name, () => readFile(path.join(folder, "honest.csv"), "utf8"));
  return joined([
    compareValues("results.json: leaks.honest", honest, plain(recomputeHonest(results, leaky, readPredictions(text, name)))),
    compareValues("honest.csv: SHA-256", predictions?.sha256, sha256(text)),
  ]);
}

/**
 * Computes every figure of a run again from predictions.csv and says in which results.json, the report's text and its
 * tables differ. Independent of that, the table's checksum tells whether it was touched.
 * @throws DataError `run-results`, `predictions-table`
 */
export async function verifyRun(folder: string): Promise<Verification> {
  const results = await readResults(folder);
  const name = path.join(path.basename(folder), "predictions.csv");
  const text = await withFileErrors(name, () => readFile(path.join(folder, "predictions.csv"), "utf8"));
  const table = readPredictions(text, name);
  const rows = checkRows(table, results);
  const figures = plain(recomputeFigures(results, table));
  const parts: Compared[] = results.cells.map((cell, i) => compareValues(`results.json: cells[${i}] ${cell.id}`, derived(cell), derived(figures.cells[i]!)));
  for (const key of ["comparisons", "subgroups", "failures", "search", "notEstimable"] as const) parts.push(compareValues(`results.json: ${key}`, results[key], figures[key]));
  if (results.external !== undefined) parts.push(await checkExternal(folder, results));
  if (Array.isArray(results.leaks?.honest)) parts.push(await checkHonest(folder, results, table));
  if (results.readers !== undefined) parts.push(compareValues("results.json: readers", results.readers, plain(await recomputeReaders(folder, results.readers))));
  const report = checkReport(withFigures(results, figures), await readPrinted(folder));
  const numbers = joined(parts);
  const known = results.predictions?.sha256;
  return {
    compared: { "results.json": numbers.compared, "report.html and tables": report.compared, "predictions.csv": rows.compared },
    differences: [...rows.differences, ...numbers.differences, ...report.differences],
    digest: known === undefined ? "not told" : known === sha256(text) ? "same" : "other",
    notRecomputed: Object.keys(results).flatMap((key) => (key in elsewhere ? [{ key, reason: elsewhere[key]! }] : [])),
  };
}
