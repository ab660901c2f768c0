import type { StudyResults } from "../../results.js";
import type { ReportFigure, ReportSection } from "../contract.js";
import { cellHeader, palette } from "../draw.js";
import { html } from "../html.js";

/** Loss per epoch: a thin line per fold, training and early-stopping part, one panel per cell. */
function learningCurves({ cells }: StudyResults): ReportFigure {
  const values = cells.flatMap((cell) =>
    cell.folds.flatMap(({ seed, fold, history }) =>
      history.flatMap(({ epoch, loss, validationLoss }) => [
        { cell: cell.id, run: `${seed}/${fold}/t`, part: "training", epoch, loss },
        ...(validationLoss === undefined ? [] : [{ cell: cell.id, run: `${seed}/${fold}/v`, part: "early-stopping part", epoch, loss: validationLoss }]),
      ]),
    ),
  );
  return {
    name: "learning-curves",
    title: "training and validation loss per epoch",
    drawing: {
      data: { values },
      columns: Math.min(3, cells.length),
      facet: { field: "cell", type: "nominal", title: null, sort: null, header: cellHeader },
      spec: {
        width: 190,
        height: 130,
        mark: { type: "line", strokeWidth: 1, opacity: 0.8, interpolate: "linear", clip: true },
        encoding: {
          x: { field: "epoch", type: "quantitative", title: "epoch", axis: { tickMinStep: 1, tickCount: 5, format: "d" } },
          y: { field: "loss", type: "quantitative", title: "loss" },
          detail: { field: "run" },
          color: { field: "part", type: "nominal", title: null, scale: { range: palette }, legend: { orient: "bottom" } },
        },
      },
    },
  };
}

export const learningCurvesSection: ReportSection = {
  id: "curves",
  title: "Learning curves",
  figures: (results) => [learningCurves(results)],
  render: (_results, run) => html`<p class="soft">One thin line per fold.</p>${run.figure("learning-curves")}`,
};
