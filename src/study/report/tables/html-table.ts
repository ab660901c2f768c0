import type { ReportCell, ReportTable } from "../contract.js";
import { decimal, estimateCell, pValue, table } from "../format.js";
import { html, type Html } from "../html.js";

/** A cell as the page prints it. */
function cellOf(cell: ReportCell, isName: boolean): Html {
  if (cell === undefined) return html`<td class="none">–</td>`;
  if (typeof cell === "string") return isName ? html`<td class="name">${cell}</td>` : html`<td>${cell}</td>`;
  if (typeof cell === "number") return html`<td class="number">${Number.isInteger(cell) ? cell : decimal(cell)}</td>`;
  if ("p" in cell) return html`<td class="number">${pValue(cell.p)}</td>`;
  return estimateCell(cell);
}

/** A table of the report as the page prints it, with its note below. */
export function htmlTable({ head, rows, note, names = 1 }: ReportTable): Html {
  return table(head, rows.map((row) => html`<tr>${row.map((cell, column) => cellOf(cell, column < names))}</tr>`), note);
}
