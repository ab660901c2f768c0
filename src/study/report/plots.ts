import { View, parse } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { isEstimate, type CellResult } from "../results.js";
import { Html } from "./html.js";

const config = {
  background: "white",
  font: "system-ui, sans-serif",
  axis: { labelFontSize: 11, titleFontSize: 11, gridColor: "#e4e7eb", domainColor: "#9aa5b1", tickColor: "#9aa5b1" },
  header: { labelFontSize: 11, titleFontSize: 11, labelFontWeight: "bold" as const },
  legend: { labelFontSize: 11, titleFontSize: 11 },
  view: { stroke: "#cbd2d9" },
};

/** Okabe and Ito's colors: told apart by color-blind readers and on grey paper. */
const palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442"];

/** Draws a specification as one SVG element that scales with the page. */
async function draw(spec: TopLevelSpec, label: string): Promise<Html> {
  const view = new View(parse(compile({ ...spec, config }).spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  const escaped = label.replace(/[&<>"]/g, "");
  return new Html(svg.replace(/<svg /, `<svg role="img" aria-label="${escaped}" `).replace(/ width="[\d.]+" height="[\d.]+"/, (size) => `${size} style="max-width:100%;height:auto"`));
}

/** Accuracy of every cell with its interval, one line per cell. */
export function forestPlot(cells: readonly CellResult[]): Promise<Html> {
  const values = cells.flatMap(({ id, network, pooled: { accuracy } }) =>
    isEstimate(accuracy) ? [{ cell: id, network, estimate: accuracy.estimate, lower: accuracy.lower, upper: accuracy.upper }] : [],
  );
  const y = { field: "cell", type: "nominal" as const, sort: null, title: null, axis: { labelLimit: 520 } };
  const color = { field: "network", type: "nominal" as const, scale: { range: palette }, legend: null };
  return draw(
    {
      data: { values },
      width: 420,
      height: { step: 26 },
      layer: [
        { mark: { type: "rule", strokeWidth: 2 }, encoding: { y, color, x: { field: "lower", type: "quantitative", title: "accuracy, pooled over folds, with interval", scale: { zero: false } }, x2: { field: "upper" } } },
        { mark: { type: "point", filled: true, size: 70, opacity: 1 }, encoding: { y, color, x: { field: "estimate", type: "quantitative" } } },
      ],
    },
    "accuracy of each network and regime with its interval",
  );
}

/** Loss per epoch: a thin line per fold, training and early-stopping part, one panel per cell. */
export function learningCurves(cells: readonly CellResult[]): Promise<Html> {
  const values = cells.flatMap((cell) =>
    cell.folds.flatMap(({ seed, fold, history }) =>
      history.flatMap(({ epoch, loss, validationLoss }) => [
        { cell: cell.id, run: `${seed}/${fold}/t`, part: "training", epoch, loss },
        ...(validationLoss === undefined ? [] : [{ cell: cell.id, run: `${seed}/${fold}/v`, part: "early-stopping part", epoch, loss: validationLoss }]),
      ]),
    ),
  );
  return draw(
    {
      data: { values },
      columns: Math.min(3, cells.length),
      facet: { field: "cell", type: "nominal", title: null, sort: null },
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
    "training and validation loss per epoch",
  );
}

/** ROC curves, one panel per label (the second one where there are two), one line per cell. */
export function rocCurves(cells: readonly CellResult[], labels: readonly string[]): Promise<Html> {
  const shown = labels.length === 2 ? labels.slice(1) : labels;
  const values = cells.flatMap((cell) =>
    shown.flatMap((label) =>
      (cell.pooled.roc[label] ?? []).map(({ falsePositiveRate, truePositiveRate }, order) => ({ cell: cell.id, label: `${label} against the rest`, falsePositiveRate, truePositiveRate, order })),
    ),
  );
  return draw(
    {
      data: { values },
      columns: Math.min(2, shown.length),
      facet: { field: "label", type: "nominal", title: null },
      spec: {
        width: 280,
        height: 280,
        layer: [
          { data: { values: [{ x: 0, y: 0 }, { x: 1, y: 1 }] }, mark: { type: "line", strokeDash: [4, 4], color: "#9aa5b1", strokeWidth: 1 }, encoding: { x: { field: "x", type: "quantitative" }, y: { field: "y", type: "quantitative" } } },
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
    "receiver operating characteristic of each network and regime",
  );
}
