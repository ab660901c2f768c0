import { readFile } from "node:fs/promises";
import path from "node:path";
import { sha256, withFileErrors, writeFileAtomic, writeJsonAtomic } from "../../files/index.js";
import { rewriteReport } from "../report/write-report.js";
import { RunFolder } from "../run-folder.js";
import type { StudyResults } from "../results.js";
import { analyzeReads } from "./analyze-reads.js";
import { picturesOf } from "./case-pictures.js";
import type { ReadersResult } from "./contract.js";
import { readReads } from "./read-reads.js";
import type { ReadersKey } from "./recipe-key.js";
import { readRunCases, type RunCases } from "./run-cases.js";

export interface StudyReadersOptions extends ReadersKey {
  /** Folder of a finished run. */
  readonly run: string;
  /** Table of reads. */
  readonly reads: string;
  /** Predictions to compare with: those of the external test set where the run has one. */
  readonly set?: RunCases["set"];
  readonly skipBad?: boolean;
}

export interface StudyReadersOutcome {
  readonly result: ReadersResult;
  readonly results: StudyResults;
  readonly json: string;
  readonly report: string;
}

/** Differing cases whose pictures the report shows. */
const picturesShown = 12;

/** What was asked after the run beats the recipe, and is no longer named in advance. */
function decideKey(recipe: ReadersKey = {}, asked: ReadersKey): { key: ReadersKey; named: ReadersResult["primary"]["named"] } {
  const { metric, label, margin, alpha } = asked;
  const changes = Object.fromEntries(Object.entries({ metric, label, margin, alpha }).filter(([name, value]) => value !== undefined && value !== recipe[name as keyof ReadersKey]));
  const isNamed = Object.keys(changes).length === 0 && Object.keys(recipe).length > 0;
  return { key: { ...recipe, ...changes }, named: isNamed ? "recipe" : "afterwards" };
}

/**
 * Joins a table of reads to a finished run, compares network and readers, and makes the report anew with what was found.
 * The reads are kept in the run.
 * @throws what readRunCases, readReads and analyzeReads throw; InputError `folder-in-use`
 */
export async function studyReaders(options: StudyReadersOptions): Promise<StudyReadersOutcome> {
  const folder = await RunFolder.open(options.run);
  try {
    const first = await readRunCases(options.run, { ...(options.cell !== undefined && { cell: options.cell }), ...(options.set && { set: options.set }) });
    const wanted = options.cell ?? first.results.recipe.readers?.cell;
    const run = wanted === undefined || wanted === first.cell ? first : await readRunCases(options.run, { cell: wanted, set: first.set });
    const { labels } = run.results.data;
    const text = await withFileErrors(path.basename(options.reads), () => readFile(options.reads));
    const table = await readReads(options.reads, { cases: run.cases.map(({ id }) => id), labels, ...(options.skipBad === true && { skipBad: true }) });
    const { key, named } = decideKey(run.results.recipe.readers, options);
    const { metric, label, margin, alpha } = key;
    const result = analyzeReads({
      run,
      table,
      source: { file: path.basename(options.reads), sha256: sha256(text) },
      named,
      ...(metric !== undefined && { metric }),
      ...(label !== undefined && { label }),
      ...(margin !== undefined && { margin }),
      ...(alpha !== undefined && { alpha }),
    });
    const results: StudyResults = { ...run.results, readers: result };
    const pictures = await picturesOf(options.run, run, result.differing.slice(0, picturesShown).map((one) => one.case));
    const json = folder.file("readers.json");
    if (path.resolve(options.reads) !== path.resolve(folder.file("reads.csv"))) await writeFileAtomic(folder.file("reads.csv"), text);
    await writeJsonAtomic(json, result);
    await writeJsonAtomic(folder.file("results.json"), results);
    await rewriteReport(options.run, results, { readers: pictures });
    return { result, results, json, report: folder.file("report.html") };
  } finally {
    await folder.close();
  }
}
