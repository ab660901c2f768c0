import { readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { DataError } from "../base/index.js";
import { withFileErrors } from "../files/index.js";

export interface TableRow {
  /** Line of the file on which the row ends, from 1. */
  readonly line: number;
  /** Cells by column name; undefined where the row has another number of cells than the header. */
  readonly cells: Readonly<Record<string, string>> | undefined;
  readonly cellCount: number;
}

export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
}

/**
 * Reads a CSV: UTF-8 with or without BOM, separated by commas, semicolons or tabs (whichever the header has most of),
 * quotes as RFC 4180, any line ends, empty lines skipped. Cells are trimmed.
 * @throws DataError `table-encoding`, `table-empty`, `table-columns`, `table-syntax`
 */
export async function readTable(file: string): Promise<Table> {
  const name = path.basename(file);
  const text = decodeText(await withFileErrors(file, () => readFile(file)), name);
  let records: { record: string[]; info: { lines: number } }[];
  try {
    records = parse(text, {
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as typeof records;
  } catch (cause) {
    throw new DataError("table-syntax", `${name}: expected a CSV table, got ${(cause as Error).message}. Check the quotes near that line.`, { cause });
  }
  const columns = records[0]?.record;
  if (columns === undefined) {
    throw new DataError("table-empty", `${name}: expected a header such as file,label and one line per image, got an empty file. Write the table anew.`);
  }
  checkColumns(columns, name);
  const rows = records.slice(1).filter(({ record }) => record.some((cell) => cell !== ""));
  return {
    name,
    columns,
    rows: rows.map(({ record, info }) => ({
      line: info.lines,
      cellCount: record.length,
      cells: record.length === columns.length ? Object.fromEntries(columns.map((column, i) => [column, record[i]!])) : undefined,
    })),
  };
}

function decodeText(bytes: Uint8Array, name: string): string {
  const refuse = (got: string): never => {
    throw new DataError("table-encoding", `${name}: expected text in UTF-8, got ${got}. Save it as "CSV UTF-8".`);
  };
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) refuse("UTF-16");
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) refuse("a spreadsheet file");
  if (bytes.includes(0)) refuse("binary data");
  try {
    // The decoder drops a byte order mark.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refuse("another encoding");
  }
}

/** The separator that the header, outside quotes, has most of. */
function delimiterOf(text: string): string {
  const header = text.slice(0, /\r|\n/.exec(text)?.index ?? text.length).replaceAll(/"[^"]*"/g, "");
  const count = (separator: string): number => header.split(separator).length;
  return [",", ";", "\t"].reduce((best, separator) => (count(separator) > count(best) ? separator : best));
}

function checkColumns(columns: readonly string[], name: string): void {
  const empty = columns.indexOf("");
  if (empty >= 0) throw new DataError("table-columns", `${name}: expected a name for every column, got none for column ${empty + 1}. Name it or remove it.`);
  const twice = columns.find((column, i) => columns.indexOf(column) !== i);
  if (twice !== undefined) throw new DataError("table-columns", `${name}: expected different column names, got "${twice}" twice. Rename one of them.`);
}
