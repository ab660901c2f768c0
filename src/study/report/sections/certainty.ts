import { isEstimate, type CellResult, type StudyResults } from "../../results.js";
import type { ReportCell, ReportFigure, ReportSection, ReportTable } from "../contract.js";
import { palette } from "../draw.js";
import { decimal } from "../format.js";
import { html } from "../html.js";

type Told = CellResult & { readonly certainty: NonNullable<CellResult["certainty"]> };

const toldCells = ({ cells }: StudyResults): Told[] => cells.filter((cell): cell is Told => cell.certainty !== undefined);

/** The cell's name in its first row alone. */
function rowsOf<T>(cells: readonly Told[], entries: (cell: Told) => readonly T[], row: (entry: T) => readonly ReportCell[]): ReportTable["rows"] {
  return cells.flatMap((cell) => entries(cell).map((entry, i) => [i === 0 ? cell.id : "", ...row(entry)]));
}

function recalibrationTable(results: StudyResults): ReportTable {
  const cells = toldCells(results);
  return {
    name: "recalibration",
    title: "Recalibration",
    head: ["Network / regime", "Probabilities", "Brier score", "Expected error (ECE)", "Brier, change", "p", "p adjusted"],
    names: 2,
    rows: rowsOf(cells, ({ certainty }) => certainty.recalibration, ({ name, brier, expectedError, change, p, pAdjusted }) => [name, brier, expectedError, change, p === undefined ? undefined : { p }, pAdjusted === undefined ? undefined : { p: pAdjusted }]),
    note: `Each map is fitted on ${cells[0]?.certainty.fittedOn ?? "other cases"}, so that no case is mapped by itself; first seed. Brier score over all classes: 0 is best. Expected error: of the probability of the class that is named. Change: against the probabilities as predicted, on the same cases, below 0 is better; p: permutation test that exchanges the two results of whole patients, adjusted for the number of maps by Holm's method.`,
  };
}

function setsTable(results: StudyResults): ReportTable {
  const cells = toldCells(results);
  return {
    name: "prediction-sets",
    title: "Prediction sets",
    head: ["Network / regime", "Promised for", "Promised", "Holds the truth", "Classes per set", "Sets of one class", ...results.data.labels.map((label) => `Truth is ${label}`)],
    names: 2,
    rows: rowsOf(cells, ({ certainty }) => certainty.sets, ({ promisedFor, promised, coverage, meanSize, single, perClass }) => [
      promisedFor,
      decimal(promised),
      coverage,
      meanSize === undefined ? undefined : decimal(meanSize),
      single,
      ...results.data.labels.map((label) => perClass?.[label]),
    ]),
    note: `Split conformal prediction, calibrated on ${cells[0]?.certainty.fittedOn ?? "other cases"}; first seed. A set names every class that cannot be ruled out. With ${Math.round(results.level * 100)} % intervals. Between folds the promise holds nearly, as their networks differ.`,
  };
}

function deferralTable(results: StudyResults): ReportTable {
  return {
    name: "deferral",
    title: "Deferral",
    head: ["Network / regime", "Cases kept", "Probability from which a case is kept", "Accuracy on those"],
    rows: rowsOf(toldCells(results), ({ certainty: { deferral } }) => ("notEstimable" in deferral ? [] : deferral), ({ kept, threshold, accuracy }) => [decimal(kept), decimal(threshold), accuracy]),
    note: `Cases whose named class has a lower probability are handed to a reader. First seed, with ${Math.round(results.level * 100)} % intervals. Accuracies in a column are of nested cases: they are no comparison of networks.`,
  };
}

/** Accuracy over the share of cases kept, one line per cell. */
function deferralCurves(results: StudyResults): ReportFigure {
  const values = toldCells(results).flatMap(({ id, certainty: { deferral } }) =>
    "notEstimable" in deferral ? [] : deferral.flatMap(({ kept, accuracy }) => (isEstimate(accuracy) ? [{ cell: id, kept, estimate: accuracy.estimate, lower: accuracy.lower, upper: accuracy.upper }] : [])),
  );
  const x = { field: "kept", type: "quantitative" as const, title: "share of cases that the network keeps", scale: { zero: false, reverse: true }, axis: { format: "%" } };
  const color = { field: "cell", type: "nominal" as const, title: null, sort: null, scale: { range: palette }, legend: { orient: "bottom" as const, columns: 2, labelLimit: 420 } };
  return {
    name: "deferral",
    title: "accuracy on the cases that the network keeps over their share, with intervals",
    drawing: {
      data: { values },
      width: 420,
      height: 200,
      layer: [
        { mark: { type: "area", opacity: 0.1 }, encoding: { x, color, y: { field: "lower", type: "quantitative", title: "accuracy on these", scale: { zero: false } }, y2: { field: "upper" } } },
        { mark: { type: "line", point: { size: 22 }, strokeWidth: 1.6 }, encoding: { x, color, y: { field: "estimate", type: "quantitative" } } },
      ],
    },
  };
}

export const certaintySection: ReportSection = {
  id: "certainty",
  title: "Recalibration, prediction sets, deferral",
  tables: (results) => (toldCells(results).length > 0 ? [recalibrationTable(results), setsTable(results), deferralTable(results)] : []),
  figures: (results) => (toldCells(results).length > 0 ? [deferralCurves(results)] : []),
  render: (results, run) =>
    toldCells(results).length > 0
      ? html`<p class="soft">Can a doctor lean on what the network says of its own certainty? Probabilities mapped so that they hold, sets that hold the truth nine times in ten, and what is gained by handing unsure cases on.</p>
<h3>Recalibration</h3>${run.table("recalibration")}<h3>Prediction sets</h3>${run.table("prediction-sets")}<h3>Deferral</h3>${run.figure("deferral")}${run.table("deferral")}`
      : undefined,
};
