import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { DataError, InputError } from "../../base/index.js";
import { withFileErrors } from "../../files/index.js";
import type { Case, Dataset } from "../dataset.js";
import { assembleDataset } from "../load-dataset.js";
import type { ImageAnnotation } from "./contract.js";
import { readCoco } from "./read-coco.js";
import { readLabelMe } from "./read-label-me.js";

/** Annotations are text: more than this is no annotation file of a study. */
const maxBytes = 512 * 1024 * 1024;

export interface RegionFileOptions {
  /** Take annotations of these names alone. */
  readonly categories?: readonly string[];
}

/**
 * Gives cases the regions of a COCO JSON file, or of a folder of LabelMe JSON files or mask PNGs named as the images.
 * An image is found by its path, or by its file name where that is the only one of its kind. Cases without an
 * annotation keep what they had.
 * @throws DataError `annotations`, `annotation-image` when two images fit; InputError `annotations-none` when none fits, `annotation-category`
 */
export async function attachRegions(dataset: Dataset, source: string, options: RegionFileOptions = {}): Promise<Dataset> {
  return assembleDataset({ ...dataset, cases: await assignRegions(dataset.cases, source, { ...options, name: dataset.name }) });
}

/** As {@link attachRegions}, for cases of no data set. `name` is what errors call them. */
export async function assignRegions(cases: readonly Case[], source: string, options: RegionFileOptions & { readonly name: string }): Promise<Case[]> {
  const isFolder = (await withFileErrors(source, () => stat(source))).isDirectory();
  const updates = new Map<Case, Partial<Case>>();
  if (isFolder) await readFolder(cases, source, options, updates);
  else {
    const name = path.basename(source);
    for (const found of readCoco(await readText(source, name), { ...options, name })) place(cases, found, name, updates);
  }
  if (updates.size === 0) {
    throw new InputError("annotations-none", `${path.basename(source)}: expected annotations of images of ${options.name}, got none that fit (its first image is ${cases[0]!.id}). Check that the names agree.`);
  }
  return cases.map((one) => ({ ...one, ...updates.get(one) }));
}

async function readText(file: string, name: string): Promise<string> {
  const { size } = await withFileErrors(name, () => stat(file));
  if (size > maxBytes) throw new DataError("annotations", `${name}: expected annotations of at most ${maxBytes} bytes, got ${size}. Export those of this study alone.`);
  return withFileErrors(name, () => readFile(file, "utf8"));
}

async function readFolder(cases: readonly Case[], folder: string, options: RegionFileOptions, updates: Map<Case, Partial<Case>>): Promise<void> {
  const names = (await withFileErrors(folder, () => readdir(folder, { recursive: true }))).sort();
  for (const name of names) {
    const file = path.join(folder, name);
    const kind = path.extname(name).toLowerCase();
    if (kind === ".json") place(cases, readLabelMe(await readText(file, name), { ...options, name }), name, updates);
    if (kind !== ".png") continue;
    const one = findCase(cases, name, name);
    if (one !== undefined && path.resolve(file) !== path.resolve(one.file)) updates.set(one, { region: path.resolve(file) });
  }
}

function place(cases: readonly Case[], found: ImageAnnotation, name: string, updates: Map<Case, Partial<Case>>): void {
  const one = findCase(cases, found.file, name);
  if (one === undefined || found.boxes.length + found.polygons.length === 0) return;
  updates.set(one, { ...(found.boxes.length > 0 && { boxes: found.boxes }), ...(found.polygons.length > 0 && { polygons: found.polygons }) });
}

/** The case of a name written elsewhere: by the end of its path, whatever the ending of the file. */
function findCase(cases: readonly Case[], written: string, source: string): Case | undefined {
  const stem = (text: string): string => text.replaceAll("\\", "/").replace(/\.[^./]+$/, "").normalize("NFC");
  const wanted = stem(written).split("/").filter((part) => part !== "" && part !== "." && part !== "..");
  for (let length = wanted.length; length > 0; length--) {
    const tail = wanted.slice(-length).join("/");
    const fitting = cases.filter(({ id }) => stem(id) === tail || stem(id).endsWith(`/${tail}`));
    if (fitting.length === 1) return fitting[0];
    if (fitting.length > 1) {
      throw new DataError("annotation-image", `${source}: expected names that tell images apart, got "${written}", which fits ${fitting.slice(0, 3).map(({ id }) => id).join(" and ")}. Write the path of the image.`);
    }
  }
  return undefined;
}
