import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";

/** A run on disk. */
export interface FoundRun {
  /** Below the server's folder, with forward slashes; "" for the folder itself. */
  readonly folder: string;
  /** Changes whenever the results do. */
  readonly stamp: string;
  readonly changedAt: string;
}

/** Folders below the server's that are looked into. */
const depth = 3;
const skipped = new Set(["node_modules", "tasks", "cache", "images", "figures", "tables", "search"]);

/** Runs that have results, in and below a folder. */
export async function findRuns(root: string, below = "", left = depth): Promise<FoundRun[]> {
  const entries: Dirent[] = await readdir(path.join(root, below), { withFileTypes: true }).catch(() => []);
  const found: FoundRun[] = [];
  if (entries.some((entry) => entry.isFile() && entry.name === "results.json")) {
    const facts = await stat(path.join(root, below, "results.json")).catch(() => undefined);
    if (facts !== undefined) found.push({ folder: below, stamp: `${facts.size}:${facts.mtimeMs}`, changedAt: facts.mtime.toISOString() });
  }
  if (left === 0 || entries.length > 5000) return found;
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name.startsWith(".") || skipped.has(entry.name)) continue;
    found.push(...(await findRuns(root, below === "" ? entry.name : `${below}/${entry.name}`, left - 1)));
  }
  return found;
}
