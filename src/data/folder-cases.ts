import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import type { Warning } from "../base/index.js";
import { DataError } from "../base/index.js";
import { withFileErrors } from "../files/index.js";
import { formats } from "../images/index.js";
import type { Case } from "./dataset.js";
import { isDicomImageFile } from "./dicom-cases.js";
import { bodyPartColumn, isMuraPath, muraCase } from "./mura-cases.js";
import type { CasesFound } from "./table-cases.js";

const extensions = new Set(Object.values(formats).flatMap((format) => format.extensions.map((extension) => `.${extension}`)));
const splitWords = new Set(["train", "training", "test", "testing", "val", "valid", "validation"]);
const deepest = 16;

/**
 * Reads cases from a folder with one folder per class, where images may lie deeper, or laid out as MURA is. Hidden files
 * are passed over.
 * @throws DataError `folder-classes` when there are no class folders
 */
export async function readFolderCases(folder: string): Promise<CasesFound> {
  const name = path.basename(path.resolve(folder));
  const { folders: classes, files: loose } = await list(folder);
  if (classes.length > 0 && isMuraPath(`${name}/${await firstFile(folder, classes)}`)) return readMuraCases(folder, name, classes, loose);
  if (classes.length === 0) {
    throw new DataError("folder-classes", `${name}: expected one folder per class, got ${loose.length} files and no folder. Sort the images into folders named by class, or give a CSV with file,label.`);
  }
  if (classes.every((label) => splitWords.has(label.toLowerCase()))) {
    throw new DataError("folder-classes", `${name}: expected folders named by class, got ${classes.join(", ")}. Give a CSV with file,label,split.`);
  }
  const warnings: Warning[] = [];
  const tables = loose.filter((file) => /\.(csv|tsv)$/i.test(file));
  if (tables.length > 0) warnings.push({ code: "table-not-read", message: `${name}: ${tables.join(", ")} was not read, as a folder was given. Give the table itself to use its columns.` });
  const cases: Case[] = [];
  const passed = loose.filter((file) => !tables.includes(file));
  for (const label of classes) {
    const before = cases.length;
    for (const id of await filesBelow(folder, label, deepest)) {
      if (!(await isImage(folder, id))) passed.push(id);
      else cases.push({ id, file: path.resolve(folder, id), label, fields: {} });
    }
    if (cases.length === before) warnings.push({ code: "empty-folder", message: `${name}: folder "${label}" has no PNG, JPEG or DICOM and makes no class.` });
  }
  if (passed.length > 0) warnings.push(passedOver(name, passed, "PNG, JPEG or DICOM of a class"));
  return { name, cases, columns: [], problems: [], warnings, filteredOut: 0 };
}

/** By its extension; DICOM files often have none, or what looks like one in a UID. */
async function isImage(root: string, id: string): Promise<boolean> {
  const extension = path.extname(id).toLowerCase();
  return extensions.has(extension) || (/^(\.\d+)?$/.test(extension) && (await isDicomImageFile(path.resolve(root, id))));
}

/** Path of the first file that lies deepest, going down the first folder each time. */
async function firstFile(root: string, classes: readonly string[]): Promise<string> {
  let below = classes[0]!;
  for (let depth = 0; depth < deepest; depth++) {
    const { folders, files } = await list(path.join(root, below));
    if (folders.length === 0) return `${below}/${files[0] ?? ""}`;
    below = `${below}/${folders[0]}`;
  }
  return below;
}

async function readMuraCases(folder: string, name: string, folders: readonly string[], loose: readonly string[]): Promise<CasesFound> {
  const files = (await Promise.all(folders.map((below) => filesBelow(folder, below, deepest)))).flat();
  const isCase = (id: string): boolean => isMuraPath(`${name}/${id}`) && extensions.has(path.extname(id).toLowerCase());
  const cases = files.filter(isCase).map((id) => muraCase(folder, id, name));
  const warnings: Warning[] = [];
  const passed = [...loose.filter((file) => !/\.csv$/i.test(file)), ...files.filter((id) => !isCase(id))];
  if (passed.length > 0) warnings.push(passedOver(name, passed, "an image of a study"));
  const splits = new Set(cases.map(({ split }) => split));
  if (splits.size === 1) return { name, cases: cases.map(({ split: _, ...rest }) => rest), columns: [bodyPartColumn], problems: [], warnings, filteredOut: 0 };
  warnings.push({ code: "published-split", message: `${name}: the folders train and valid were taken as the split: trained on train, tested on valid.` });
  return { name, cases, columns: [bodyPartColumn], problems: [], warnings, filteredOut: 0 };
}

function passedOver(name: string, passed: readonly string[], what: string): Warning {
  return { code: "passed-over", message: `${name}: ${passed.length} files are no ${what} and were passed over (${passed.slice(0, 3).join(", ")}${passed.length > 3 ? ", ..." : ""}).` };
}

/** Visible entries of a folder, sorted, links followed. */
async function list(folder: string): Promise<{ folders: string[]; files: string[] }> {
  const found: { folders: string[]; files: string[] } = { folders: [], files: [] };
  for (const entry of (await withFileErrors(folder, () => readdir(folder))).sort()) {
    if (entry.startsWith(".")) continue;
    const kind = await stat(path.join(folder, entry)).catch(() => undefined);
    if (kind?.isDirectory() === true) found.folders.push(entry);
    else found.files.push(entry);
  }
  return found;
}

/** Files below a class folder, relative to the root with forward slashes. Depth is bounded, as links may run in circles. */
async function filesBelow(root: string, below: string, depth: number): Promise<string[]> {
  const { folders, files } = await list(path.join(root, below));
  const deeper = depth === 0 ? [] : await Promise.all(folders.map((folder) => filesBelow(root, `${below}/${folder}`, depth - 1)));
  return [...files.map((file) => `${below}/${file}`), ...deeper.flat()];
}
