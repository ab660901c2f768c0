import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { askWorker } from "../ask-worker.js";
import type { Workbench } from "../workbench.js";
import type { ReadingRow } from "./designs.js";
import { readsTable } from "./export-reads.js";

/** Compares readers and network: what `osteon study readers` does, with the reads as they are now. The run's report is made anew. */
export async function analyzeReading({ catalog, store }: Workbench, reading: ReadingRow): Promise<Record<string, unknown>> {
  const row = await catalog.row(reading.study_id);
  const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-reads-"));
  try {
    const reads = path.join(folder, "reads.csv");
    await writeFile(reads, await readsTable(store, reading));
    return await askWorker<Record<string, unknown>>(new URL("./analysis-worker.js", import.meta.url), { run: catalog.folderOf(row), reads, cell: reading.cell });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
