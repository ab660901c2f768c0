import { stringify } from "yaml";
import type { StudyResults } from "../../results.js";
import type { ReportSection } from "../contract.js";
import { duration } from "../format.js";
import { html, type Html } from "../html.js";

/** Command, recipe, versions and hashes: what a second person needs to get the same numbers. */
function renderReproduce(results: StudyResults): Html {
  const { software, reproduce, recipeSha256, data } = results;
  return html`<pre>${reproduce.command}</pre>
<dl><dt>Osteon</dt><dd>${software.osteon}</dd><dt>runtime</dt><dd>${software.runtime}, Node ${software.node}, ${software.platform}, ${software.threads} threads${software.device === undefined ? "" : `, ${software.device}`}</dd><dt>seeds</dt><dd>${[...new Set(results.folds.map(({ seed }) => seed))].join(", ")}</dd><dt>time</dt><dd>${duration(results.seconds)} of computing</dd><dt>recipe SHA-256</dt><dd><code>${recipeSha256}</code></dd><dt>data SHA-256</dt><dd><code>${data.sha256}</code> (${data.source}: labels and image contents)</dd>${Object.entries(reproduce.files).map(([name, sha256]) => html`<dt>${name}</dt><dd><code>${sha256}</code></dd>`)}</dl>
<p>The same recipe, data, weights and seeds on the same kind of machine give the same weights, bit for bit. <code>results.json</code> holds every number printed here, <code>predictions.csv</code> every prediction behind them; <code>osteon study verify</code> computes the numbers again from the predictions. Beside this page lie its tables (<code>tables/</code>, CSV and LaTeX), its figures (<code>figures/</code>, SVG and PNG at 300 dpi), the reporting checklists (<code>checklist.html</code>) and a model card (<code>model-card.md</code>).</p>
<h3>Recipe</h3><pre>${stringify(results.recipe)}</pre>`;
}

export const reproduceSection: ReportSection = { id: "reproduce", title: "How to reproduce this", render: renderReproduce };
