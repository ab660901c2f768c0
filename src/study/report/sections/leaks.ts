import type { HonestCell } from "../../leaks/contract.js";
import { isEstimate, type Estimated, type StudyResults } from "../../results.js";
import type { ReportCell, ReportSection, ReportTable } from "../contract.js";
import { html } from "../html.js";
import { counted } from "../methods-text.js";
import { pairFigures, pairHead, pairRow, pairTable, sayCompared, sayPairs, saySigns } from "./leak-pairs.js";

const isHonest = (leaks: NonNullable<StudyResults["leaks"]>): leaks is typeof leaks & { honest: readonly HonestCell[] } => Array.isArray(leaks.honest);

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
  if (pairs.length > 0) tables.push(pairTable(pairs));
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
    if (leaks.crossing !== undefined) return html`<b>This split leaks: ${counted(leaks.crossing.length, "pair")} of one patient or image on two sides.</b> It was accepted by --accept-leaks. ${sayHonest(results)} Nothing but the honest figures may be published.`;
    if (leaks.contradictions > 0) return html`<b>${counted(leaks.contradictions, "pair of cases shows", "pairs of cases show")} one image under two labels.</b> One of each must be wrong.`;
    return undefined;
  },
  render: (results, run) => {
    const { leaks } = results;
    if (leaks === undefined) return undefined;
    const { pairs, keptTogether, crossing } = leaks;
    return html`<p>${sayCompared(leaks)}</p>
${pairs.length === 0
      ? html`<p>No two cases were found that belong together beyond what the table says.</p>`
      : html`<p><b>${sayPairs(leaks)}.</b> ${crossing === undefined ? html`Their ${keptTogether} cases were kept on one side of every fold.` : html`The split came with the table, and ${counted(crossing.length, "pair stands", "pairs stand")} on two of its sides.`}</p>`}
${crossing !== undefined && html`<p>${sayHonest(results)}</p>${isHonest(leaks) && run.table("honest")}${run.table("leaks-across")}`}
${pairFigures(run.leaks ?? [])}
${pairs.length > 0 && html`<details><summary>All ${pairs.length} pairs</summary>${run.table("leaks")}</details>`}
${saySigns(leaks)}`;
  },
};
