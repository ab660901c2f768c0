import { constants } from "node:fs";
import { copyFile, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { syncFolder, withFileErrors } from "../../files/index.js";
import { trialLineFile } from "../search/trial-line.js";
import type { StudyTask } from "./contract.js";

/** What an attempt leaves: results and what it takes to go on. */
const parts = ["tasks", "search", "cache/detectors"];

const isTemporary = (name: string): boolean => /^\..+\.tmp$/.test(path.basename(name));

/** Paths of all files below a folder, relative to it; none where there is no folder. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return entries.filter((entry) => entry.isFile() && !isTemporary(entry.name)).map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

/** Copies a tree. A file that its writer, perhaps still alive, takes away meanwhile is left out: checkpoints come in two, and each tells whether it is whole. */
async function copyTree(from: string, to: string): Promise<number> {
  let copied = 0;
  for (const name of await filesBelow(from)) {
    const file = path.join(to, name);
    await mkdir(path.dirname(file), { recursive: true });
    await copyFile(path.join(from, name), file, constants.COPYFILE_FICLONE).then(
      () => (copied += 1),
      (error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
      },
    );
  }
  return copied;
}

const foldFolder = ({ seed, fold }: StudyTask): string => path.join(`seed-${seed}`, `fold-${fold}`);

/** Folders of a run in which a task of it may have left something to go on from, when it was done without attempts. */
function ownFolders(task: StudyTask): string[] {
  const base = task.cell.replace(/\/searched$/, "");
  const search = path.join("search", base, foldFolder(task));
  if (task.kind === "trial") return [path.join(search, `trial-${String(task.trial).padStart(3, "0")}`)];
  return [path.join("tasks", task.cell, foldFolder(task), "checkpoints"), search];
}

export interface SeedOptions {
  readonly run: string;
  /** Folder of the new attempt. */
  readonly folder: string;
  /** Folders of attempts before, newest first. */
  readonly earlier: readonly string[];
}

/**
 * Lays into a new attempt's folder what the one before had reached. It is copied, as whoever made it may still be alive and writing.
 * @returns the folder that it came from: an attempt's or the run's; undefined where nothing was there
 */
export async function seedAttempt(task: StudyTask, { run, folder, earlier }: SeedOptions): Promise<string | undefined> {
  return withFileErrors(folder, async () => {
    for (const before of earlier) {
      let copied = 0;
      for (const part of parts) copied += await copyTree(path.join(before, part), path.join(folder, part));
      if (copied > 0) return before;
    }
    let copied = 0;
    for (const part of ownFolders(task)) copied += await copyTree(path.join(run, part), path.join(folder, part));
    return copied > 0 ? run : undefined;
  });
}

const isUnfinished = (name: string): boolean => name.split(path.sep).some((part) => part === "checkpoints" || /^trial-\d+$/.test(part));
const isMarker = (name: string): boolean => /^(task|line-\d+)\.json$/.test(path.basename(name));

/**
 * Moves what an accepted attempt made to its place in the run: the file that says "done" last. May be done again where it was cut off, and by several at once.
 */
export async function publishAttempt(folder: string, run: string): Promise<void> {
  await withFileErrors(run, async () => {
    const names = (await Promise.all(parts.map(async (part) => (await filesBelow(path.join(folder, part))).map((name) => path.join(part, name))))).flat();
    const products = names.filter((name) => !isUnfinished(name)).sort((a, b) => Number(isMarker(a)) - Number(isMarker(b)));
    for (const name of products) {
      const to = path.join(run, name);
      await mkdir(path.dirname(to), { recursive: true });
      await rename(path.join(folder, name), to).catch(async (error: NodeJS.ErrnoException) => {
        // Another has moved it first.
        if (error.code !== "ENOENT" || !(await exists(to))) throw error;
      });
      await syncFolder(path.dirname(to));
    }
    await rm(folder, { recursive: true, force: true });
  });
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

/** Whether a task's products lie in the run. */
export async function isPublished(task: StudyTask, run: string): Promise<boolean> {
  const base = task.cell.replace(/\/searched$/, "");
  if (task.kind === "fold") return exists(path.join(run, "tasks", task.cell, foldFolder(task), "task.json"));
  return exists(trialLineFile(path.join(run, "search", base, foldFolder(task)), task.trial!));
}
