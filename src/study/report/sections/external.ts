import { metricNames, type StudyResults } from "../../results.js";
import type { ReportCell, ReportSection, ReportTable } from "../contract.js";
import { testName } from "../format.js";
import { html } from "../html.js";
import { counted } from "../methods-text.js";
import { metricTitles } from "./performance.js";

function externalTables({ external, level }: StudyResults): ReportTable[] {
  if (external === undefined) return [];
  const comparisons: ReportTable = {
    name: "external-tests",
    title: "Paired tests on the external test set",
    names: 2,
    head: ["A", "B", "Cases", "Only A right", "Only B right", "p", "p adjusted", "Accuracy A − B"],
    rows: external.comparisons.map((c): ReportCell[] => [c.a, c.b, c.cases, c.onlyA, c.onlyB, { p: c.pValue }, { p: c.pAdjusted }, c.difference]),
    note: `${testName(external.comparisons[0]?.method ?? "McNemar exact")}; adjusted for the ${counted(external.comparisons.length, "comparison")} by Holm's method.`,
  };
  return [
    {
      name: "external",
      title: "The external test set",
      names: 1,
      head: ["Network and regime", "Accuracy", ...metricNames.map((name) => metricTitles[name]), "Cohen's kappa"],
      rows: external.cells.map(({ cell, performance, kappa }): ReportCell[] => [cell, performance.accuracy, ...metricNames.map((name) => performance.macro[name]), kappa]),
      note: `Below each figure its ${Math.round(level * 100)} % interval. Precision, sensitivity, specificity, F1 and AUC are means over the classes. ${external.networks === 1 ? "One network" : `Probabilities of the ${external.networks} folds' networks averaged`}.`,
    },
    ...(external.comparisons.length > 0 ? [comparisons] : []),
  ];
}

export const externalSection: ReportSection = {
  id: "external",
  title: "External test set",
  tables: externalTables,
  render: ({ external }, run) => {
    if (external === undefined) return undefined;
    const counts = Object.entries(external.classCounts).map(([label, count]) => `${label} ${count}`).join(", ");
    return html`<p>${external.source}: ${external.cases} images${external.units !== undefined && ` (${external.units} units of decision)`}${external.patients !== undefined && ` of ${external.patients} patients`}, ${counts}. No network of this study, and no choice made in it, has seen them; no image of them is among the study's own, byte for byte.</p>
${external.warnings.length > 0 && html`<div class="notice">${external.warnings.map((warning) => html`<p>${warning}</p>`)}</div>`}
${run.table("external")}${external.comparisons.length > 0 && run.table("external-tests")}`;
  },
};
