import type { Comparison, StudyResults } from "../../results.js";
import type { ReportCell, ReportSection, ReportTable } from "../contract.js";
import { testName } from "../format.js";
import { html } from "../html.js";
import { counted } from "../methods-text.js";
import { keepColumns } from "../tables/columns.js";

const pOf = (p: number | undefined): ReportCell => (p === undefined ? undefined : { p });

/** Every pair of cells on the same cases. */
function comparisonTable({ comparisons, cells, data }: StudyResults): ReportTable {
  const seeds = Math.max(0, ...cells.map(({ accuracyBySeed }) => accuracyBySeed.length));
  const withRelevance = comparisons.some(({ relevanceDifference }) => relevanceDifference !== undefined);
  const withAuc = comparisons.some(({ auc }) => auc !== undefined);
  const columns = [
    { head: "A", of: (one: Comparison): ReportCell => one.a },
    { head: "B", of: (one: Comparison) => one.b },
    { head: "Cases", of: (one: Comparison) => one.cases },
    { head: "Only A right", of: (one: Comparison) => one.onlyA },
    { head: "Only B right", of: (one: Comparison) => one.onlyB },
    { head: "p", of: (one: Comparison) => ({ p: one.pValue }) },
    { head: "p adjusted", of: (one: Comparison) => ({ p: one.pAdjusted }) },
    { head: "Accuracy A − B", of: (one: Comparison) => one.difference },
    { head: "AUC A − B", of: (one: Comparison) => one.auc?.difference, when: withAuc },
    { head: "p (AUC)", of: (one: Comparison) => pOf(one.auc?.pValue), when: withAuc },
    { head: "p adjusted (AUC)", of: (one: Comparison) => pOf(one.auc?.pAdjusted), when: withAuc },
    { head: "Map inside region A − B", of: (one: Comparison) => one.relevanceDifference, when: withRelevance },
    { head: "p (map)", of: (one: Comparison) => pOf(one.relevanceTest?.p), when: withRelevance },
    { head: "p adjusted (map)", of: (one: Comparison) => pOf(one.relevanceTest?.pAdjusted), when: withRelevance },
  ];
  return {
    name: "paired-tests",
    title: "Paired tests",
    names: 2,
    ...keepColumns(columns, comparisons),
    note: `Accuracy: ${testName(comparisons[0]!.method)}, on the same cases${seeds > 1 ? ", first seed" : ""}; adjusted for ${counted(comparisons.length, "comparison")} by Holm's method.${withAuc ? ` AUC of "${data.labels[1]!}", probabilities of all folds pooled, by DeLong's paired test.` : ""}${withRelevance ? " Maps: permutation test that exchanges the two maps of whole patients." : ""}`,
  };
}

export const comparisonsSection: ReportSection = {
  id: "tests",
  title: "Paired tests",
  tables: (results) => (results.comparisons.length === 0 ? [] : [comparisonTable(results)]),
  render: ({ comparisons }, run) => (comparisons.length === 0 ? html`<p>One cell only: nothing to compare.</p>` : run.table("paired-tests")),
};
