import type { StudyResults } from "../../results.js";
import type { ReportFigure, ReportSection } from "../contract.js";
import { palette } from "../draw.js";
import { html } from "../html.js";

/** ROC curves, one panel per label (the second one where there are two), one line per cell. */
function rocCurves({ cells, data: { labels } }: StudyResults): ReportFigure {
  const shown = labels.length === 2 ? labels.slice(1) : labels;
  const values = cells.flatMap((cell) =>
    shown.flatMap((label) =>
      (cell.pooled.roc[label] ?? []).map(({ falsePositiveRate, truePositiveRate }, order) => ({ cell: cell.id, label, falsePositiveRate, truePositiveRate, order })),
    ),
  );
  const chance = { data: { values: [{ x: 0, y: 0 }, { x: 1, y: 1 }] }, mark: { type: "line" as const, strokeDash: [4, 4], color: "#9aa5b1", strokeWidth: 1 }, encoding: { x: { field: "x", type: "quantitative" as const }, y: { field: "y", type: "quantitative" as const } } };
  return {
    name: "roc",
    title: "receiver operating characteristic of each network and regime",
    drawing: {
      data: { values },
      columns: Math.min(2, shown.length),
      facet: { field: "label", type: "nominal", title: null, header: { labelExpr: "[datum.label, 'against the rest']" } },
      spec: {
        width: 280,
        height: 280,
        layer: [
          chance,
          {
            mark: { type: "line", strokeWidth: 1.6 },
            encoding: {
              x: { field: "falsePositiveRate", type: "quantitative", title: "1 - specificity", scale: { domain: [0, 1] } },
              y: { field: "truePositiveRate", type: "quantitative", title: "sensitivity", scale: { domain: [0, 1] } },
              order: { field: "order", type: "quantitative" },
              color: { field: "cell", type: "nominal", title: null, sort: null, scale: { range: palette }, legend: { orient: "bottom", columns: 1, labelLimit: 640 } },
            },
          },
        ],
      },
    },
  };
}

export const rocSection: ReportSection = {
  id: "roc",
  title: "ROC curves",
  figures: (results) => [rocCurves(results)],
  render: (_results, run) => html`<p class="soft">Test predictions of all folds pooled, one curve per network and regime. The areas stand with their intervals in the tables "Networks and regimes" and "By class".</p>${run.figure("roc")}`,
};
