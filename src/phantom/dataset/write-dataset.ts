import { availableParallelism } from "node:os";
import path from "node:path";
import { csvText, type OnProgress } from "../../base/index.js";
import { writeFileAtomic } from "../../files/index.js";
import { WorkerPool } from "../../images/index.js";
import type { PlannedImage } from "./case-recipe.js";
import { caseTasks, type WrittenCase } from "./case-tasks.js";
import { cocoParts } from "./coco.js";
import { openDatasetFolder, type DatasetFolder } from "./dataset-folder.js";
import { designOf } from "./design.js";
import { checkEncoding, pathOf, type ImageEncoding } from "./image-encoding.js";
import { folderColumns } from "./make-case.js";
import { planPhantomDataset, type PlanOptions } from "./plan-dataset.js";
import { simulateReads } from "./simulate-reads.js";
import { readColumns, tableColumns, type TableColumn } from "./table-columns.js";

export interface PhantomDatasetOptions extends PlanOptions {
  readonly directory: string;
  /** PNG of 8 bits where left out. */
  readonly encoding?: ImageEncoding;
  /** Threads; 1 makes the images in this one. All cores by default. */
  readonly workers?: number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

const plainPng: ImageEncoding = { format: "png", bitDepth: 8 };

/**
 * Writes images, masks, `truth.jsonl` (every parameter, enough to make any image again), `coco.json`, `reads.csv` where
 * there are readers, and last `labels.csv`. The bytes do not depend on the number of workers. A run that was stopped goes
 * on where the same options name the same folder; a finished one is left as it is.
 * @returns path of labels.csv
 * @throws InputError `phantom-...`, `folder-in-use`; NotFoundError for unknown names; DataError `file-enospc` and so on
 */
export async function writePhantomDataset(options: PhantomDatasetOptions): Promise<string> {
  const { directory, encoding = plainPng } = options;
  checkEncoding(encoding);
  const planned = planPhantomDataset(options);
  const labels = path.join(directory, "labels.csv");
  const folder = await openDatasetFolder(directory, planned, encoding);
  try {
    if (folder.finished) return labels;
    const made = await makeCases(planned, folder, options);
    await writeFileAtomic(path.join(directory, "truth.jsonl"), truthLines(planned, made, encoding));
    await writeFileAtomic(path.join(directory, "coco.json"), cocoParts(planned, made, encoding.format));
    const design = designOf(options);
    const readers = options.experiments?.readers ?? design.readers ?? [];
    if (readers.length > 0) {
      const reads = simulateReads(planned, readers, Object.keys(design.classes), { seed: options.seed, format: encoding.format });
      const rows = reads.map((read) => [read.reader, read.case, read.label, read.confidence.toFixed(2), read.group, read.condition, read.seconds.toFixed(1), "yes"]);
      await writeFileAtomic(path.join(directory, "reads.csv"), csvText([Object.keys(readColumns), ...rows]));
    }
    const rows = planned.map((image, i) => {
      const cells = cellsOf(image, made[i]!, encoding);
      return (Object.keys(tableColumns) as TableColumn[]).map((column) => cells[column] ?? "");
    });
    await writeFileAtomic(labels, csvText([Object.keys(tableColumns), ...rows]));
    await folder.finish();
    return labels;
  } finally {
    await folder.release();
  }
}

async function makeCases(planned: readonly PlannedImage[], folder: DatasetFolder, options: PhantomDatasetOptions): Promise<WrittenCase[]> {
  const { directory, onProgress, signal, encoding = plainPng } = options;
  const made = new Map(folder.done);
  const missing = planned.filter(({ name }) => !made.has(name));
  const report = (): void => onProgress?.({ task: "simulated images", done: made.size, total: planned.length, unit: "images" });
  report();
  const workers = Math.min(options.workers ?? availableParallelism(), Math.ceil(missing.length / 4));
  const pool = workers > 1 ? new WorkerPool<typeof caseTasks>(new URL("./case-worker.js", import.meta.url), { workers }) : undefined;
  const make = async (image: PlannedImage): Promise<void> => {
    signal?.throwIfAborted();
    const request = { directory: path.resolve(directory), planned: image, encoding };
    const written = pool === undefined ? await caseTasks.writeCase(request) : await pool.run("writeCase", request, { signal, subject: image.name });
    made.set(image.name, written);
    await folder.record(written);
    report();
  };
  try {
    if (pool !== undefined) await Promise.all(missing.map(make));
    else for (const image of missing) await make(image);
  } finally {
    await pool?.close();
  }
  return planned.map(({ name }) => made.get(name)!);
}

function* truthLines(planned: readonly PlannedImage[], made: readonly WrittenCase[], { format, bitDepth, radiographs }: ImageEncoding): Iterable<Uint8Array> {
  for (const [i, image] of planned.entries()) {
    const { sha256, folders, truth } = made[i]!;
    yield Buffer.from(`${JSON.stringify({ file: pathOf("images", image.name, format), ...image, bitDepth, ...(format === "dicom" && { format, radiographs }), sha256, folders, truth })}\n`);
  }
}

function cellsOf(image: PlannedImage, made: WrittenCase, { format }: ImageEncoding): Partial<Record<TableColumn, string | number>> {
  return {
    ...made.cells,
    ...Object.fromEntries(made.folders.map((folder) => [folderColumns[folder], pathOf(folder, image.name, format)])),
    label: image.label,
    patient: image.patient,
    study: image.study,
    split: image.split,
    hospital: image.hospital,
    visit: (image.options.visit ?? 0) + 1,
    width: made.width,
    height: made.height,
    true_label: image.trueLabel,
    duplicate_of: image.duplicateOf,
    seed: image.options.seed,
    index: image.options.index,
  };
}
