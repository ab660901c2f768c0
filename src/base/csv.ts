const wouldRun = /^[=+\-@\t\r]/;
const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A cell of a CSV table (RFC 4180), empty where there is no value. Text that a spreadsheet would run as a formula is set apart by an apostrophe. */
export function csvCell(value: string | number | boolean | undefined): string {
  if (typeof value === "number") return String(value);
  const text = value === undefined ? "" : String(value);
  const safe = wouldRun.test(text) && !isNumber.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows of a CSV table, each ended. */
export function csvText(rows: readonly (readonly (string | number | boolean | undefined)[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(",")}\n`).join("");
}
