import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import type { OnProgress } from "../../base/index.js";
import { WorkerPool } from "../../images/index.js";
import type { PlannedImage } from "./case-recipe.js";
import { caseTasks } from "./case-tasks.js";
import { cocoOf } from "./coco.js";
import { planPhantomDataset, type PlanOptions } from "./plan-dataset.js";

export interface PhantomDatasetOptions extends PlanOptions {
  readonly directory: string;
  readonly bitDepth?: 8 | 16;
  /** Threads; 1 makes the images in this one. All cores by default. */
  readonly workers?: number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

const columns = [
  "file", "label", "patient", "region", "boxes", "apex", "vertebrae", "discs", "split", "hospital", "visit", "view", "posture", "condition", "grade", "level",
  "cobb_deg", "curve_type", "upper_end", "lower_end", "apex_level", "convexity", "slip_mm", "slip_level", "canal_mm", "herniation_mm",
  "sex", "age_years", "spacing_mm", "width", "height", "marker", "film", "inverted", "true_label", "duplicate_of", "seed", "index",
] as const;

const maskColumns = { regions: "region", apices: "apex", vertebrae: "vertebrae", discs: "discs" } as const;

/**
 * Writes images, masks, `labels.csv`, `truth.jsonl` (every parameter and outline, enough to make any image again) and
 * `coco.json`. The bytes do not depend on the number of workers.
 * @returns path of labels.csv
 * @throws InputError `phantom-count`, `phantom-classes`, `phantom-share`, those of makeRadiograph and makeDiscMri; NotFoundError for unknown names
 */
export async function writePhantomDataset(options: PhantomDatasetOptions): Promise<string> {
  const { directory, onProgress, signal, bitDepth = 8 } = options;
  const planned = planPhantomDataset(options);
  const readers = Object.keys(planned[0]!.readings);
  await mkdir(directory, { recursive: true });
  const workers = Math.min(options.workers ?? availableParallelism(), Math.ceil(planned.length / 4));
  const pool = workers > 1 ? new WorkerPool<typeof caseTasks>(new URL("./case-worker.js", import.meta.url), { workers }) : undefined;
  const report = (done: number): void => onProgress?.({ task: "simulated images", done, total: planned.length, unit: "images" });
  try {
    let done = 0;
    report(0);
    const write = async (image: PlannedImage) => {
      signal?.throwIfAborted();
      const request = { directory: path.resolve(directory), planned: image, bitDepth };
      const made = pool === undefined ? await caseTasks.writeCase(request) : await pool.run("writeCase", request, { signal, subject: image.name });
      report((done += 1));
      return made;
    };
    const made = pool === undefined ? await inOrder(planned, write) : await Promise.all(planned.map(write));
    const rows = planned.map((image, i) => {
      const row: Record<string, string | number> = { ...made[i]!.cells, ...cellsOf(image), width: made[i]!.width, height: made[i]!.height };
      for (const folder of made[i]!.folders) if (folder in maskColumns) row[maskColumns[folder as keyof typeof maskColumns]] = `${folder}/${image.name}.png`;
      return [...columns.map((column) => row[column] ?? ""), ...readers.map((name) => image.readings[name]!)].join(",");
    });
    const header = [...columns, ...readers.map((name) => `reader_${name}`)].join(",");
    const truths = planned.map((image, i) => JSON.stringify({ ...image, ...made[i]!.truth }));
    await writeFile(path.join(directory, "truth.jsonl"), truths.join("\n") + "\n");
    await writeFile(path.join(directory, "coco.json"), JSON.stringify(cocoOf(planned, made)) + "\n");
    const labels = path.join(directory, "labels.csv");
    await writeFile(labels, [header, ...rows].join("\n") + "\n");
    return labels;
  } finally {
    await pool?.close();
  }
}

async function inOrder<T, R>(items: readonly T[], make: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await make(item));
  return results;
}

function cellsOf(image: PlannedImage): Record<string, string | number> {
  return {
    file: `images/${image.name}.png`,
    label: image.label,
    patient: image.patient,
    split: image.split,
    hospital: image.hospital,
    visit: (image.options.visit ?? 0) + 1,
    true_label: image.trueLabel,
    duplicate_of: image.duplicateOf,
    seed: image.options.seed,
    index: image.options.index,
  };
}
