import { isEstimate, type Estimated } from "../results.js";
import { html, type Content, type Html } from "./html.js";

/** 0.9357 -> "0.936"; what rounds to zero has no sign. */
export function decimal(value: number, digits = 3): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text;
}

/** Digits that tell a figure from its limits: three, or as many more as a narrow interval needs. */
export function digitsOf({ lower, upper }: { readonly lower: number; readonly upper: number }): number {
  const width = upper - lower;
  return width > 0 && width < 0.01 ? Math.min(6, Math.ceil(-Math.log10(width)) + 1) : 3;
}

/** "McNemar exact, exchanging whole patients" -> "McNemar's exact test, exchanging whole patients". */
export function testName(method: string): string {
  return method.replace(/^McNemar (exact|mid-p)/, "McNemar's $1 test").replace(/^exact McNemar$/, "McNemar's exact test");
}

/** An exact p-value as it is printed: three decimals, or "< 0.001". */
export function pValue(p: number): string {
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}

/** "0.936 (0.873 to 0.969)", or "not estimable". */
export function estimateText(value: Estimated): string {
  if (!isEstimate(value)) return "not estimable";
  const digits = digitsOf(value);
  return `${decimal(value.estimate, digits)} (${decimal(value.lower, digits)} to ${decimal(value.upper, digits)})`;
}

/** The same over two lines, for a table cell; the method is the tooltip. */
export function estimateCell(value: Estimated | undefined): Html {
  if (value === undefined) return html`<td class="none">–</td>`;
  if (!isEstimate(value)) return html`<td class="none" title="${value.notEstimable}">not estimable</td>`;
  const digits = digitsOf(value);
  return html`<td title="${value.method}, n = ${value.n}"><b>${decimal(value.estimate, digits)}</b><small>${decimal(value.lower, digits)} to ${decimal(value.upper, digits)}</small></td>`;
}

/** 93 s -> "1 min 33 s". */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Characters up to which a heading stays on one line. */
const shortHead = 10;

/** @param numeric which columns hold plain numbers, that stand at the right */
export function table(head: readonly Content[], rows: readonly Html[], caption?: Content, numeric: readonly boolean[] = []): Html {
  const classOf = (cell: Content, column: number): string => `${numeric[column] === true ? "number " : ""}${typeof cell !== "string" ? "" : cell.length > shortHead ? "long" : "short"}`.trim();
  return html`<div class="scroll"><table><thead><tr>${head.map((cell, column) => html`<th class="${classOf(cell, column)}">${cell}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>${caption !== undefined && html`<p class="caption">${caption}</p>`}`;
}
