import { isEstimate, type CellResult, type Comparison, type StudyResults } from "../../results.js";
import { decimal, duration, estimateText, pValue } from "../format.js";
import type { ReportSection } from "../contract.js";
import { html, type Html } from "../html.js";

const accuracyOf = (cell: CellResult): number => (isEstimate(cell.pooled.accuracy) ? cell.pooled.accuracy.estimate : -1);
const relevanceOf = (cell: CellResult): number => (cell.relevance && isEstimate(cell.relevance) ? cell.relevance.estimate : -1);

const equation = (p: number): string => (p < 0.001 ? pValue(p) : `= ${pValue(p)}`);

/** The difference of two cells in words. It is never said without the p-value and the number of cases that differ. */
export function comparisonSentence({ a, b, onlyA, onlyB, pValue: p, pAdjusted, cases, difference }: Comparison): string {
  const numbers = `${onlyA + onlyB} of ${cases} cases differ (${onlyA} right only with ${a}, ${onlyB} only with ${b}); exact McNemar p ${equation(p)}, Holm-adjusted p ${equation(pAdjusted)}`;
  const size = isEstimate(difference) ? `, difference of accuracy ${estimateText(difference)}` : "";
  return `${a} against ${b}: ${numbers}${size}.`;
}

/** What the study found, in sentences made from the numbers. */
function renderSummary(results: StudyResults): Html {
  const ranked = [...results.cells].sort((x, y) => accuracyOf(y) - accuracyOf(x));
  const [best, second] = ranked;
  if (!best) return html`<p>No network was trained.</p>`;
  const pair = second && results.comparisons.find(({ a, b }) => [a, b].includes(best.id) && [a, b].includes(second.id));
  const relevant = [...results.cells].filter((cell) => relevanceOf(cell) >= 0).sort((x, y) => relevanceOf(y) - relevanceOf(x))[0];
  const percent = Math.round(results.level * 100);
  return html`<div class="finding"><p>Highest pooled accuracy: <b>${best.id}</b>, ${estimateText(best.pooled.accuracy)} over ${best.pooled.cases} test predictions (${percent} % interval).</p>
${pair && html`<p>Against the next: ${comparisonSentence(pair)}${pair.pAdjusted >= 1 - results.level && " On these cases the two cannot be told apart."}</p>`}</div>
${relevant && html`<div class="finding"><p>Looks most at the known region: <b>${relevant.id}</b>, share of the heat map inside it ${estimateText(relevant.relevance!)}${relevant.relevance!.regionShareOfImage !== undefined && `; a map spread evenly over the image would have ${decimal(relevant.relevance!.regionShareOfImage)}`}.${relevant.id !== best.id && " It is not the most accurate one: accuracy and clinical relevance disagree here."}</p></div>`}
${!relevant && html`<p class="soft">No region of interest is known for these images, so whether the networks look at the right place is shown as pictures and not measured.</p>`}
${results.warnings.map((warning) => html`<div class="notice"><p>${warning}</p></div>`)}
<p class="soft">The whole study took ${duration(results.seconds)} of computing.</p>`;
}

export const summarySection: ReportSection = { id: "summary", title: "Findings", render: renderSummary };
