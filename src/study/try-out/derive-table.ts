import { readTable } from "../../data/index.js";
import { writeFileAtomic } from "../../files/index.js";
import { csvText } from "../../base/index.js";

export interface TableChanges {
  /** Rows whose column has one of these values. */
  readonly where?: Readonly<Record<string, readonly string[]>>;
  /** New names of columns. */
  readonly rename?: Readonly<Record<string, string>>;
  readonly drop?: readonly string[];
}

/** Writes a table beside another one, with fewer rows or columns of other names. Files keep their paths, so it stays in the same folder. */
export async function deriveTable(source: string, target: string, { where = {}, rename = {}, drop = [] }: TableChanges): Promise<void> {
  const { columns, rows } = await readTable(source);
  const kept = columns.filter((column) => !drop.includes(column));
  const chosen = rows.flatMap(({ cells }) => (cells !== undefined && Object.entries(where).every(([column, values]) => values.includes(cells[column]!)) ? [cells] : []));
  await writeFileAtomic(target, csvText([kept.map((column) => rename[column] ?? column), ...chosen.map((cells) => kept.map((column) => cells[column]!))]));
}
