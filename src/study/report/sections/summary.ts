import { headlineCell } from "../../analysis/measure-study.js";
import { isEstimate, type CellResult, type Comparison, type StudyResults } from "../../results.js";
import type { ReportSection } from "../contract.js";
import { decimal, estimateText, pValue, testName } from "../format.js";
import { html, type Html } from "../html.js";

const valueOf = (figure: CellResult["relevance"]): number => (figure && isEstimate(figure) ? figure.estimate : -1);

const equation = (p: number): string => (p < 0.001 ? pValue(p) : `= ${pValue(p)}`);

/** Warnings shown at once; more are folded. */
const warningsShown = 2;

/** The difference of two cells in words. It is never said without the p-value and the number of cases that differ. */
export function comparisonSentence({ a, b, onlyA, onlyB, pValue: p, pAdjusted, cases, difference, method }: Comparison): string {
  const numbers = `${onlyA + onlyB} of ${cases} cases differ (${onlyA} right only with ${a}, ${onlyB} only with ${b}); ${testName(method)} p ${equation(p)}, Holm-adjusted p ${equation(pAdjusted)}`;
  const size = isEstimate(difference) ? `, difference of accuracy ${estimateText(difference)}` : "";
  return `${a} against ${b}: ${numbers}${size}.`;
}

function relevanceSentence({ a, b, relevanceDifference, relevanceTest }: Comparison): Html | undefined {
  if (relevanceDifference === undefined) return undefined;
  return html`<p>${a} against ${b}: difference of the share inside ${estimateText(relevanceDifference)}${relevanceTest && `, permutation p ${equation(relevanceTest.p)}, Holm-adjusted p ${equation(relevanceTest.pAdjusted)}`}.</p>`;
}

const pairOf = (comparisons: readonly Comparison[], x: string, y: string): Comparison | undefined => comparisons.find(({ a, b }) => (a === x && b === y) || (a === y && b === x));

/** What the study found, in sentences made from the numbers. */
function renderSummary(results: StudyResults): Html {
  const { cells, comparisons, level, warnings } = results;
  const best = headlineCell(cells);
  if (!best) return html`<p>No network was trained.</p>`;
  const second = headlineCell(cells.filter((cell) => cell !== best));
  const pair = second && pairOf(comparisons, best.id, second.id);
  const relevant = [...cells].filter((cell) => valueOf(cell.relevance) >= 0).sort((x, y) => valueOf(y.relevance) - valueOf(x.relevance))[0];
  const other = relevant && cells.length > 1 ? (relevant.id === best.id ? second : best) : undefined;
  const relevancePair = relevant && other && pairOf(comparisons, relevant.id, other.id);
  const notices = warnings.map((warning) => html`<div class="notice"><p>${warning}</p></div>`);
  return html`<div class="findings"><div class="finding"><p>${cells.length > 1 ? "Highest pooled accuracy" : "Pooled accuracy"}: <b>${best.id}</b>, ${estimateText(best.pooled.accuracy)} over ${best.pooled.cases} test predictions (${Math.round(level * 100)} % interval)${cells.length > 1 && `; the highest of ${cells.length}`}.</p>
${pair && html`<p>Against the next: ${comparisonSentence(pair)}${pair.pAdjusted >= 1 - level && " On these cases the two cannot be told apart."}</p>`}</div>
${relevant && html`<div class="finding"><p>${cells.length === 1 ? "Looks at the known region" : relevancePair?.relevanceTest === undefined ? "Largest share of the heat map in the known region, not tested against the next" : "Looks most at the known region"}: <b>${relevant.id}</b>, share of the heat map inside it ${estimateText(relevant.relevance!)}${relevant.relevance!.regionShareOfImage !== undefined && `; a map spread evenly over the image would have ${decimal(relevant.relevance!.regionShareOfImage)}`}.${relevant.id !== best.id && " It is not the most accurate one: accuracy and clinical relevance disagree here."}</p>${relevancePair && relevanceSentence(relevancePair)}</div>`}</div>
${!relevant && html`<p class="soft">No region of interest is known for these images, so whether the networks look at the right place is shown as pictures and not measured.</p>`}
${notices.slice(0, warningsShown)}${notices.length > warningsShown && html`<details><summary>${notices.length - warningsShown} more warnings</summary>${notices.slice(warningsShown)}</details>`}
`;
}

export const summarySection: ReportSection = { id: "summary", title: "Findings", render: renderSummary };
