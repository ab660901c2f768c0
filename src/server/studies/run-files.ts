import { readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { notFound } from "../http/refusal.js";

/** What may be downloaded of a run: what it made to be read. Caches, checkpoints and settings of the server are not among it. */
const offered = /^(report\.html|checklist\.(html|csv)|model-card\.md|results\.json|predictions\.csv|honest\.csv|external\.csv|leaks\.csv|reads\.csv|readers\.json|tables\/[\w.-]+|figures\/[\w.-]+)$/;

const types: Readonly<Record<string, string>> = { ".html": "text/html; charset=utf-8", ".csv": "text/csv; charset=utf-8", ".json": "application/json", ".md": "text/markdown; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png", ".tex": "text/x-tex; charset=utf-8" };

export function mediaTypeOf(name: string): string {
  return types[path.extname(name)] ?? "application/octet-stream";
}

export async function listRunFiles(folder: string): Promise<{ name: string; bytes: number; mediaType: string }[]> {
  const names: string[] = [];
  for (const below of ["", "tables", "figures"]) {
    const entries = await readdir(path.join(folder, below), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) if (entry.isFile()) names.push(below === "" ? entry.name : `${below}/${entry.name}`);
  }
  const listed: { name: string; bytes: number; mediaType: string }[] = [];
  for (const name of names.filter((one) => offered.test(one)).sort()) listed.push({ name, bytes: (await stat(path.join(folder, name))).size, mediaType: mediaTypeOf(name) });
  return listed;
}

/** Path of a file that may be downloaded. @throws Refusal 404 for any other, and for a link that leads elsewhere */
export async function openRunFile(folder: string, name: string): Promise<string> {
  if (!offered.test(name)) throw notFound("file");
  const [root, file] = [await realpath(folder), await realpath(path.join(folder, name)).catch(() => undefined)];
  if (file === undefined || !file.startsWith(root + path.sep) || !(await stat(file)).isFile()) throw notFound("file");
  return file;
}
