import { readFile } from "node:fs/promises";
import path from "node:path";

/** Folder of one task: one folder per attempt in it, and what became of it. */
export function taskFolder(run: string, task: string): string {
  return path.join(run, "distributed", "tasks", task);
}

export function attemptFolder(run: string, task: string, attempt: number): string {
  return path.join(taskFolder(run, task), `attempt-${String(attempt).padStart(4, "0")}`);
}

/** JSON that another process may be writing: undefined where it is not there or not whole. */
export async function readShared<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as T;
  } catch {
    return undefined;
  }
}
