import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { StudyResults } from "../results.js";
import { sampleResults } from "../report/sample.testkit.js";

/** A case of a made-up run. */
export interface MadeCase {
  readonly id: string;
  readonly label: string;
  readonly probabilities: readonly number[];
  readonly patient?: string;
  readonly unit?: string;
}

/** A folder with what `study run` leaves of a study: results.json and predictions.csv, made by hand. */
export async function inMadeRun<T>(labels: readonly string[], cases: readonly MadeCase[], work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-readers-"));
  try {
    await mkdir(folder, { recursive: true });
    const sample = sampleResults(labels);
    const results: StudyResults = { ...sample, cells: [sample.cells[0]!], comparisons: [] };
    await writeFile(path.join(folder, "results.json"), JSON.stringify(results));
    const hasUnits = cases.some(({ unit }) => unit !== undefined);
    const head = ["cell", "seed", "fold", "case", "label", "predicted", "correct", ...labels.map((label) => `probability_${label}`), "map_inside_region", "region_share", "window_overlap", "window_center_error", "patient", "image_sha256", ...(hasUnits ? ["unit"] : [])];
    const rows = cases.map(({ id, label, probabilities, patient = "", unit }) => {
      const predicted = labels[probabilities.indexOf(Math.max(...probabilities))]!;
      return [results.cells[0]!.id, 1, 1, id, label, predicted, predicted === label ? 1 : 0, ...probabilities, "", "", "", "", patient, "", ...(hasUnits ? [unit ?? id] : [])];
    });
    await writeFile(path.join(folder, "predictions.csv"), [head, ...rows].map((row) => row.join(",")).join("\n"));
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes a table of reads beside a run. */
export async function writeReads(folder: string, lines: readonly string[], head = "reader,case,label"): Promise<string> {
  const file = path.join(folder, "reads.csv");
  await writeFile(file, `${[head, ...lines].join("\n")}\n`);
  return file;
}
