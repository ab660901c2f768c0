import { stringify } from "yaml";
import type { Study, StudySummary } from "../contract/studies.js";
import type { StudyResults } from "../../study/index.js";
import type { Workbench } from "../workbench.js";
import type { StoredSummary } from "./index-run.js";
import type { StudyRow } from "./run-catalog.js";
import { sayCellSummary } from "./say-cell.js";

type Progress = StudySummary["progress"];

export function saySummary(row: StudyRow, progress?: Progress): StudySummary {
  const summary = JSON.parse(row.summary) as StoredSummary;
  return {
    id: row.id,
    name: row.name,
    title: row.title,
    ...(summary.question !== undefined && { question: summary.question }),
    state: row.state as StudySummary["state"],
    ...(row.problem !== null && { problem: row.problem }),
    ...(progress && { progress }),
    labels: [...summary.labels],
    cases: summary.cases,
    cells: summary.cells,
    createdAt: row.created_at,
    ...(row.finished_at !== null && { finishedAt: row.finished_at }),
    ...(summary.best && { best: summary.best as StudySummary["best"] }),
  };
}

async function imagesOf({ files, store }: Workbench, row: StudyRow, results: StudyResults): Promise<Study["images"]> {
  const first = await store.db.selectFrom("study_cases").selectAll().where("study_id", "=", row.id).orderBy("name").limit(1).executeTakeFirst();
  if (first === undefined) return "none";
  if ((await files.original(row, results, { name: first.name, imageSha256: first.image_sha256 })) !== undefined) return "original";
  return (await files.prepared(row, first.image_sha256)) === undefined ? "none" : "prepared";
}

/** A study as the contract has it: the whole first screen. */
export async function sayStudy(bench: Workbench, row: StudyRow): Promise<Study> {
  const summary = saySummary(row, bench.runner.progress(row.id));
  const results = await bench.catalog.results(row);
  if (results === undefined) {
    const request = row.request === null ? undefined : (JSON.parse(row.request) as { recipe?: string });
    return { ...summary, table: [], comparisons: [], seeds: [], folds: 0, warnings: [], notEstimable: [], images: "none", hasReaders: false, ...(request?.recipe !== undefined && { recipe: request.recipe }) };
  }
  const { data, leaks, split, study } = results;
  const { shortcuts } = JSON.parse(row.summary) as StoredSummary;
  return {
    ...summary,
    ...(study.reference !== undefined && { reference: study.reference }),
    data: { source: data.source, cases: data.cases, ...(data.units !== undefined && { units: data.units }), ...(data.patients !== undefined && { patients: data.patients }), casesWithRegion: data.casesWithRegion, classCounts: data.classCounts, setAside: data.setAside.length },
    level: results.level,
    table: results.cells.map(sayCellSummary),
    comparisons: results.comparisons as never,
    ...(split && { split: split as never }),
    seeds: [...new Set(results.folds.map(({ seed }) => seed))],
    folds: new Set(results.folds.map(({ fold }) => fold)).size,
    ...(shortcuts && { shortcuts }),
    ...(leaks && { leaks: { pairs: leaks.pairs.length, contradictions: leaks.contradictions, keptTogether: leaks.keptTogether, crossing: leaks.crossing?.length ?? 0 } }),
    warnings: [...results.warnings],
    notEstimable: [...results.notEstimable],
    software: results.software,
    reproduce: results.reproduce.command,
    recipe: stringify(results.recipe),
    images: await imagesOf(bench, row, results),
    hasReaders: results.readers !== undefined,
  };
}
