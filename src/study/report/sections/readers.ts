import { readerMetrics, type ReadersResult } from "../../readers/contract.js";
import { isEstimate } from "../../results.js";
import type { ReportRun, ReportSection } from "../contract.js";
import { decimal, estimateText, pValue } from "../format.js";
import { html, type Html } from "../html.js";
import { planeFigure } from "./readers-plane.js";
import { mainScope, readerMetricTitles, readersTables } from "./readers-tables.js";

const equation = (p: number): string => (p < 0.001 ? `p ${pValue(p)}` : `p = ${pValue(p)}`);

/** What the comparison found, in sentences; never a difference without its interval and its test. */
export function readersFindings(result: ReadersResult): string[] {
  const { primary, nonInferiority, comparisons, level, cases, readers, set } = result;
  const figure = `${readerMetricTitles[primary.metric].toLowerCase()}${primary.label === undefined ? "" : ` for ${primary.label}`}`;
  const count = new Set(readers.map(({ name }) => name)).size;
  const main = comparisons.find(({ isPrimary }) => isPrimary);
  const percent = Math.round(level * 100);
  const where = set === "external" ? "of the external test set" : "of the test predictions";
  const found: string[] = [];
  if (main && isEstimate(main.difference)) {
    found.push(
      `On ${cases} cases ${where}, the ${figure} of the network minus that of ${count === 1 ? "the reader" : `the mean of ${count} readers`} is ${estimateText(main.difference)} (${percent} % interval; ${main.difference.method}; ${equation(main.pValue!)}).`,
    );
  } else if (main) found.push(`The ${figure} of network and readers could not be compared.`);
  if (nonInferiority && "shown" in nonInferiority) {
    const { margin, shown, p, lower, alpha } = nonInferiority;
    found.push(
      `Non-inferiority with a margin of ${decimal(margin)}, ${primary.named === "recipe" ? "named in the recipe before the run" : "named after the run and so no proof"}: ${shown ? "shown" : "not shown"} (lower limit ${decimal(lower)} against −${decimal(margin)}, one-sided ${equation(p)}, alpha ${alpha}).`,
    );
  } else if (nonInferiority) found.push("Non-inferiority could not be tested.");
  else found.push("No margin of non-inferiority was named, so nothing is said of it.");
  const aid = result.aid?.differences.find(({ metric }) => metric === primary.metric);
  if (aid && isEstimate(aid.difference)) found.push(`With the network's help the readers' ${figure} changed by ${estimateText(aid.difference)} (${equation(aid.pValue!)}${aid.pAdjusted === undefined ? "" : `, adjusted ${equation(aid.pAdjusted)}`}).`);
  return found;
}

const notice = "These reads were drawn by a computer to try the analysis out. Nothing here is about people.";

function pictures({ differing, readers }: ReadersResult, run: ReportRun): Html | undefined {
  const names = new Set(readers.map(({ name }) => name)).size;
  const byCase = new Map(differing.map((one) => [one.case, one]));
  if (run.readers.length === 0) return undefined;
  return html`<div class="case">${run.readers.flatMap((picture) => {
    const one = byCase.get(picture.case);
    if (one === undefined) return [];
    const seen = Object.keys(one.readers).length;
    return [
      html`<figure><img src="${picture.overlay ?? picture.image}" alt="radiograph${picture.overlay === undefined ? "" : " with heat map"}"><figcaption>${one.case}<br>${one.label}; network <span class="${one.isNetworkRight ? "right" : "wrong"}">${one.isNetworkRight ? "✓" : "✗"} ${one.network} ${decimal(one.probability, 2)}</span><br>${one.readersRight} of ${seen} ${names === seen ? "" : "who read it "}right</figcaption></figure>`,
    ];
  })}</div>`;
}

export const readersSection: ReportSection = {
  id: "readers",
  title: "Readers",
  warn: ({ readers }) => (readers?.simulated === true ? html`<p><b>Simulated reads.</b> ${notice}</p>` : undefined),
  tables: ({ readers }) => (readers === undefined ? [] : readersTables(readers)),
  figures: ({ readers }) => (readers === undefined || readers.planes.length === 0 ? [] : [planeFigure(readers)]),
  render: ({ readers: result }, run) => {
    if (result === undefined) return undefined;
    const names = readersTables(result).map(({ name }) => name);
    const table = (name: string): Html | undefined => (names.includes(name) ? run.table(name) : undefined);
    const estimable = readerMetrics.filter((metric) => isEstimate(result.network.main[metric]));
    const right = result.differing.filter(({ isNetworkRight }) => isNetworkRight).length;
    return html`${result.simulated && html`<div class="notice"><p><b>Simulated reads.</b> ${notice}</p></div>`}
<p>${new Set(result.readers.map(({ name }) => name)).size} readers, ${result.source.reads} reads (${result.source.file}) of ${result.cases} cases of the ${result.set === "external" ? "external test set" : "test predictions"}${result.unread > 0 && `; ${result.unread} cases were read by nobody`}. The network is ${result.cell}. ${Object.entries(result.classCounts).map(([label, count]) => `${label} ${count}`).join(", ")}.</p>
${result.warnings.map((warning) => html`<div class="notice"><p>${warning}</p></div>`)}
${readersFindings(result).map((sentence) => html`<div class="finding"><p>${sentence}</p></div>`)}
${estimable.length > 0 && run.table("readers")}
${result.planes.length > 0 && html`<h3>Sensitivity and specificity</h3><p class="soft">The network's ROC curve with its own decisions (diamond), every reader as a point${result.aid && ", a line to the point with the network's help (open)"}, the mean of the readers (cross)${result.planes.some(({ readerAverage }) => readerAverage !== undefined) && " and the average of the curves that their confidence draws (dashed)"}. A point above the network's curve is out of the network's reach at any threshold; only the corner that holds the points is drawn.</p>${run.figure("readers-roc")}`}
<h3>Network and readers</h3>${table("readers-comparison")}${names.includes("readers-comparison-groups") && html`<details><summary>Each group of readers</summary>${run.table("readers-comparison-groups")}</details>`}${table("readers-pairs")}
${result.aid && html`<h3>With the network's help</h3>${table("readers-aid")}${table("readers-aid-each")}`}
<h3>Agreement</h3>${table("readers-agreement")}<details><summary>Every pair</summary>${table("readers-kappa")}</details>
<h3>Where network and readers part</h3><p>${result.differing.length === 0 ? "On no case is the network right and half of the readers wrong, or the other way round." : `${right} cases the network got right and half of the readers or more did not; ${result.differing.length - right} the other way round.`}</p>
${table("readers-tally")}${pictures(result, run)}${result.differing.length > 0 && html`<details><summary>All ${result.differing.length}</summary>${table("readers-differing")}</details>`}
${result.labels.length > 2 && html`<h3>By class</h3><details><summary>Every reader and the network, each class against the rest</summary>${table("readers-by-class")}</details>`}
<p class="soft">${mainScope(result)} Nothing here says which of two readers to believe about a patient: it is about means over readers and cases like these.</p>`;
  },
};
