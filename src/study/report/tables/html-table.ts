import type { ReportCell, ReportTable } from "../contract.js";
import { decimal, estimateCell, pValue, table } from "../format.js";
import { html, Html } from "../html.js";

/** Characters up to which a text stays on one line. */
const shortText = 36;

/** A name that may be broken after its slashes. */
function breakable(name: string): Html[] {
  return name.split(/(?<=\/)/).map((part, i) => html`${i > 0 && new Html("<wbr>")}${part}`);
}

/** Whether a column holds plain numbers, which stand at its right. */
function isNumeric(rows: ReportTable["rows"], column: number): boolean {
  const cells = rows.map((row) => row[column]).filter((cell) => cell !== undefined && cell !== "");
  return cells.length > 0 && cells.every((cell) => typeof cell === "number" || (typeof cell === "object" && "p" in cell));
}

/** A cell as the page prints it. */
function cellOf(cell: ReportCell, { isName, isNumber }: { readonly isName: boolean; readonly isNumber: boolean }): Html {
  if (cell === undefined) return html`<td class="none${isNumber && " number"}">–</td>`;
  if (typeof cell === "string") return isName ? html`<td class="name">${breakable(cell)}</td>` : html`<td class="${cell.length > shortText ? "long" : "short"}">${cell}</td>`;
  if (typeof cell === "number") return html`<td class="number">${Number.isInteger(cell) ? cell : decimal(cell)}</td>`;
  if ("p" in cell) return html`<td class="number">${pValue(cell.p)}</td>`;
  return estimateCell(cell);
}

/** A table of the report as the page prints it, with its note below. */
export function htmlTable({ head, rows, note, names = 1 }: ReportTable): Html {
  const numeric = head.map((_, column) => isNumeric(rows, column));
  return table(head, rows.map((row) => html`<tr>${row.map((cell, column) => cellOf(cell, { isName: column < names, isNumber: numeric[column] === true }))}</tr>`), note, numeric);
}
