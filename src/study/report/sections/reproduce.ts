import { stringify } from "yaml";
import type { StudyResults } from "../../results.js";
import { describeChain } from "../../transfer-chain.js";
import { html, type Html } from "../html.js";
import { table } from "../format.js";

const plain = (value: unknown): string => (typeof value === "object" && value !== null ? JSON.stringify(value) : String(value));

/** Set-up of the study, every default written out. */
export function setupSection(results: StudyResults): Html {
  const keys = [...new Set(results.cells.flatMap(({ settings }) => Object.keys(settings)))];
  return html`<section id="setup"><h2>Set-up</h2>
${table(
  ["Setting", ...results.cells.map(({ id }) => id)],
  [
    html`<tr><th>start weights</th>${results.cells.map(({ startWeights }) => html`<td>${startWeights.source}${startWeights.chain && startWeights.chain.length > 1 && ` (${describeChain(startWeights.chain)})`}</td>`)}</tr>`,
    html`<tr><th>parameters trained</th>${results.cells.map(({ parameters }) => html`<td>${parameters.trained.toLocaleString("en-US")} of ${parameters.total.toLocaleString("en-US")}</td>`)}</tr>`,
    ...keys.map((key) => html`<tr><th>${key}</th>${results.cells.map(({ settings }) => html`<td>${plain(settings[key] ?? "–")}</td>`)}</tr>`),
  ],
)}</section>`;
}

/** Command, recipe, versions and hashes: what a second person needs to get the same numbers. */
export function reproduceSection(results: StudyResults): Html {
  const { software, reproduce, recipeSha256, data } = results;
  return html`<section id="reproduce"><h2>How to reproduce this</h2>
<pre>${reproduce.command}</pre>
<dl><dt>Osteon</dt><dd>${software.osteon}</dd><dt>runtime</dt><dd>${software.runtime}, Node ${software.node}, ${software.platform}, ${software.threads} threads</dd><dt>seeds</dt><dd>${[...new Set(results.folds.map(({ seed }) => seed))].join(", ")}</dd><dt>recipe SHA-256</dt><dd><code>${recipeSha256}</code></dd><dt>data SHA-256</dt><dd><code>${data.sha256}</code> (${data.source}: labels and image contents)</dd>${Object.entries(reproduce.files).map(([name, sha256]) => html`<dt>${name}</dt><dd><code>${sha256}</code></dd>`)}</dl>
<p>The same recipe, data, weights and seeds on the same kind of machine give the same weights, bit for bit. <code>results.json</code> holds every number printed here, <code>predictions.csv</code> every prediction behind them.</p>
<h3>Recipe</h3><pre>${stringify(results.recipe)}</pre></section>`;
}
