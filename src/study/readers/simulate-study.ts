import { writeFileAtomic } from "../../files/index.js";
import type { RunCases } from "./run-cases.js";
import { readRunCases } from "./run-cases.js";
import { readsCsv, simulateReads, type ReadingDesign } from "./simulate-reads.js";

export interface SimulateStudyOptions extends ReadingDesign {
  /** Folder of a finished run. */
  readonly run: string;
  readonly cell?: string;
  readonly set?: RunCases["set"];
  /** Table to write. */
  readonly out: string;
}

/** Writes a made-up reading of a finished run's cases, every line marked. */
export async function simulateStudyReads(options: SimulateStudyOptions): Promise<{ readonly file: string; readonly reads: number; readonly readers: number; readonly cases: number; readonly set: RunCases["set"] }> {
  const first = await readRunCases(options.run, { ...(options.cell !== undefined && { cell: options.cell }), ...(options.set && { set: options.set }) });
  const wanted = options.cell ?? first.results.recipe.readers?.cell ?? first.cell;
  const run = wanted === first.cell ? first : await readRunCases(options.run, { cell: wanted, set: first.set });
  const { labels } = run.results.data;
  const reads = simulateReads(run.cases, labels.length, options);
  await writeFileAtomic(options.out, readsCsv(reads, labels));
  return { file: options.out, reads: reads.length, readers: new Set(reads.map(({ reader }) => reader)).size, cases: run.cases.length, set: run.set };
}
