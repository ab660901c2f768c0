import type { ReportSection } from "../contract.js";
import { decimal } from "../format.js";
import { html } from "../html.js";

export const failuresSection: ReportSection = {
  id: "failures",
  title: "Failures",
  tables: ({ failures, cells }) =>
    failures === undefined || failures.cases.length === 0
      ? []
      : [
          {
            name: "failures",
            title: `Errors of ${failures.cell}`,
            head: ["Case", "True class", "Predicted", "Probability", "Networks wrong"],
            rows: failures.cases.map((one) => [one.case, one.label, one.predicted, one.probability, `${one.wrongCells} of ${cells.length}`]),
            note: "First seed, the most confident error first.",
          },
        ],
  render: ({ failures, cells }, run) => {
    if (failures === undefined) return undefined;
    if (failures.cases.length === 0) return html`<p>${failures.cell}, the most accurate cell, made no error on ${failures.tested} test cases.</p>`;
    const all = failures.cases.filter(({ wrongCells }) => wrongCells === cells.length).length;
    return html`<p>${failures.cell}, the cell with the highest accuracy, was wrong on ${failures.cases.length} of ${failures.tested} test cases${cells.length > 1 && html`; on ${all} of them every other cell was wrong too, which often is a matter of the label or the image`}. The most confident errors come first.</p>
<div class="case">${run.failures.map((example) => {
      const own = example.cells.find(({ cell }) => cell === failures.cell);
      return html`<figure class="pair"><img src="${example.image}" alt="radiograph"><img src="${own?.overlay ?? example.image}" alt="${own?.overlay === undefined ? "no map" : "heat map"}"><figcaption>${example.case}<br>${example.label}, taken for <span class="wrong">${own?.predicted} ${own && decimal(own.probability, 2)}</span></figcaption></figure>`;
    })}</div>
<details><summary>All ${failures.cases.length}</summary>${run.table("failures")}</details>`;
  },
};
