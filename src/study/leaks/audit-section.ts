import type { Dataset } from "../../data/index.js";
import { html, type Html } from "../report/html.js";
import { pairFigures, pairTable, sayCompared, sayPairs, saySigns } from "../report/sections/leak-pairs.js";
import { htmlTable } from "../report/tables/html-table.js";
import type { LeakResults } from "./contract.js";
import { drawPairs } from "./pair-pictures.js";

/** Pairs whose pictures are shown, and rows of the table; all pairs are in the table of --pairs. */
const [shown, listed] = [24, 500];

/** What the leak audit found, as a section of a data set's audit page: pairs side by side, all of them as a table, signs. */
export async function leakSection({ cases }: Pick<Dataset, "cases">, leaks: LeakResults): Promise<{ id: string; title: string; body: Html }> {
  const { pairs, contradictions } = leaks;
  const fileOf = new Map(cases.map(({ id, file }) => [id, file]));
  const pictures = await drawPairs(pairs, (id) => fileOf.get(id)!, shown);
  const body = html`<p>${sayCompared(leaks)}</p>
${pairs.length === 0
    ? html`<p>No two cases were found that belong together beyond what the table says.</p>`
    : html`<p><b>${sayPairs(leaks)}.</b> A split must keep them on one side; Osteon's own does.</p>`}
${contradictions > 0 && html`<p><b>${contradictions} of them ${contradictions === 1 ? "is" : "are"} one image under two labels.</b> One of the labels must be wrong.</p>`}
${pairFigures(pictures)}
${pairs.length > 0 && html`<details${pairs.length <= shown && html` open`}><summary>${pairs.length > listed ? `The first ${listed} of ${pairs.length}` : "All"} pairs</summary>${htmlTable(pairTable(pairs.slice(0, listed)))}</details>`}
${saySigns(leaks)}`;
  return { id: "leaks", title: `Leaks${pairs.length > 0 ? ` (${pairs.length})` : ""}`, body };
}
