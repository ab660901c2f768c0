import type { StudyResults } from "../../results.js";
import { html, type Html } from "../html.js";

/** Blue over white by the share of the row, with ink that stays readable on it. */
function shade(share: number): string {
  const mix = (channel: number) => Math.round(255 + (channel - 255) * share * 0.85);
  return `background: rgb(${mix(0)}, ${mix(114)}, ${mix(178)}); color: ${share > 0.55 ? "white" : "#1f2933"}`;
}

/** One matrix per cell: rows are the truth, columns the prediction. */
export function confusionSection({ cells, data: { labels } }: StudyResults): Html {
  return html`<section id="confusion"><h2>Confusion matrices</h2><p class="soft">Rows: true class. Columns: predicted class. Number of test predictions, and share of the row.</p>
<div class="panels">${cells.map(({ id, pooled }) => html`<div class="panel"><h3>${id}</h3><div class="scroll"><table class="matrix"><thead><tr><th></th>${labels.map((label) => html`<th>${label}</th>`)}</tr></thead><tbody>${labels.map((label, i) => {
    const row = pooled.confusion[i] ?? [];
    const total = row.reduce((sum, n) => sum + n, 0);
    return html`<tr><th>${label}</th>${row.map((n) => {
      const share = total === 0 ? 0 : n / total;
      return html`<td style="${shade(share)}"><b>${n}</b><br>${Math.round(share * 100)} %</td>`;
    })}</tr>`;
  })}</tbody></table></div></div>`)}</div></section>`;
}
