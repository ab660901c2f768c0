import { isEstimate, type StudyResults } from "../../results.js";
import type { ReportFigure, ReportSection, ReportTable } from "../contract.js";
import { cellHeader, palette } from "../draw.js";
import { html } from "../html.js";

function calibrationTable({ cells, level }: StudyResults): ReportTable {
  return {
    name: "calibration",
    title: "Calibration",
    head: ["Network / regime", "Class", "Brier score", "Expected error (ECE)", "Largest error (MCE)", "Intercept", "Slope", "p (0 and 1)"],
    rows: cells.flatMap(({ id, calibration }) =>
      Object.entries(calibration?.perClass ?? {}).map(([label, one], i) => [i === 0 ? id : "", label, one.brier, one.expectedError, one.largestError, one.intercept, one.slope, one.jointP === undefined ? undefined : { p: one.jointP }]),
    ),
    note: `Each class against the rest, with ${Math.round(level * 100)} % intervals. Brier score: 0 is best. Errors over ten equal bins; they are biased upwards where bins hold few cases. Intercept 0 and slope 1 are right: a slope below 1 means probabilities too extreme. p: both are right.`,
  };
}

/** Reliability curves, one panel per cell, one line per class. */
function reliabilityCurves({ cells }: StudyResults): ReportFigure {
  const values = cells.flatMap(({ id, calibration }) =>
    Object.entries(calibration?.perClass ?? {}).flatMap(([label, { bins }]) =>
      bins.flatMap(({ meanProbability, observed }) => (isEstimate(observed) ? [{ cell: id, label, probability: meanProbability, observed: observed.estimate, lower: observed.lower, upper: observed.upper }] : [])),
    ),
  );
  const x = { field: "probability", type: "quantitative" as const, title: "predicted probability", scale: { domain: [0, 1] } };
  const color = { field: "label", type: "nominal" as const, title: null, sort: null, scale: { range: palette }, legend: { orient: "bottom" as const } };
  return {
    name: "reliability",
    title: "observed share against predicted probability, with intervals",
    drawing: {
      data: { values },
      columns: Math.min(3, cells.length),
      facet: { field: "cell", type: "nominal", title: null, sort: null, header: cellHeader },
      spec: {
        width: 190,
        height: 190,
        layer: [
          { data: { values: [{ x: 0, y: 0 }, { x: 1, y: 1 }] }, mark: { type: "line", strokeDash: [4, 4], color: "#9aa5b1", strokeWidth: 1 }, encoding: { x: { field: "x", type: "quantitative" }, y: { field: "y", type: "quantitative" } } },
          { mark: { type: "rule", opacity: 0.5 }, encoding: { x, color, y: { field: "lower", type: "quantitative", title: "observed share", scale: { domain: [0, 1] } }, y2: { field: "upper" } } },
          { mark: { type: "line", point: { size: 22 }, strokeWidth: 1.4 }, encoding: { x, color, y: { field: "observed", type: "quantitative" } } },
        ],
      },
    },
  };
}

export const calibrationSection: ReportSection = {
  id: "calibration",
  title: "Calibration",
  tables: (results) => (results.cells.some(({ calibration }) => calibration) ? [calibrationTable(results)] : []),
  figures: (results) => (results.cells.some(({ calibration }) => calibration) ? [reliabilityCurves(results)] : []),
  render: ({ cells }, run) =>
    cells.some(({ calibration }) => calibration)
      ? html`<p class="soft">Can the probabilities be taken at their word? On the diagonal, of the cases given 70 % just 70 % have the class. Bars are intervals of the bins.</p>${run.figure("reliability")}${run.table("calibration")}`
      : undefined,
};
