import { stat } from "node:fs/promises";
import type { Warning } from "../base/index.js";
import { DataError, InputError } from "../base/index.js";
import { sha256, withFileErrors } from "../files/index.js";
import type { Case, Dataset, SetAside } from "./dataset.js";
import { countLabels } from "./dataset.js";
import { readFolderCases } from "./folder-cases.js";
import type { RowProblem } from "./row-problem.js";
import { problemsError, toSetAside } from "./row-problem.js";
import type { CasesFound, TableOptions } from "./table-cases.js";
import { readTableCases } from "./table-cases.js";

export interface LoadOptions extends TableOptions {
  /** Set bad rows and files aside, with the reason, instead of refusing the data set. */
  readonly skipBad?: boolean;
  /** Classes in the order of the network's outputs; a case with another label is bad. Sorted by default. */
  readonly labels?: readonly string[];
}

/**
 * Loads a folder with one folder per class, or a CSV with `file,label` and optional `patient`, `group`, `split`,
 * `region` (or `mask`), `boxes` and free columns. Images are not opened: see `checkImages`.
 * @throws DataError listing every bad line (`dataset-rows`, or the code they share: `file-missing`, `label-empty`,
 *   `two-labels`, `listed-twice`, `patient-empty`, ...), `one-class`, `no-cases`, `table-...`, `folder-classes`;
 *   InputError `unknown-column`, `where-empty`, `where-folder`
 */
export async function loadDataset(source: string, options: LoadOptions = {}): Promise<Dataset> {
  const isFolder = (await withFileErrors(source, () => stat(source))).isDirectory();
  if (isFolder && (Object.keys(options.where ?? {}).length > 0 || Object.keys(options.columns ?? {}).length > 0)) {
    throw new InputError("where-folder", "where: expected a CSV whose columns can be filtered, got a folder. Give the table, or leave the filter out.");
  }
  const found = isFolder ? await readFolderCases(source) : await readTableCases(source, options);
  const problems = [...found.problems];
  const cases = keepKnownLabels(found, options.labels, problems);
  if (problems.length > 0 && options.skipBad !== true) throw problemsError(found.name, problems);
  return assembleDataset({
    name: found.name,
    cases,
    columns: found.columns,
    labels: options.labels,
    warnings: found.warnings,
    setAside: toSetAside(problems),
    filteredOut: found.filteredOut,
  });
}

function keepKnownLabels({ cases }: CasesFound, labels: readonly string[] | undefined, problems: RowProblem[]): readonly Case[] {
  if (labels === undefined) return cases;
  return cases.filter(({ id, label }) => {
    if (labels.includes(label)) return true;
    problems.push({ code: "label-unknown", file: id, reason: `label "${label}" is none of ${labels.join(", ")}` });
    return false;
  });
}

export interface DatasetParts {
  readonly name: string;
  readonly cases: readonly Case[];
  readonly columns: readonly string[];
  readonly labels?: readonly string[];
  readonly warnings: readonly Warning[];
  readonly setAside: readonly SetAside[];
  readonly filteredOut: number;
}

/** Warnings that follow from the cases themselves, made anew whenever these change. */
const derivedWarnings = ["no-patients", "tiny-class", "set-aside"];

/**
 * Puts a data set together: classes, hash, warnings about patients, small classes and what was set aside.
 * @throws DataError `no-cases`, `one-class`
 */
export function assembleDataset({ name, cases, columns, labels: given, warnings, setAside, filteredOut }: DatasetParts): Dataset {
  if (cases.length === 0) throw new DataError("no-cases", `${name}: expected labelled images, got none${setAside.length > 0 ? ` (${setAside.length} set aside)` : ""}. Check the table or folder.`);
  const present = [...new Set(cases.map(({ label }) => label))].sort();
  if (present.length === 1) throw new DataError("one-class", `${name}: expected at least 2 classes, got only "${present[0]}". Add cases of another class or loosen the filter.`);
  const labels = given ?? present;
  const hasPatients = cases.every(({ patient }) => patient !== undefined);
  const told = cases.map(({ id, label, patient, group, split, boxes, polygons }) => [id, label, patient, group, split, boxes, ...(polygons === undefined ? [] : [polygons])]);
  return {
    name,
    cases,
    labels,
    columns,
    hasPatients,
    warnings: [...warnings.filter(({ code }) => !derivedWarnings.includes(code)), ...warningsOf(name, cases, labels, hasPatients, setAside)],
    setAside,
    filteredOut,
    sha256: sha256(JSON.stringify([labels, told])),
  };
}

const tiny = 10;

function warningsOf(name: string, cases: readonly Case[], labels: readonly string[], hasPatients: boolean, setAside: readonly SetAside[]): Warning[] {
  const warnings: Warning[] = [];
  if (!hasPatients) {
    warnings.push({ code: "no-patients", message: `${name} names no patients: every image counts as another patient, and if some share one, the results are too good. Add a column "patient".` });
  }
  countLabels(cases, labels).forEach((count, k) => {
    if (count < tiny) warnings.push({ code: "tiny-class", message: `${name}: class "${labels[k]}" has ${count} ${count === 1 ? "case" : "cases"}; figures about it will be very uncertain.` });
  });
  if (setAside.length > 0) warnings.push({ code: "set-aside", message: `${name}: ${setAside.length} of ${setAside.length + cases.length} cases were set aside (${setAside[0]!.file}: ${setAside[0]!.reason}${setAside.length > 1 ? "; ..." : ""}).` });
  return warnings;
}
