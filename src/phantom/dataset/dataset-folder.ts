import { appendFile, mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { InputError } from "../../base/index.js";
import { lockFile, sha256, withFileErrors, writeJsonAtomic } from "../../files/index.js";
import type { PlannedImage } from "./case-recipe.js";
import { pathOf, type ImageEncoding } from "./image-encoding.js";
import type { WrittenCase } from "./case-tasks.js";

/** Raised whenever the same options give other pixels. */
export const generatorVersion = 2;

/** What stands in plan.json: enough to tell whether a folder belongs to the same wish. */
interface FolderPlan {
  readonly generatorVersion: number;
  readonly images: number;
  readonly bitDepth: number;
  /** Only where it is not PNG, so that folders of older versions stay what they are. */
  readonly format?: string;
  /** Of every image's plan. */
  readonly planSha256: string;
}

/** A data set being written: what is done stands in a journal, so that a stopped run goes on. */
export interface DatasetFolder {
  /** Cases of an earlier, stopped run, by name. */
  readonly done: ReadonlyMap<string, WrittenCase>;
  /** Whether labels.csv is there already: the run had come to its end. */
  readonly finished: boolean;
  readonly record: (written: WrittenCase) => Promise<void>;
  /** Removes the journal. */
  readonly finish: () => Promise<void>;
  readonly release: () => Promise<void>;
}

const planFile = "plan.json";
const journalFile = "journal.jsonl";

/**
 * Takes an empty folder, or one of a stopped or finished run of the same plan.
 * @throws InputError `phantom-folder`, `folder-in-use`; DataError `file-...`
 */
export async function openDatasetFolder(directory: string, planned: readonly PlannedImage[], encoding: ImageEncoding): Promise<DatasetFolder> {
  const wanted: FolderPlan = { generatorVersion, images: planned.length, bitDepth: encoding.bitDepth, planSha256: sha256(JSON.stringify(planned)), ...(encoding.format === "dicom" && { format: `dicom ${encoding.radiographs ?? "DX"}` }) };
  await withFileErrors(directory, () => mkdir(directory, { recursive: true }));
  const names = (await withFileErrors(directory, () => readdir(directory))).filter((name) => !name.startsWith("."));
  if (names.length > 0) await checkSamePlan(directory, names, wanted);
  const release = await lockFile(path.join(directory, ".lock"), directory);
  try {
    const journal = path.join(directory, journalFile);
    if (names.length === 0) await writeJsonAtomic(path.join(directory, planFile), wanted);
    let writing = Promise.resolve();
    return {
      done: await readJournal(journal, directory, encoding.format),
      finished: names.includes("labels.csv"),
      record: (written) => (writing = writing.then(() => withFileErrors(journal, () => appendFile(journal, `${JSON.stringify(written)}\n`)))),
      finish: () => rm(journal, { force: true }),
      release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}

async function checkSamePlan(directory: string, names: readonly string[], wanted: FolderPlan): Promise<void> {
  const refuse = (got: string): never => {
    throw new InputError("phantom-folder", `${directory}: expected an empty folder or one of the same command, got ${got}. Choose another folder or remove this one.`);
  };
  if (!names.includes(planFile)) refuse(`one with ${names.length} other ${names.length === 1 ? "entry" : "entries"} (${names.slice(0, 3).join(", ")}${names.length > 3 ? ", ..." : ""})`);
  const text = await withFileErrors(planFile, () => readFile(path.join(directory, planFile), "utf8"));
  const found = (parsed(text) ?? {}) as Partial<FolderPlan>;
  if (found.generatorVersion !== undefined && found.generatorVersion !== wanted.generatorVersion) refuse("one begun by another version of the generator");
  if (JSON.stringify(found) !== JSON.stringify(wanted)) refuse(`a data set of other options (${found.images ?? "?"} images)`);
}

/** Cases whose journal line is whole and whose files are there; a line torn by a kill is made again. */
async function readJournal(journal: string, directory: string, format: ImageEncoding["format"]): Promise<Map<string, WrittenCase>> {
  const text = await readFile(journal, "utf8").catch(() => "");
  const done = new Map<string, WrittenCase>();
  for (const line of text.split("\n")) {
    const written = line === "" ? undefined : (parsed(line) as WrittenCase | undefined);
    if (written === undefined) continue;
    const files = written.folders.map((folder) => stat(path.join(directory, pathOf(folder, written.name, format))).then(({ size }) => size > 0, () => false));
    if ((await Promise.all(files)).every(Boolean)) done.set(written.name, written);
  }
  return done;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
