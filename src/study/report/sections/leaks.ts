import { leakKinds } from "../../../data/index.js";
import type { HonestCell, LeakPairResult } from "../../leaks/contract.js";
import { isEstimate, type Estimated, type StudyResults } from "../../results.js";
import type { ReportCell, ReportSection, ReportTable } from "../contract.js";
import { html } from "../html.js";

const isHonest = (leaks: NonNullable<StudyResults["leaks"]>): leaks is typeof leaks & { honest: readonly HonestCell[] } => Array.isArray(leaks.honest);

function pairRow({ a, b, kind, labels, detail, isMirrored }: LeakPairResult): ReportCell[] {
  return [a, b, `${leakKinds[kind]}${isMirrored === true ? ", mirrored" : ""}`, labels[0], labels[1], detail];
}

const pairHead = ["Case", "Other case", "What they share", "Class", "Other class", "Agreement of detail"];

function leakTables({ leaks, level }: StudyResults): ReportTable[] {
  if (leaks === undefined) return [];
  const tables: ReportTable[] = [];
  const { crossing, pairs } = leaks;
  if (isHonest(leaks)) {
    const rows = leaks.honest.flatMap(({ cell, leaky, honest: own, comparison }) => [
      [cell, "as it is, leaking", leaky.accuracy, leaky.f1, leaky.auc, undefined],
      [cell, "without the leak", own.accuracy, own.f1, own.auc, { p: comparison.pValue }],
    ]) satisfies ReportCell[][];
    tables.push({
      name: "honest",
      title: "What the leak is worth",
      names: 2,
      head: ["Cell", "Split", "Accuracy", "F1 (macro)", "AUC (macro)", "p"],
      rows,
      note: `Same test cases; the honest networks were trained without the cases that belong with tested ones. p: exact McNemar test of the two accuracies. Intervals of ${Math.round(level * 100)} %.`,
    });
  }
  if (crossing !== undefined) {
    tables.push({ name: "leaks-across", title: "Pairs on two sides of the split", names: 2, head: [...pairHead, "Seed", "Fold", "Sides"], rows: crossing.map((pair) => [...pairRow(pair), pair.seed, pair.fold, pair.sides.join(" and ")]) });
  }
  if (pairs.length > 0) tables.push({ name: "leaks", title: "Cases that belong together", names: 2, head: pairHead, rows: pairs.map(pairRow) });
  return tables;
}

const figure = (value: Estimated): string => (isEstimate(value) ? `${(100 * value.estimate).toFixed(1)} %` : "not estimable");

function sayHonest({ leaks }: StudyResults) {
  if (leaks === undefined || !isHonest(leaks)) return html`The honest result is not estimable${leaks?.honest !== undefined && "notEstimable" in leaks.honest && `: ${leaks.honest.notEstimable}`}.`;
  const { cell, leaky, honest } = leaks.honest[0]!;
  return html`Accuracy of ${cell}: ${figure(leaky.accuracy)} with the leak, ${figure(honest.accuracy)} without.`;
}

export const leaksSection: ReportSection = {
  id: "leaks",
  title: "Leaks",
  tables: leakTables,
  warn: (results) => {
    const { leaks } = results;
    if (leaks === undefined) return undefined;
    if (leaks.crossing !== undefined) return html`<b>This split leaks: ${leaks.crossing.length} ${leaks.crossing.length === 1 ? "pair" : "pairs"} of one patient or image on two sides.</b> It was accepted by --accept-leaks. ${sayHonest(results)} Nothing but the honest figures may be published.`;
    if (leaks.contradictions > 0) return html`<b>${leaks.contradictions} pairs of cases show one image under two labels.</b> One of each must be wrong.`;
    return undefined;
  },
  render: (results, run) => {
    const { leaks } = results;
    if (leaks === undefined) return undefined;
    const { pairs, signs, compared, threshold, cases, keptTogether, crossing } = leaks;
    const pictures = run.leaks ?? [];
    return html`<p>All ${cases} images were compared with one another: ${compared} pairs that look alike were laid over one another, whether re-encoded, resized, cut by a tenth, mirrored, framed or of another contrast, and counted as one exposure where their detail agrees by ${threshold.toFixed(3)} or more. Patients' names, file names and DICOM identifiers were compared as well.</p>
${pairs.length === 0
      ? html`<p>No two cases were found that belong together beyond what the table says.</p>`
      : html`<p><b>${pairs.length} pairs of cases seem to belong together though the table does not say so.</b> ${crossing === undefined ? html`Their ${keptTogether} cases were kept on one side of every fold.` : html`The split came with the table, and ${crossing.length} pairs stand on two of its sides.`}</p>`}
${crossing !== undefined && html`<p>${sayHonest(results)}</p>${isHonest(leaks) && run.table("honest")}${run.table("leaks-across")}`}
${pictures.length > 0 && html`<div class="case">${pictures.map(({ a, b, kind, images, detail }) => html`<figure class="pair"><img src="${images[0]}" alt="${a}"><img src="${images[1]}" alt="${b}"><figcaption>${a}<br>${b}<br>${leakKinds[kind]}${detail !== undefined && `, detail ${detail.toFixed(2)}`}</figcaption></figure>`)}</div>`}
${pairs.length > 0 && html`<details><summary>All ${pairs.length} pairs</summary>${run.table("leaks")}</details>`}
${signs.map(({ message, byLabel }) => html`<p>${message} By class: ${Object.entries(byLabel).map(([label, count]) => `${label} ${count}`).join(", ")}.</p>`)}`;
  },
};
