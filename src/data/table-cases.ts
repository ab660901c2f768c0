import { existsSync, statSync } from "node:fs";
import path from "node:path";
import type { Warning } from "../base/index.js";
import { DataError, InputError, editDistance, nearestName } from "../base/index.js";
import type { Case } from "./dataset.js";
import { parseBoxes } from "./parse-boxes.js";
import type { Table, TableRow } from "./read-table.js";
import { readTable } from "./read-table.js";
import type { RowProblem } from "./row-problem.js";

/** Meanings a column can have; every other column is free. */
const roles = ["file", "label", "patient", "unit", "group", "split", "region", "boxes"] as const;
type Role = (typeof roles)[number];

export interface TableOptions {
  /** Keep only rows whose column has this value, or one of these. */
  readonly where?: Readonly<Record<string, string | readonly string[]>>;
  /** Column that holds a meaning, where it is not named so: `{ label: "diagnosis" }`. */
  readonly columns?: Partial<Record<Role, string>>;
}

export interface CasesFound {
  readonly name: string;
  readonly cases: readonly Case[];
  readonly columns: readonly string[];
  readonly problems: readonly RowProblem[];
  readonly warnings: readonly Warning[];
  /** Rows that the filter left out. */
  readonly filteredOut: number;
}

/**
 * Reads cases from a CSV; files are relative to the table's folder.
 * @throws DataError `table-...`; InputError `unknown-column`, `where-empty`
 */
export async function readTableCases(file: string, options: TableOptions = {}): Promise<CasesFound> {
  const table = await readTable(file);
  const columnOf = assignRoles(table, options.columns ?? {});
  const rows = filterRows(table, options.where ?? {});
  const folder = path.dirname(path.resolve(file));
  const problems: RowProblem[] = [];
  const cases: Case[] = [];
  const lines: number[] = [];
  for (const row of rows) {
    const result = readRow(row, table, columnOf, folder);
    if ("reason" in result) problems.push(result);
    else {
      cases.push(result);
      lines.push(row.line);
    }
  }
  const kept = refuseRepeats(cases, lines, problems);
  problems.sort((a, b) => a.line! - b.line!);
  const used = new Set(columnOf.values());
  return { name: table.name, cases: kept, columns: table.columns.filter((column) => !used.has(column)), problems, warnings: nearColumns(table, columnOf), filteredOut: table.rows.length - rows.length };
}

function assignRoles(table: Table, given: Partial<Record<Role, string>>): Map<Role, string> {
  const columnOf = new Map<Role, string>();
  for (const role of roles) {
    const wanted = given[role];
    if (wanted !== undefined && !table.columns.includes(wanted)) throw unknownColumn(wanted, table);
    // "mask" is what many tables call the region.
    const names = role === "region" ? ["region", "mask"] : [role];
    const found = wanted ?? table.columns.find((column) => names.includes(column.toLowerCase()));
    if (found !== undefined) columnOf.set(role, found);
  }
  for (const role of ["file", "label"] as const) {
    if (columnOf.has(role)) continue;
    const nearest = nearestName(role, table.columns);
    throw new DataError(
      "table-columns",
      `${table.name}: expected a column "${role}", got ${table.columns.join(", ")}. ${nearest === undefined ? `Add it` : `Rename "${nearest}" if that is meant`}, or say which column it is.`,
    );
  }
  return columnOf;
}

function unknownColumn(column: string, table: Pick<Table, "name" | "columns">): InputError {
  const nearest = nearestName(column, table.columns);
  return new InputError("unknown-column", `column "${column}": expected one of ${table.columns.join(", ")} of ${table.name}, got "${column}". ${nearest === undefined ? "Name one of them" : `Did you mean "${nearest}"?`}${nearest === undefined ? "." : ""}`);
}

/**
 * Rows that meet every condition.
 * @throws InputError `unknown-column`, `where-empty`
 */
export function filterRows<Row extends Pick<TableRow, "cells">>(table: { readonly name: string; readonly columns: readonly string[]; readonly rows: readonly Row[] }, where: NonNullable<TableOptions["where"]>): readonly Row[] {
  const conditions = Object.entries(where).map(([column, value]) => {
    if (!table.columns.includes(column)) throw unknownColumn(column, table);
    const values = typeof value === "string" ? [value] : value;
    const known = [...new Set(table.rows.flatMap(({ cells }) => (cells === undefined ? [] : [cells[column]!])))];
    const missing = values.find((wanted) => !known.includes(wanted));
    if (missing !== undefined) {
      throw new InputError("where-empty", `where ${column}=${missing}: expected a value of that column (${known.slice(0, 12).join(", ")}${known.length > 12 ? ", ..." : ""}), got "${missing}". Correct the filter.`);
    }
    return { column, values };
  });
  // A row with a wrong number of cells cannot be filtered: it stays and is reported.
  const rows = table.rows.filter(({ cells }) => cells === undefined || conditions.every(({ column, values }) => values.includes(cells[column]!)));
  if (conditions.length > 0 && !rows.some(({ cells }) => cells !== undefined)) {
    throw new InputError("where-empty", `where: expected rows that meet ${conditions.map(({ column, values }) => `${column}=${values.join("|")}`).join(" and ")}, got none. Loosen the filter.`);
  }
  return rows;
}

function readRow(row: TableRow, table: Table, columnOf: ReadonlyMap<Role, string>, folder: string): Case | RowProblem {
  const { cells, line } = row;
  if (cells === undefined) {
    return { code: "row-cells", file: "", line, reason: `expected ${table.columns.length} cells, got ${row.cellCount}; quote cells that hold the separator` };
  }
  const cell = (role: Role): string | undefined => {
    const column = columnOf.get(role);
    return column === undefined ? undefined : cells[column];
  };
  const id = cell("file")!;
  const problem = (code: string, reason: string): RowProblem => ({ code, file: id, line, reason });
  if (id === "") return problem("file-empty", "the file is empty");
  const label = cell("label")!;
  if (label === "") return problem("label-empty", "the label is empty");
  const file = findFile(folder, id);
  if (file === undefined) return problem("file-missing", "no such file");
  if (!statSync(file).isFile()) return problem("file-missing", "a folder and no file");
  if (cell("patient") === "") return problem("patient-empty", "the patient is empty, so it cannot be kept on one side of a split");
  const regionCell = cell("region") || undefined;
  const region = regionCell === undefined ? undefined : findFile(folder, regionCell);
  if (regionCell !== undefined && region === undefined) return problem("region-missing", `no such mask file ${regionCell}`);
  const boxesCell = cell("boxes") || undefined;
  const boxes = boxesCell === undefined ? undefined : parseBoxes(boxesCell);
  if (boxesCell !== undefined && boxes === undefined) return problem("boxes", `expected boxes as "row column height width; ...", got "${boxesCell}"`);
  const used = new Set(columnOf.values());
  const fields = Object.fromEntries(Object.entries(cells).filter(([column]) => !used.has(column)));
  return { id, file, label, patient: cell("patient"), unit: cell("unit") || undefined, group: cell("group") || undefined, split: cell("split") || undefined, region, boxes, fields };
}

/** The file as written, with a Windows separator, or with its letters composed another way. */
function findFile(folder: string, cell: string): string | undefined {
  const spellings = [cell, cell.replaceAll("\\", "/"), cell.normalize("NFC"), cell.normalize("NFD")];
  return spellings.map((spelling) => path.resolve(folder, spelling)).find((file) => existsSync(file));
}

/** Keeps the first row of every file; where a file has two labels none of its rows, as nobody knows which is right. */
function refuseRepeats(cases: readonly Case[], lines: readonly number[], problems: RowProblem[]): Case[] {
  const rowsOf = new Map<string, number[]>();
  cases.forEach(({ file }, i) => rowsOf.set(file, [...(rowsOf.get(file) ?? []), i]));
  return cases.filter(({ file, id }, i) => {
    const rows = rowsOf.get(file)!;
    if (rows.length === 1) return true;
    const labels = [...new Set(rows.map((row) => cases[row]!.label))];
    if (labels.length > 1) {
      problems.push({ code: "two-labels", file: id, line: lines[i], reason: `one image with the labels ${labels.join(" and ")} (lines ${rows.map((row) => lines[row]).join(", ")})` });
      return false;
    }
    if (rows[0] === i) return true;
    problems.push({ code: "listed-twice", file: id, line: lines[i], reason: `listed already on line ${lines[rows[0]!]}` });
    return false;
  });
}

/** Columns that look like a misspelled meaning, such as "pateint" or "patient_id". */
function nearColumns(table: Table, columnOf: ReadonlyMap<Role, string>): Warning[] {
  return roles.flatMap((role) => {
    if (columnOf.has(role)) return [];
    const near = table.columns.find((column) => {
      const lower = column.toLowerCase();
      return editDistance(lower, role) <= 2 || lower.startsWith(`${role}_`) || lower.startsWith(`${role} `) || lower === `${role}s` || lower === `${role}id`;
    });
    if (near === undefined) return [];
    return [{ code: "near-column", message: `${table.name}: column "${near}" was read as a free column. If it holds the ${role}, rename it to "${role}".` }];
  });
}
