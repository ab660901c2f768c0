import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import sharp from "sharp";
import { seededRandom } from "../base/index.js";
import { sha256OfFile } from "../files/index.js";
import { buildNetwork, initializeWeights, writeSafetensors, type ArchitectureName } from "../models/index.js";
import type { StudyOptions } from "./open-study.js";
import type { RecipeSource } from "./recipe.js";

/** Runs `work` in a new folder and removes it, whatever happens. */
export async function inScratchFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-study-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

export type Shape = "square" | "stripes";

/** A grey PNG of 40 x 48 pixels with a bright square or with stripes somewhere, drawn from its name. */
export async function makeShape(shape: Shape, name: string): Promise<Buffer> {
  const [width, height] = [40, 48];
  const random = seededRandom("shape", shape, name);
  const [top, left] = [8 + random.integer(16), 6 + random.integer(12)];
  const pixels = Uint8Array.from({ length: width * height }, (_, at) => {
    const [row, column] = [Math.floor(at / width) - top, (at % width) - left];
    const inside = row >= 0 && row < 16 && column >= 0 && column < 16;
    const bright = inside && (shape === "square" || row % 4 < 2);
    return (bright ? 190 : 50) + random.integer(50);
  });
  return sharp(pixels, { raw: { width, height, channels: 1 } }).png().toBuffer();
}

export interface ShapeTable {
  readonly perClass: number;
  /** Images of one patient, one after the other. */
  readonly perPatient?: number;
}

/**
 * Squares against stripes, in `images/`, with a table of file, label, patient and the square frame as a box.
 * @returns path of labels.csv
 */
export async function makeShapeTable(folder: string, { perClass, perPatient = 2 }: ShapeTable): Promise<string> {
  await mkdir(path.join(folder, "images"), { recursive: true });
  const rows: string[] = [];
  for (const shape of ["square", "stripes"] as const) {
    for (let i = 0; i < perClass; i++) {
      await writeFile(path.join(folder, "images", `${shape}-${i}.png`), await makeShape(shape, String(i)));
      rows.push(`images/${shape}-${i}.png,${shape},${shape}-patient-${Math.floor(i / perPatient)},8 6 28 28`);
    }
  }
  const table = path.join(folder, "labels.csv");
  await writeFile(table, `file,label,patient,boxes\n${rows.join("\n")}\n`);
  return table;
}

/** Weights of a small network "from elsewhere": ten classes, as published ones have a thousand. */
export async function makeStartWeights(folder: string, network: ArchitectureName): Promise<string> {
  const file = path.join(folder, `${network}.safetensors`);
  const built = buildNetwork(network, { classes: 10, inputSize: 32 });
  await writeSafetensors(file, initializeWeights(built, seededRandom("published", network)));
  return file;
}

/** The smallest recipe that has all there is to compare. */
export const tinyRecipe: RecipeSource = {
  study: "shapes",
  title: "Squares and stripes",
  networks: ["mobilenet_v2-tiny", "vgg16-tiny"],
  regimes: { scratch: { epochs: 15 }, "feature-extraction": { epochs: 8 } },
  training: { batchSize: 8, optimizer: { name: "adam", learningRate: 0.01 } },
  image: { size: 32 },
  validation: { folds: 3 },
  explanation: { examples: 2 },
};

/** What the tests of the study say of themselves; recipe, data and folder come from the test. */
export function studyOptions(options: Pick<StudyOptions, "data" | "out"> & Partial<StudyOptions>): StudyOptions {
  return { recipe: tinyRecipe, softwareVersion: "test", command: "osteon study run shapes.yaml", threads: 1, ...options };
}

/** Every file below a folder with its SHA-256, by path with forward slashes. */
export async function hashFiles(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const names = files.map((file) => path.relative(folder, file).split(path.sep).join("/"));
  const hashes = await Promise.all(files.map((file) => sha256OfFile(file)));
  return Object.fromEntries(names.map((name, i) => [name, hashes[i]!] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What must not depend on how a run was made: the trained models and the table of predictions. */
export async function lastingFiles(folder: string): Promise<Record<string, string>> {
  const all = Object.entries(await hashFiles(folder));
  return Object.fromEntries(all.filter(([name]) => name === "predictions.csv" || name.endsWith("model.onnx")));
}
