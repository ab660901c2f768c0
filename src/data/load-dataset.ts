import { stat } from "node:fs/promises";
import type { Warning } from "../base/index.js";
import { DataError, InputError } from "../base/index.js";
import { sha256, withFileErrors } from "../files/index.js";
import type { Case, Dataset, SetAside } from "./dataset.js";
import { countLabels } from "./dataset.js";
import { describeDicom, type DicomCasesOptions } from "./dicom-cases.js";
import { readFolderCases } from "./folder-cases.js";
import type { RowProblem } from "./row-problem.js";
import { problemsError, toSetAside } from "./row-problem.js";
import type { CasesFound, TableOptions } from "./table-cases.js";
import { filterRows, readTableCases } from "./table-cases.js";

export interface LoadOptions extends TableOptions, DicomCasesOptions {
  /** Set bad rows and files aside, with the reason, instead of refusing the data set. */
  readonly skipBad?: boolean;
  /** Classes in the order of the network's outputs; a case with another label is bad. Sorted by default. */
  readonly labels?: readonly string[];
}

/**
 * Loads a folder with one folder per class or laid out as MURA, or a CSV with `file,label` and optional `patient`, `unit`,
 * `group`, `split`, `region` (or `mask`), `boxes` and free columns. Images are not opened: see `checkImages`; but
 * for the headers of DICOM files, whose patients are named by pseudonyms, and which fill columns on how they were taken.
 * @throws DataError listing every bad line (`dataset-rows`, or the code they share: `file-missing`, `label-empty`,
 *   `two-labels`, `listed-twice`, `patient-empty`, `unit-mixed`, ...), `one-class`, `no-cases`, `table-...`, `folder-classes`;
 *   InputError `unknown-column`, `where-empty`, `where-folder`
 */
export async function loadDataset(source: string, options: LoadOptions = {}): Promise<Dataset> {
  const isFolder = (await withFileErrors(source, () => stat(source))).isDirectory();
  const found = isFolder ? filterFolder(await readFolderCases(source), options) : await readTableCases(source, options);
  const problems = [...found.problems];
  const cases = refuseMixedUnits(keepKnownLabels(found, options.labels, problems), problems);
  const named = await describeDicom(cases, options);
  const shown = problems.map((problem) => ({ ...problem, file: named.hide(problem.file), reason: named.hide(problem.reason) }));
  if (problems.length > 0 && options.skipBad !== true) throw problemsError(found.name, shown);
  return assembleDataset({
    name: found.name,
    cases: named.cases,
    columns: [...found.columns, ...named.columns.filter((column) => !found.columns.includes(column))],
    labels: options.labels,
    warnings: [...found.warnings.map((warning) => ({ ...warning, message: named.hide(warning.message) })), ...named.warnings],
    setAside: toSetAside(shown),
    filteredOut: found.filteredOut,
  });
}

/** The cases of a folder that the filter keeps, where the folder's layout says more of them than the class. */
function filterFolder(found: CasesFound, { where = {}, columns = {} }: LoadOptions): CasesFound {
  const isAsked = Object.keys(where).length > 0 || Object.keys(columns).length > 0;
  if (!isAsked) return found;
  if (found.columns.length === 0 || Object.keys(columns).length > 0) {
    throw new InputError("where-folder", "where: expected a CSV whose columns can be filtered, got a folder. Give the table, or leave the filter out.");
  }
  const kept = filterRows({ name: found.name, columns: found.columns, rows: found.cases.map((one) => ({ cells: one.fields, one })) }, where).map(({ one }) => one);
  return { ...found, cases: kept, filteredOut: found.cases.length - kept.length };
}

/** A unit of decision has one label and one patient: the cases of one that has not are problems. */
function refuseMixedUnits(cases: readonly Case[], problems: RowProblem[]): readonly Case[] {
  const said = new Map<string, { labels: Set<string>; patients: Set<string | undefined> }>();
  for (const { unit, label, patient } of cases) {
    if (unit === undefined) continue;
    const own = said.get(unit) ?? { labels: new Set(), patients: new Set() };
    said.set(unit, { labels: own.labels.add(label), patients: own.patients.add(patient) });
  }
  return cases.filter(({ id, unit }) => {
    if (unit === undefined) return true;
    const { labels, patients } = said.get(unit)!;
    if (labels.size === 1 && patients.size === 1) return true;
    const reason = labels.size > 1 ? `the labels ${[...labels].join(" and ")}` : `${patients.size} patients`;
    problems.push({ code: "unit-mixed", file: id, reason: `its unit has ${reason}; a unit is decided on as one` });
    return false;
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
  const told = cases.map(({ id, label, patient, group, split, boxes, polygons, unit }) => [id, label, patient, group, split, boxes, ...(polygons === undefined ? [] : [polygons]), ...(unit === undefined ? [] : [{ unit }])]);
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
