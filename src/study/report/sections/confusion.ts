import type { ReportSection } from "../contract.js";
import { html } from "../html.js";

/** Blue over white by the share of the row, with ink that stays readable on it. */
function shade(share: number): string {
  const mix = (channel: number) => Math.round(255 + (channel - 255) * share * 0.85);
  return `background: rgb(${mix(0)}, ${mix(114)}, ${mix(178)}); color: ${share > 0.55 ? "white" : "#1f2933"}`;
}

/** One matrix per cell: rows are the truth, columns the prediction. */
export const confusionSection: ReportSection = {
  id: "confusion",
  title: "Confusion matrices",
  tables: ({ cells, data: { labels } }) => [
    {
      name: "confusion",
      title: "Confusion matrices",
      head: ["Network / regime", "True class", ...labels.map((label) => `Predicted ${label}`)],
      rows: cells.flatMap(({ id, pooled }) => labels.map((label, i) => [i === 0 ? id : "", label, ...labels.map((_, j) => pooled.confusion[i]?.[j])])),
      note: "Number of test predictions, all folds pooled.",
    },
  ],
  render: ({ cells, data: { labels } }) => html`<p class="soft">Rows: true class. Columns: predicted class. Number of test predictions, and share of the row.</p>
<div class="panels">${cells.map(({ id, pooled }) => html`<div class="panel"><h3>${id}</h3><div class="scroll"><table class="matrix"><thead><tr><th></th>${labels.map((label) => html`<th>${label}</th>`)}</tr></thead><tbody>${labels.map((label, i) => {
    const row = pooled.confusion[i] ?? [];
    const total = row.reduce((sum, n) => sum + n, 0);
    return html`<tr><th>${label}</th>${row.map((n) => {
      const share = total === 0 ? 0 : n / total;
      return html`<td style="${shade(share)}"><b>${n}</b><br>${Math.round(share * 100)} %</td>`;
    })}</tr>`;
  })}</tbody></table></div></div>`)}</div>`,
};
