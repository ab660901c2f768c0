import type { CellResult, Estimated, StudyResults } from "../../results.js";
import type { ReportCell, ReportSection, ReportTable } from "../contract.js";
import { decimal } from "../format.js";
import { html } from "../html.js";

type Measure = NonNullable<StudyResults["recipe"]["published"]>["figures"][number]["measure"];

const titles: Readonly<Record<Measure, string>> = { accuracy: "Accuracy", kappa: "Cohen's kappa", precision: "Precision", recall: "Sensitivity (recall)", specificity: "Specificity", f1: "F1", auc: "AUC" };

/** The study's own figure of a published measure: averages over classes, as in the table of networks. */
function ownFigure({ pooled, kappa }: Pick<CellResult, "pooled" | "kappa">, measure: Measure): Estimated | undefined {
  if (measure === "accuracy") return pooled.accuracy;
  return measure === "kappa" ? kappa : pooled.macro[measure];
}

/** Published figures and this study's own, one below the other. */
function publishedTable({ recipe, cells, data, external }: StudyResults): ReportTable[] {
  const { published } = recipe;
  if (published === undefined) return [];
  const hasIntervals = published.figures.some(({ interval }) => interval !== undefined);
  const measures = [...new Set(published.figures.map(({ measure }) => measure))];
  return [
    {
      name: "published",
      title: "Published figures beside this study's",
      names: 2,
      head: ["Measure", "Whose", "Figure", ...(hasIntervals ? ["Published interval"] : [])],
      rows: measures.flatMap((measure): ReportCell[][] => {
        const theirs = published.figures.filter((one) => one.measure === measure).map(({ name, value, interval }): ReportCell[] => [`${name}, published`, decimal(value), ...(hasIntervals ? [interval === undefined ? undefined : `${decimal(interval[0])} to ${decimal(interval[1])}`] : [])]);
        const row = (name: string, figure: ReportCell): ReportCell[] => [name, figure, ...(hasIntervals ? [undefined] : [])];
        const ours = [
          ...cells.map((cell) => row(`${cell.id}, here`, ownFigure(cell, measure))),
          ...(external?.cells ?? []).map(({ cell, performance, kappa }) => row(`${cell}, here, external test set`, ownFigure({ pooled: performance, kappa }, measure))),
        ];
        return [...theirs, ...ours].map((cellsOf, i) => [i === 0 ? titles[measure] : "", ...cellsOf]);
      }),
      note: `Published in: ${published.source}. Measured on ${published.cases}. The cases differ, so nothing is tested between them.${data.units === undefined ? "" : ` Decided on ${data.units} units of several images each, their probabilities averaged.`}`,
    },
  ];
}

export const publishedSection: ReportSection = {
  id: "published",
  title: "Beside what was published",
  tables: publishedTable,
  render: ({ recipe }, run) => (recipe.published === undefined ? undefined : html`<p class="soft">The figures of the study that this one repeats, for orientation: other cases, other labels, other hands.</p>${run.table("published")}`),
};
