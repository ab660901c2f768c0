import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { InputError } from "../base/index.js";
import { lockFile, withFileErrors, writeJsonAtomic } from "../files/index.js";
import { parseTaskRecord, type TaskRecord } from "./task-record.js";

/** Age of a temporary file that no worker is writing any more. */
const tornAfterMs = 30 * 60_000;

/** Folder of what workers on many machines share, in that of the run. */
export const workFolder = "distributed";

/** Removes temporary files of a run that was killed while it wrote. Nobody else writes: the folder is locked. Only workers do, where there were any, and they are given time. */
async function removeTorn(folder: string): Promise<void> {
  const newest = existsSync(path.join(folder, workFolder)) ? Date.now() - tornAfterMs : Infinity;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/^\..+\.[0-9a-f]{12}\.tmp$/.test(entry.name)) continue;
    const file = path.join(entry.parentPath, entry.name);
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Infinity }));
    if (newest === Infinity || mtimeMs < newest) await rm(file, { force: true });
  }
}

/** Makes a folder with its parents. Node calls a read-only disk "no such folder" then, so the first missing one is made alone to hear the reason. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    let missing = path.resolve(folder);
    while (!existsSync(path.dirname(missing))) missing = path.dirname(missing);
    await mkdir(missing);
    await mkdir(folder, { recursive: true });
  }
}

/** Caches that all workers of a run share. */
const sharedCaches = ["cache/images", "cache/features"];

/** Where everything of a run lies. */
export class RunFolder {
  readonly path: string;
  /** Where the features of frozen parts are kept. */
  readonly features: { readonly featureDirectory: string; readonly featureWriter?: string };
  readonly #release: () => Promise<void>;
  /** The run's own folder, where this is that of an attempt. */
  readonly #run: string;

  private constructor(folder: string, release: () => Promise<void>, attempt?: { readonly run: string; readonly writer: string }) {
    this.path = folder;
    this.#release = release;
    this.#run = attempt?.run ?? folder;
    this.features = { featureDirectory: path.join(this.#run, "cache/features"), ...(attempt && { featureWriter: attempt.writer }) };
  }

  /**
   * A folder for one attempt at a task of a run, laid out like the run's own: what the attempt writes lies here until it is accepted. Caches are the run's.
   * @param writer names the attempt among all that are made at once
   */
  static attempt(folder: string, { run, writer }: { readonly run: string; readonly writer: string }): RunFolder {
    return new RunFolder(folder, () => Promise.resolve(), { run, writer });
  }

  /**
   * Opens a folder for one run, making it where it is missing.
   * @throws DataError `file-eacces` and the like for a folder that cannot be written; InputError `folder-in-use`
   */
  static async open(folder: string): Promise<RunFolder> {
    await withFileErrors(folder, () => makeFolder(folder));
    const release = await lockFile(path.join(folder, ".lock"), folder);
    try {
      await withFileErrors(folder, () => removeTorn(folder));
    } catch (error) {
      await release();
      throw error;
    }
    return new RunFolder(folder, release);
  }

  close(): Promise<void> {
    return this.#release();
  }

  file(name: string): string {
    return path.join(sharedCaches.some((cache) => name.startsWith(cache)) ? this.#run : this.path, name);
  }

  taskFolder(cell: string, seed: number, fold: number): string {
    return path.join(this.path, "tasks", cell, `seed-${seed}`, `fold-${fold}`);
  }

  checkpointFolder(cell: string, seed: number, fold: number): string {
    return path.join(this.taskFolder(cell, seed, fold), "checkpoints");
  }

  /** Path relative to the run's folder, with forward slashes: what results name. */
  relative(file: string): string {
    return path.relative(this.path, file).split(path.sep).join("/");
  }

  /**
   * Fixes what the run is about, or checks that a run to be resumed is about the same.
   * @throws InputError `run-differs` naming what changed
   */
  async claim(plan: Readonly<Record<string, unknown>>): Promise<void> {
    const file = this.file("plan.json");
    let before: Record<string, unknown> | undefined;
    try {
      before = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") before = undefined;
    }
    const now = JSON.parse(JSON.stringify(plan)) as Record<string, unknown>;
    if (before !== undefined) {
      const changed = Object.keys(now).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(now[key]));
      if (changed.length > 0) {
        throw new InputError("run-differs", `${this.path}: expected a new folder or the run it holds, got a run with another ${changed.join(", ")}. Choose another --out, or delete the folder to start anew.`);
      }
      return;
    }
    await writeJsonAtomic(file, now);
  }

  /** The record of a finished task, if it was made from the same inputs. */
  async readTask(cell: string, seed: number, fold: number, key: string): Promise<TaskRecord | undefined> {
    const file = path.join(this.taskFolder(cell, seed, fold), "task.json");
    let text: string;
    try {
      text = await readFile(file, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      return withFileErrors(file, () => Promise.reject(error as Error));
    }
    const record = parseTaskRecord(text, this.relative(file));
    if (record.key !== key) return undefined;
    // Left by a run that was killed between writing the record and removing them.
    await this.#discardCheckpoints(record);
    return record;
  }

  /** Marks a task as finished; its checkpoints are no longer needed. */
  async writeTask(record: TaskRecord): Promise<void> {
    const folder = this.taskFolder(record.cell, record.seed, record.fold);
    await writeJsonAtomic(path.join(folder, "task.json"), record);
    await this.#discardCheckpoints(record);
  }

  async #discardCheckpoints({ cell, seed, fold }: TaskRecord): Promise<void> {
    await rm(this.checkpointFolder(cell, seed, fold), { recursive: true, force: true });
  }
}
