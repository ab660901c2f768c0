import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { DataError, InputError } from "../../base/index.js";
import type { Dataset } from "../../data/index.js";
import type { Device } from "../../engine/index.js";
import { withFileErrors, writeJsonAtomic } from "../../files/index.js";
import type { RecipeSource } from "../recipe.js";
import { workFolder } from "../run-folder.js";
import type { StudyTask } from "./contract.js";

const placesSchema = z.record(z.string(), z.string());

const sealedSchema = z.strictObject({
  format: z.literal(1),
  softwareVersion: z.string(),
  recipe: z.looseObject({}),
  dataset: z.looseObject({ cases: z.array(z.looseObject({ file: z.string(), region: z.string().optional() })) }),
  weights: placesSchema,
  sources: z.record(z.string(), z.array(z.string())),
  networks: placesSchema,
  threads: z.number().int().min(1),
  device: z.string().optional(),
  memoryBytes: z.number().optional(),
  checkpointSeconds: z.number().optional(),
  honest: z.boolean(),
  tasks: z.array(z.strictObject({ id: z.string(), kind: z.enum(["fold", "trial"]), cell: z.string(), seed: z.number(), fold: z.number(), trial: z.number().optional() })),
});

/**
 * A study as its workers take it up: read, checked and audited once, by the process that leads it. Lies in the run's folder, with absolute paths of
 * images and weights, and goes when the study is done.
 */
export interface SealedStudy {
  readonly format: 1;
  /** Workers of another version decline. */
  readonly softwareVersion: string;
  readonly recipe: RecipeSource;
  /** Checked, with what belongs together known. */
  readonly dataset: Dataset;
  readonly weights: Readonly<Record<string, string>>;
  readonly sources: Readonly<Record<string, readonly string[]>>;
  readonly networks: Readonly<Record<string, string>>;
  readonly threads: number;
  readonly device?: Device;
  readonly memoryBytes?: number;
  readonly checkpointSeconds?: number;
  /** Whether the folds without what leaks are among the tasks. */
  readonly honest: boolean;
  readonly tasks: readonly StudyTask[];
}

export function sealedFile(run: string): string {
  return path.join(run, workFolder, "study.json");
}

function listFile(run: string): string {
  return path.join(run, workFolder, "tasks.json");
}

export async function sealStudy(run: string, study: SealedStudy): Promise<void> {
  await writeJsonAtomic(sealedFile(run), study);
  await writeJsonAtomic(listFile(run), study.tasks);
}

/** The tasks of a study that several processes did or do; none where there was one process. Stays when the study is done. */
export async function readTaskList(run: string): Promise<readonly StudyTask[]> {
  const text = await readFile(listFile(run), "utf8").catch(() => "[]");
  return JSON.parse(text) as StudyTask[];
}

/**
 * Reads what {@link sealStudy} wrote.
 * @throws InputError `no-study` where the folder holds none; DataError `sealed-study` where it is damaged
 */
export async function readSealedStudy(run: string): Promise<SealedStudy> {
  const file = sealedFile(run);
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") throw new InputError("no-study", `${run}: expected the folder of a study that is being done by several processes, got none. Start it with: osteon study run.`);
    return withFileErrors(file, () => Promise.reject(error));
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = sealedSchema.safeParse(value);
  if (!parsed.success) throw new DataError("sealed-study", `${file}: expected a study as osteon study run writes it, got another structure. Start the study again.`);
  // What it holds of recipe and data set was checked before it was written.
  return parsed.data as unknown as SealedStudy;
}

/** The study with every path as it is called on this machine. */
export function relocate(study: SealedStudy, place: (file: string) => string): SealedStudy {
  const all = (places: Readonly<Record<string, string>>) => Object.fromEntries(Object.entries(places).map(([name, file]) => [name, place(file)]));
  return {
    ...study,
    dataset: { ...study.dataset, cases: study.dataset.cases.map((one) => ({ ...one, file: place(one.file), ...(one.region !== undefined && { region: place(one.region) }) })) },
    weights: all(study.weights),
    sources: Object.fromEntries(Object.entries(study.sources).map(([name, files]) => [name, files.map(place)])),
    networks: all(study.networks),
  };
}
