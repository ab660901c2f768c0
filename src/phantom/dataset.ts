import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { InputError, seededRandom, type OnProgress } from "../base/index.js";
import { encodePng, quantize } from "./png.js";
import { makeWholeSpineAp, type WholeSpineCondition, type WholeSpineImage, type WholeSpineOptions } from "./whole-spine-ap.js";

export interface PhantomDatasetOptions {
  readonly directory: string;
  /** Number of images; patients have one to three each. */
  readonly count: number;
  readonly seed: number | string;
  /** Height of the images in pixels. */
  readonly size?: number;
  readonly classes?: readonly WholeSpineCondition[];
  /** Largest number of visits of one patient. */
  readonly visits?: number;
  readonly bitDepth?: 8 | 16;
  /** Further choices for every image, for example a range of Cobb angles. */
  readonly cobbDeg?: Partial<Record<WholeSpineCondition, readonly [number, number]>>;
  readonly aspect?: readonly [number, number];
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** One image of a planned data set. */
export interface PlannedImage {
  readonly name: string;
  readonly options: WholeSpineOptions;
}

/** Classes in balance (to one patient's visits), patients in an order that says nothing of their class. */
export function planPhantomDataset(options: PhantomDatasetOptions): PlannedImage[] {
  const { count, seed, classes = ["normal", "scoliosis"], visits = 3, size } = options;
  if (!Number.isInteger(count) || count < 1) throw new InputError("phantom-count", `count: expected a whole number of images, 1 or more, got ${count}.`);
  if (classes.length === 0) throw new InputError("phantom-classes", "classes: expected at least one condition, got none.");
  const random = seededRandom("phantom-dataset", seed);
  const made = classes.map(() => 0);
  const planned: PlannedImage[] = [];
  for (let index = 0; planned.length < count; index++) {
    const least = Math.min(...made);
    const at = random.pick(classes.map((_, i) => i).filter((i) => made[i] === least));
    const condition = classes[at]!;
    const share = Math.max(1, Math.ceil(count / classes.length) - made[at]!);
    const number = Math.min(1 + random.integer(visits), share, count - planned.length);
    for (let visit = 0; visit < number; visit++) {
      planned.push({
        name: `P${String(index + 1).padStart(4, "0")}-${visit + 1}`,
        options: { seed, index, visit, condition, size, cobbDeg: options.cobbDeg?.[condition], aspect: options.aspect },
      });
    }
    made[at]! += number;
  }
  return planned;
}

const columns = [
  "file", "label", "patient", "region", "apex", "vertebrae", "visit", "view", "cobb_deg", "curve_type", "upper_end", "lower_end", "apex_level",
  "convexity", "sex", "age_years", "spacing_mm", "width", "height", "marker", "seed", "index",
] as const;

/**
 * Writes images, masks, `labels.csv` and `truth.jsonl` (every parameter and outline).
 * @returns path of labels.csv
 * @throws InputError `phantom-count`, `phantom-classes`, and those of makeWholeSpineAp
 */
export async function writePhantomDataset(options: PhantomDatasetOptions): Promise<string> {
  const { directory, onProgress, signal, bitDepth = 8 } = options;
  const planned = planPhantomDataset(options);
  for (const folder of ["images", "regions", "apices", "vertebrae"]) await mkdir(path.join(directory, folder), { recursive: true });
  const table: string[] = [columns.join(",")];
  const truths: string[] = [];
  for (const [done, { name, options: wanted }] of planned.entries()) {
    signal?.throwIfAborted();
    onProgress?.({ task: "phantom images", done, total: planned.length, unit: "images" });
    const image = makeWholeSpineAp(wanted);
    const row = describe(image, name);
    table.push(columns.map((column) => String(row[column])).join(","));
    const { bodyLabels, discLabels: _, region, apex, ...truth } = image.truth;
    truths.push(JSON.stringify({ file: row.file, ...truth }));
    const { width, height } = image;
    const spacingMm = truth.spacingMm[0];
    const save = (file: string | number, data: Uint8Array | Uint16Array): Promise<void> =>
      writeFile(path.join(directory, String(file)), encodePng({ width, height, data, spacingMm }));
    await Promise.all([
      save(row.file, quantize(image.pixels, bitDepth)),
      save(row.region, region),
      save(row.apex, apex),
      save(row.vertebrae, bodyLabels),
    ]);
  }
  await writeFile(path.join(directory, "truth.jsonl"), truths.join("\n") + "\n");
  const labels = path.join(directory, "labels.csv");
  await writeFile(labels, table.join("\n") + "\n");
  onProgress?.({ task: "phantom images", done: planned.length, total: planned.length, unit: "images" });
  return labels;
}

function describe(image: WholeSpineImage, name: string): Record<(typeof columns)[number], string | number> {
  const { truth } = image;
  const { cobb, parameters } = truth;
  return {
    file: `images/${name}.png`,
    label: truth.label,
    patient: truth.patientId,
    region: `regions/${name}.png`,
    apex: `apices/${name}.png`,
    vertebrae: `vertebrae/${name}.png`,
    visit: truth.visit + 1,
    view: "whole-spine-ap",
    cobb_deg: cobb.angleDeg.toFixed(2),
    curve_type: truth.curveType,
    upper_end: cobb.upperEnd,
    lower_end: cobb.lowerEnd,
    apex_level: cobb.apex,
    convexity: cobb.convexity,
    sex: parameters.subject.sex,
    age_years: parameters.subject.ageYears,
    spacing_mm: truth.spacingMm[0].toFixed(5),
    width: image.width,
    height: image.height,
    marker: parameters.marker,
    seed: parameters.options.seed,
    index: parameters.options.index,
  };
}
