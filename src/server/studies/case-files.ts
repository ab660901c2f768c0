import type { Dirent } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Case, findPreparedFrame } from "../../data/index.js";
import { sha256 } from "../../files/index.js";
import type { StudyResults } from "../../study/index.js";
import { LatestUsed } from "./latest-used.js";
import type { RunCatalog, StudyRow } from "./run-catalog.js";

const dataRoom = () => import("../../data/index.js");

const skipped = new Set(["node_modules", "tasks", "cache", "images", "figures"]);

/** Files and folders of a name in and below a folder. */
async function findNamed(folder: string, name: string, depth: number): Promise<string[]> {
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch(() => []);
  if (entries.length > 5000) return entries.some((entry) => entry.name === name) ? [path.join(folder, name)] : [];
  const found = entries.filter((entry) => entry.name === name).map(() => path.join(folder, name));
  if (depth === 0) return found;
  for (const entry of entries) {
    if (entry.isDirectory() && !entry.name.startsWith(".") && !skipped.has(entry.name)) found.push(...(await findNamed(path.join(folder, entry.name), name, depth - 1)));
  }
  return found;
}

/** Images of a study's cases: the originals where its table or folder is at hand, else what the run has prepared. */
export class CaseFiles {
  readonly #catalog: RunCatalog;
  readonly #tables: readonly string[];
  readonly #cases = new LatestUsed<string, Promise<ReadonlyMap<string, Case>>>(4);
  readonly #bytes = new LatestUsed<string, Promise<Buffer | undefined>>(16);

  /** @param tables tables and folders named by the administrator */
  constructor(catalog: RunCatalog, tables: readonly string[]) {
    this.#catalog = catalog;
    this.#tables = tables;
  }

  /** The study's cases as its table has them now, by name; none where no table of its name and content is at hand. */
  cases(row: StudyRow, results: StudyResults): Promise<ReadonlyMap<string, Case>> {
    return this.#cases.get(`${row.id} ${row.stamp}`, () => this.#open(row, results));
  }

  async #open(row: StudyRow, { data }: StudyResults): Promise<ReadonlyMap<string, Case>> {
    const { loadDataset } = await dataRoom();
    const run = this.#catalog.folderOf(row);
    const own = this.#tables.filter((table) => path.basename(table) === data.source);
    // A run's data often lie beside it, even where the run's folder itself is served.
    const beside = row.folder === "" ? path.dirname(run) : this.#catalog.root;
    for (const table of new Set([...own, ...(await findNamed(path.dirname(run), data.source, 1)), ...(await findNamed(beside, data.source, 3))])) {
      const dataset = await loadDataset(table, { where: data.where, skipBad: true }).catch(() => undefined);
      if (dataset !== undefined && dataset.cases.length >= data.cases) return new Map(dataset.cases.map((one) => [one.id, one]));
    }
    return new Map();
  }

  /** Bytes of the original image, if they are still those that the study saw. */
  async original(row: StudyRow, results: StudyResults, { name, imageSha256 }: { readonly name: string; readonly imageSha256: string | null }): Promise<Buffer | undefined> {
    const found = (await this.cases(row, results)).get(name);
    if (found === undefined) return undefined;
    return this.#bytes.get(`${found.file} ${imageSha256}`, async () => {
      const bytes = await readFile(found.file).catch(() => undefined);
      return bytes !== undefined && (imageSha256 === null || sha256(bytes) === imageSha256) ? bytes : undefined;
    });
  }

  /** The image as networks saw it. */
  async prepared(row: StudyRow, imageSha256: string | null): ReturnType<typeof findPreparedFrame> {
    return imageSha256 === null ? undefined : (await dataRoom()).findPreparedFrame(path.join(this.#catalog.folderOf(row), "cache", "images"), imageSha256);
  }
}
