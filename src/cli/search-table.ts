import { isEstimate, type StudyResults } from "../study/index.js";
import { textTable } from "./table.js";

type Figure = StudyResults["cells"][number]["pooled"]["accuracy"];

const figure = (value: Figure): string => (isEstimate(value) ? `${value.estimate.toFixed(3)} (${value.lower.toFixed(3)} to ${value.upper.toFixed(3)})` : "not estimable");

const pText = (p: number | undefined): string => (p === undefined ? "-" : p < 0.001 ? "< 0.001" : p.toFixed(3));

/** What a search gained, for a terminal; undefined where the study has none. */
export function searchTable({ search }: StudyResults): string | undefined {
  if (search === undefined) return undefined;
  return search.cells
    .map(({ before, cases, comparison, folds, optimism }) => {
      const rows = comparison.map((row) => [row.measure, figure(row.before), figure(row.after), figure(row.difference), pText(row.pValue)]);
      const trials = folds.reduce((sum, one) => sum + one.trials.length, 0);
      return `search over ${before}: ${trials} trials in ${folds.length} folds, the same ${cases} test cases; optimism of the chosen trial ${figure(optimism)}\n${textTable(["measure", "before", "after", "after - before", "p"], rows)}`;
    })
    .join("\n\n");
}
