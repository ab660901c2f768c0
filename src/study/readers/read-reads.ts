import { DataError, nearestName } from "../../base/index.js";
import { readTable, type Table, type TableRow } from "../../data/index.js";
import { caseFinder } from "./find-case.js";
import { conditionOf, conditionWords, type JoinedRead, type ReadsTable } from "./reads.js";

const known = ["reader", "case", "label", "confidence", "group", "condition", "seconds", "session", "simulated"] as const;
type ColumnName = (typeof known)[number];

/** Problems that are listed; the rest are counted. */
const shown = 10;

export interface JoinOptions {
  /** Ids of the run's cases. */
  readonly cases: readonly string[];
  readonly labels: readonly string[];
  /** Leave bad rows out and count them, instead of refusing the table. */
  readonly skipBad?: boolean;
  /** Name of the table in messages; the file's where left out. */
  readonly name?: string;
}

/** What is wrong with a cell, as `line 4, column label: ...`. */
class BadCell extends Error {
  readonly code: string;
  constructor(code: string, line: number, column: string, problem: string) {
    super(`line ${line}${column === "" ? "" : `, column ${column}`}: ${problem}`);
    this.code = code;
  }
}

/**
 * Reads `reader,case,label[,confidence][,group][,condition][,seconds]` and joins it to a run's cases.
 * @throws DataError `reads-columns`, and one of `reads-case`, `reads-label`, `reads-twice`, `reads-reader`, `reads-group`,
 *   `reads-condition`, `reads-number`, `reads-cells`, or `reads-rows` where they differ, naming lines and columns
 */
export async function readReads(file: string, options: JoinOptions): Promise<ReadsTable> {
  const found = await readTable(file);
  const table = { ...found, name: options.name ?? found.name };
  const columnOf = findColumns(table);
  const join = rowJoiner(columnOf, options);
  const problems: BadCell[] = [];
  const reads: JoinedRead[] = [];
  let simulated = 0;
  for (const row of table.rows) {
    try {
      reads.push(join(row));
      if (isYes(row.cells![columnOf.get("simulated") ?? ""] ?? "")) simulated += 1;
    } catch (error) {
      if (!(error instanceof BadCell)) throw error;
      problems.push(error);
    }
  }
  if (problems.length > 0 && options.skipBad !== true) throw problemsError(table.name, problems);
  if (reads.length === 0) throw new DataError("reads-empty", `${table.name}: expected reads, got none that can be used. Write one line per reader and case.`);
  return { reads, simulated: simulated > 0, warnings: warningsOf(table, problems, { reads: reads.length, simulated, columnOf }) };
}

const isYes = (cell: string): boolean => ["yes", "true", "1"].includes(cell.toLowerCase());

function findColumns({ name, columns }: Table): ReadonlyMap<ColumnName, string> {
  const columnOf = new Map<ColumnName, string>();
  for (const role of known) {
    const found = columns.find((column) => column.toLowerCase() === role);
    if (found !== undefined) columnOf.set(role, found);
  }
  for (const role of ["reader", "case", "label"] as const) {
    if (columnOf.has(role)) continue;
    const nearest = nearestName(role, columns.filter((column) => ![...columnOf.values()].includes(column)));
    throw new DataError("reads-columns", `${name}: expected the columns reader, case and label, got ${columns.join(", ")}. ${nearest === undefined ? `Add "${role}"` : `Rename "${nearest}" to "${role}" if that is meant, or add it`}.`);
  }
  return columnOf;
}

/** Reads one row after another; what earlier rows said of a reader or a case is held against later ones. */
function rowJoiner(columnOf: ReadonlyMap<ColumnName, string>, { cases, labels }: JoinOptions): (row: TableRow) => JoinedRead {
  const find = caseFinder(cases);
  const seen = new Map<string, number>();
  const groupOf = new Map<string, { group: string; line: number }>();
  return ({ cells, line, cellCount }) => {
    if (cells === undefined) throw new BadCell("reads-cells", line, "", `expected as many cells as the header, got ${cellCount}. Quote cells that hold the separator.`);
    const cell = (name: ColumnName): string => cells[columnOf.get(name) ?? ""] ?? "";
    const bad = (code: string, column: ColumnName, problem: string): BadCell => new BadCell(code, line, columnOf.get(column)!, problem);

    const reader = cell("reader");
    if (reader === "") throw bad("reads-reader", "reader", "expected a name, got nothing. Fill the cell.");
    const match = find(cell("case"));
    if (!("index" in match)) throw bad("reads-case", "case", describeMiss(cell("case"), match.candidates.map((i) => cases[i]!), cases));
    const label = findLabel(cell("label"), labels);
    if (label === undefined) throw bad("reads-label", "label", describeLabel(cell("label"), labels));
    const condition = conditionOf(cell("condition"));
    if (condition === undefined) {
      const nearest = nearestName(cell("condition").toLowerCase(), conditionWords);
      throw bad("reads-condition", "condition", `expected alone or aided, got "${cell("condition")}".${nearest === undefined ? " Correct the cell." : ` Did you mean "${nearest}"?`}`);
    }
    const [confidence, seconds] = (["confidence", "seconds"] as const).map((name) => {
      if (cell(name) === "") return undefined;
      const value = Number(cell(name));
      if (Number.isFinite(value) && value >= 0) return value;
      throw bad("reads-number", name, `expected a number from 0, got "${cell(name)}". Correct the cell or leave it empty.`);
    });
    const group = cell("group");
    const before = groupOf.get(reader);
    if (before !== undefined && before.group !== group) throw bad("reads-group", "group", `expected one group per reader, got "${group}" after "${before.group}" on line ${before.line}. Correct one of them.`);
    const key = JSON.stringify([reader, match.index, condition]);
    if (seen.has(key)) throw bad("reads-twice", "case", `expected one read of a case by a reader under a condition, got a second one after line ${seen.get(key)}. Keep one.`);
    if (before === undefined) groupOf.set(reader, { group, line });
    seen.set(key, line);
    return { reader, index: match.index, label, condition, ...(group !== "" && { group }), ...(confidence !== undefined && { confidence }), ...(seconds !== undefined && { seconds }) };
  };
}

/** A label as the run writes it, or written in other cases where that is one only. */
function findLabel(cell: string, labels: readonly string[]): number | undefined {
  const exact = labels.indexOf(cell);
  if (exact >= 0) return exact;
  const alike = labels.flatMap((label, k) => (label.toLowerCase() === cell.toLowerCase() ? [k] : []));
  return alike.length === 1 ? alike[0] : undefined;
}

function describeLabel(cell: string, labels: readonly string[]): string {
  const nearest = nearestName(cell, labels);
  return `expected one of ${labels.join(", ")}, got "${cell}".${nearest === undefined ? " Correct the cell." : ` Did you mean "${nearest}"?`}`;
}

/** Cases that are searched for a near name: every distance costs. */
const searched = 2000;

function describeMiss(cell: string, candidates: readonly string[], cases: readonly string[]): string {
  if (candidates.length > 1) return `expected one case, got "${cell}", which ${candidates.length} cases have (${candidates.slice(0, 3).join(", ")}${candidates.length > 3 ? ", ..." : ""}). Write the whole id.`;
  const names = cases.slice(0, searched).map((id) => (cell.includes("/") ? id : id.slice(id.lastIndexOf("/") + 1)));
  const nearest = nearestName(cell, names);
  return `expected a case of the run, got "${cell}".${nearest === undefined ? ` Its cases are named like ${cases[0]}.` : ` Did you mean "${nearest}"?`}`;
}

function problemsError(name: string, problems: readonly BadCell[]): DataError {
  const codes = new Set(problems.map(({ code }) => code));
  const list = problems.slice(0, shown).map(({ message }) => `  ${message}`).join("\n");
  const more = problems.length > shown ? `\n  and ${problems.length - shown} more` : "";
  return new DataError(
    codes.size === 1 ? [...codes][0]! : "reads-rows",
    `${name}: expected reads of the run's cases, got ${problems.length === 1 ? "1 problem" : `${problems.length} problems`}:\n${list}${more}\nMend these lines, or leave them out with skipBad (--skip-bad).`,
  );
}

function warningsOf(table: Table, problems: readonly BadCell[], { reads, simulated, columnOf }: { reads: number; simulated: number; columnOf: ReadonlyMap<ColumnName, string> }): string[] {
  const used = new Set(columnOf.values());
  const free = table.columns.filter((column) => !used.has(column));
  return [
    ...(problems.length > 0 ? [`${table.name}: ${problems.length} of ${table.rows.length} lines were left out (${problems[0]!.message})`] : []),
    ...(simulated > 0 && simulated < reads ? [`${table.name}: ${simulated} of ${reads} reads are marked as simulated; all are taken for simulated.`] : []),
    ...(free.length > 0 ? [`${table.name}: columns that say nothing here were not read: ${free.join(", ")}.`] : []),
  ];
}

