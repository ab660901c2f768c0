import { readFile } from "node:fs/promises";
import path from "node:path";
import { sha256, withFileErrors } from "../../files/index.js";
import { analyzeReads } from "./analyze-reads.js";
import type { ReadersResult } from "./contract.js";
import { readReads } from "./read-reads.js";
import { readRunCases } from "./run-cases.js";

/**
 * The comparison with readers again, from the reads that the run keeps and its predictions; what was asked is taken from
 * the printed one.
 * @throws what readRunCases, readReads and analyzeReads throw
 */
export async function recomputeReaders(folder: string, { cell, set, primary, source }: ReadersResult): Promise<ReadersResult> {
  const file = path.join(folder, "reads.csv");
  const run = await readRunCases(folder, { cell, set });
  const table = await readReads(file, { cases: run.cases.map(({ id }) => id), labels: run.results.data.labels, skipBad: true, name: source.file });
  const digest = sha256(await withFileErrors("reads.csv", () => readFile(file)));
  return analyzeReads({ run, table, source: { file: source.file, sha256: digest }, ...primary });
}
