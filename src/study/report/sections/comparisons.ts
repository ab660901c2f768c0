import type { StudyResults } from "../../results.js";
import { estimateCell, pValue, table } from "../format.js";
import { html, type Html } from "../html.js";

/** Every pair of cells on the same cases, and what could not be estimated. */
export function comparisonsSection({ comparisons, notEstimable, cells, data }: StudyResults): Html {
  const seeds = Math.max(0, ...cells.map(({ accuracyBySeed }) => accuracyBySeed.length));
  const withRelevance = comparisons.some(({ relevanceDifference }) => relevanceDifference !== undefined);
  const withAuc = comparisons.some(({ auc }) => auc !== undefined);
  const aucTest = (auc: (typeof comparisons)[number]["auc"]) => html`${estimateCell(auc?.difference)}<td class="number">${auc?.pValue === undefined ? "–" : pValue(auc.pValue)}</td><td class="number">${auc?.pAdjusted === undefined ? "–" : pValue(auc.pAdjusted)}</td>`;
  return html`<section id="tests"><h2>Paired tests</h2>
${comparisons.length === 0
    ? html`<p>One cell only: nothing to compare.</p>`
    : table(
        ["A", "B", "Cases", "Only A right", "Only B right", "p", "p adjusted", "Accuracy A − B", withAuc && "AUC A − B", withAuc && "p (AUC)", withAuc && "p adjusted (AUC)", withRelevance && "Map inside region A − B"].filter((cell) => cell !== false),
        comparisons.map((c) => html`<tr><td class="name">${c.a}</td><td class="name">${c.b}</td><td class="number">${c.cases}</td><td class="number">${c.onlyA}</td><td class="number">${c.onlyB}</td><td class="number">${pValue(c.pValue)}</td><td class="number">${pValue(c.pAdjusted)}</td>${estimateCell(c.difference)}${withAuc && aucTest(c.auc)}${withRelevance && estimateCell(c.relevanceDifference)}</tr>`),
        `${comparisons[0]!.method} test on the same cases${seeds > 1 ? ", first seed" : ""}; adjusted for the ${comparisons.length} comparisons by Holm's method.${withAuc ? ` AUC of "${data.labels[1]!}", probabilities of all folds pooled, by DeLong's paired test.` : ""}`,
      )}</section>
<section id="limits"><h2>What could not be estimated</h2>
${notEstimable.length === 0 ? html`<p>Every figure of this report could be estimated.</p>` : table(["Figure", "Reason"], notEstimable.map(({ what, reason }) => html`<tr><td>${what}</td><td>${reason}</td></tr>`))}</section>`;
}
