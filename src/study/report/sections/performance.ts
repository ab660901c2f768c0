import { isEstimate, metricNames, type CellResult, type StudyResults } from "../../results.js";
import type { ReportCell, ReportFigure, ReportSection, ReportTable } from "../contract.js";
import { palette } from "../draw.js";
import { decimal, duration } from "../format.js";
import { html } from "../html.js";
import { keepColumns } from "../tables/columns.js";

export const metricTitles = { precision: "Precision", recall: "Sensitivity (recall)", specificity: "Specificity", f1: "F1", auc: "AUC" } as const;

function spread(value: CellResult["overFolds"]["accuracy"]): ReportCell {
  return "notEstimable" in value ? value : `${decimal(value.mean)} ± ${decimal(value.standardDeviation)}`;
}

const viewTitles: Readonly<Record<string, string>> = { none: "whole image", crop: "cut out", "crop-and-whole": "cut out and whole" };

/** Network x regime x metric, accuracy and clinical relevance side by side. */
function performanceTable({ cells, level }: StudyResults): ReportTable {
  const columns = [
    { head: "Network", of: (cell: CellResult): ReportCell => cell.network },
    { head: "Regime", of: (cell: CellResult) => cell.row },
    { head: "Start", of: (cell: CellResult) => cell.start ?? "none", when: cells.some(({ start }) => start !== undefined) },
    { head: "Region", of: (cell: CellResult) => viewTitles[cell.view ?? "none"], when: cells.some(({ view }) => view !== undefined) },
    { head: "Accuracy", of: (cell: CellResult) => cell.pooled.accuracy },
    { head: "Map inside region", of: (cell: CellResult) => cell.relevance, when: cells.some(({ relevance }) => relevance !== undefined) },
    { head: "Region found (overlap)", of: (cell: CellResult) => cell.detection?.overlap, when: cells.some(({ detection }) => detection !== undefined) },
    ...metricNames.map((name) => ({ head: metricTitles[name], of: (cell: CellResult) => cell.pooled.macro[name] })),
    { head: "Accuracy over folds", of: (cell: CellResult) => spread(cell.overFolds.accuracy) },
    { head: "Accuracy by seed", of: (cell: CellResult) => cell.accuracyBySeed.map(({ accuracy }) => decimal(accuracy)).join(", "), when: cells.some(({ accuracyBySeed }) => accuracyBySeed.length > 1) },
    { head: "Time", of: (cell: CellResult) => duration(cell.seconds) },
  ];
  return {
    name: "performance",
    title: "Networks and regimes",
    names: 2,
    ...keepColumns(columns, cells),
    note: `All test predictions pooled; below each figure its ${Math.round(level * 100)} % interval. Precision, sensitivity, specificity, F1 and AUC are means over the classes (macro). "Over folds" is mean ± standard deviation of the folds.`,
  };
}

/** Accuracy of every cell with its interval, one line per cell. */
function forestPlot({ cells, level }: StudyResults): ReportFigure {
  const values = cells.flatMap(({ id, network, pooled: { accuracy } }) =>
    isEstimate(accuracy) ? [{ cell: id, network, estimate: accuracy.estimate, lower: accuracy.lower, upper: accuracy.upper }] : [],
  );
  const y = { field: "cell", type: "nominal" as const, sort: null, title: null, axis: { labelLimit: 520 } };
  const color = { field: "network", type: "nominal" as const, scale: { range: palette }, legend: null };
  const title = `accuracy, all test predictions pooled, with ${Math.round(level * 100)} % interval`;
  return {
    name: "accuracy",
    title: "accuracy of each network and regime with its interval",
    drawing: {
      data: { values },
      width: 420,
      height: { step: 26 },
      layer: [
        { mark: { type: "rule", strokeWidth: 2 }, encoding: { y, color, x: { field: "lower", type: "quantitative", title, scale: { zero: false } }, x2: { field: "upper" } } },
        { mark: { type: "point", filled: true, size: 70, opacity: 1 }, encoding: { y, color, x: { field: "estimate", type: "quantitative" } } },
      ],
    },
  };
}

export const performanceSection: ReportSection = {
  id: "performance",
  title: "Networks and regimes",
  tables: (results) => [performanceTable(results)],
  figures: (results) => [forestPlot(results)],
  render: (_results, run) => html`${run.table("performance")}<div>${run.figure("accuracy")}</div>`,
};
