import type { ReportCell, ReportTable } from "../contract.js";

/** A column: its head, its cell in a row, and whether the table has it (it does where left out). */
export interface ReportColumn<T> {
  readonly head: string;
  readonly of: (item: T) => ReportCell;
  readonly when?: boolean;
}

/** Head and rows of a table that has a row per item and some of these columns. */
export function keepColumns<T>(columns: readonly ReportColumn<T>[], items: readonly T[]): Pick<ReportTable, "head" | "rows"> {
  const kept = columns.filter(({ when = true }) => when);
  return { head: kept.map(({ head }) => head), rows: items.map((item) => kept.map(({ of }) => of(item))) };
}
