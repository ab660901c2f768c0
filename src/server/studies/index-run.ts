import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Insertable } from "kysely";
import type { PredictionRow, StudyResults } from "../../study/index.js";
import { derivedId } from "../ids.js";
import type { Store } from "../store/store.js";
import type { ModelTable, PredictionTable, StudyCaseTable } from "../store/tables.js";
import type { Study } from "../contract/studies.js";
import type { FoundRun } from "./find-runs.js";
import { sayShortcuts } from "./say-shortcuts.js";

/** Rows inserted by one statement: few enough for SQLite's limit of parameters. */
const chunk = 500;

export const studyIdOf = (folder: string): string => derivedId("study", folder);
export const caseKeyOf = (study: string, name: string): string => derivedId("case", study, name);
const modelIdOf = (study: string, file: string): string => derivedId("model", study, file);

/** The method of a study's own maps, and what a page has to know of it. */
export interface StoredMethod {
  readonly name: string;
  readonly title: string;
  readonly signed: boolean;
}

/** What a list shows of a study. */
export interface StoredSummary {
  readonly labels: readonly string[];
  readonly cases: number;
  readonly cells: number;
  readonly question?: string;
  readonly best?: { readonly cell: string; readonly accuracy: unknown };
  readonly shortcuts?: Study["shortcuts"];
  /** Absent in stores written by versions before this field. */
  readonly method?: StoredMethod;
}

async function summaryOf(results: StudyResults): Promise<StoredSummary> {
  const accuracyOf = ({ pooled: { accuracy } }: StudyResults["cells"][number]): number => ("estimate" in accuracy ? accuracy.estimate : -1);
  const best = [...results.cells].sort((a, b) => accuracyOf(b) - accuracyOf(a))[0];
  return {
    labels: results.data.labels,
    cases: results.data.cases,
    cells: results.cells.length,
    ...(results.study.question !== undefined && { question: results.study.question }),
    ...(best && { best: { cell: best.id, accuracy: best.pooled.accuracy } }),
    ...(results.shortcuts && { shortcuts: await sayShortcuts(results.shortcuts) }),
    method: await methodOf(results),
  };
}

/** The method of a run's own maps. */
export async function methodOf({ recipe }: StudyResults): Promise<StoredMethod> {
  const { methods } = await import("../../explain/index.js");
  const name = recipe.explanation?.method ?? "grad-cam";
  const { title, signed } = methods[name];
  return { name, title, signed };
}

function* chunksOf<T>(rows: readonly T[]): Generator<T[]> {
  for (let i = 0; i < rows.length; i += chunk) yield rows.slice(i, i + chunk);
}

function isElsewhere({ prediction: { label, predicted, relevance, regionShare } }: PredictionRow): boolean {
  return label === predicted && typeof relevance === "number" && regionShare !== undefined && relevance < regionShare;
}

async function predictionRows(study: string, labels: readonly string[], rows: readonly PredictionRow[]): Promise<Insertable<PredictionTable>[]> {
  const { conformalSets } = await import("./conformal-sets.js");
  const groups = new Map<string, PredictionRow[]>();
  for (const row of rows) {
    const key = `${row.seed} ${row.cell}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()].flatMap((group) => {
    const sets = conformalSets(group);
    return group.map((row) => ({
      study_id: study,
      cell: row.cell,
      seed: row.seed,
      fold: row.fold,
      case_key: caseKeyOf(study, row.prediction.case),
      name: row.prediction.case,
      label: labels[row.prediction.label]!,
      predicted: labels[row.prediction.predicted]!,
      correct: row.prediction.label === row.prediction.predicted ? 1 : 0,
      confidence: row.prediction.probabilities[row.prediction.predicted]!,
      relevance: row.prediction.relevance ?? null,
      region_share: row.prediction.regionShare ?? null,
      set_size: sets.get(row)?.length ?? null,
      elsewhere: isElsewhere(row) ? 1 : 0,
      uncertain: sets.has(row) && sets.get(row)!.length !== 1 ? 1 : 0,
      probabilities: JSON.stringify([row.prediction.probabilities, sets.get(row) ?? null]),
    }));
  });
}

function caseRows(study: string, labels: readonly string[], rows: readonly PredictionRow[]): Insertable<StudyCaseTable>[] {
  const cases = new Map<string, Insertable<StudyCaseTable>>();
  for (const { prediction, patient, imageSha256 } of rows) {
    cases.set(prediction.case, { study_id: study, key: caseKeyOf(study, prediction.case), name: prediction.case, label: labels[prediction.label]!, patient: patient ?? null, image_sha256: imageSha256 ?? null });
  }
  return [...cases.values()];
}

function modelRows(study: string, { cells, data }: StudyResults): Omit<Insertable<ModelTable>, "bytes" | "state">[] {
  return cells.flatMap((cell) =>
    cell.folds.flatMap(({ model, seed, fold }) =>
      model === undefined ? [] : [{ id: modelIdOf(study, model.file), study_id: study, cell: cell.id, seed, fold, name: `${cell.id}, fold ${fold}`, path: model.file, sha256: model.sha256, architecture: cell.network, labels: JSON.stringify(data.labels), changed_at: new Date().toISOString() }],
    ),
  );
}

export interface IndexOptions {
  readonly root: string;
  readonly run: FoundRun;
}

/** Reads a run's results into the store: lists come from there, and figures from the run's own files. */
export async function indexRun(store: Store, { root, run }: IndexOptions): Promise<void> {
  const folder = path.join(root, run.folder);
  const results = JSON.parse(await readFile(path.join(folder, "results.json"), "utf8")) as StudyResults;
  if (results.format !== 1 || !Array.isArray(results.cells)) return;
  const text = await readFile(path.join(folder, "predictions.csv"), "utf8").catch(() => undefined);
  // The rooms that know runs are large: they are loaded when a run is new, and not for the server to begin.
  const { readPredictions } = await import("../../study/index.js");
  const table = text === undefined ? undefined : readPredictions(text, "predictions.csv");
  const study = studyIdOf(run.folder);
  const labels = table?.labels ?? results.data.labels;
  const predictions = table === undefined ? [] : await predictionRows(study, labels, table.rows);
  const cases = table === undefined ? [] : caseRows(study, labels, table.rows);
  const row = { folder: run.folder, name: results.study.name, title: results.study.title, state: "finished", problem: null, summary: JSON.stringify(await summaryOf(results)), stamp: run.stamp, finished_at: run.changedAt };
  await store.write(async ({ tx }) => {
    await tx.insertInto("studies").values({ id: study, ...row, dataset_id: null, request: null, created_at: run.changedAt, removed: 0 }).onConflict((found) => found.column("id").doUpdateSet(row)).execute();
    await tx.deleteFrom("predictions").where("study_id", "=", study).execute();
    await tx.deleteFrom("study_cases").where("study_id", "=", study).execute();
    for (const part of chunksOf(cases)) await tx.insertInto("study_cases").values(part).execute();
    for (const part of chunksOf(predictions)) await tx.insertInto("predictions").values(part).execute();
    for (const model of modelRows(study, results)) {
      await tx.insertInto("models").values({ ...model, bytes: 0, state: "kept" }).onConflict((found) => found.column("id").doUpdateSet({ sha256: model.sha256, labels: model.labels })).execute();
    }
  });
  await store.settle(["study_cases", "predictions"]);
}
