import { isEstimate, type StudyResults } from "../../results.js";
import type { ReportFigure, ReportSection, ReportTable } from "../contract.js";
import { cellHeader, palette } from "../draw.js";
import { html } from "../html.js";

type Curves = readonly { readonly cell: string; readonly label: string; readonly points: Extract<NonNullable<StudyResults["cells"][number]["decisions"]>[string], readonly unknown[]> }[];

function curvesOf({ cells }: StudyResults): Curves {
  return cells.flatMap(({ id, decisions }) => Object.entries(decisions ?? {}).flatMap(([label, points]) => ("notEstimable" in points ? [] : [{ cell: id, label, points }])));
}

function decisionTable(results: StudyResults): ReportTable {
  let above = "";
  return {
    name: "decision-curves",
    title: "Decision curves",
    head: ["Network / regime", "Class", "Threshold", "Net benefit", "Acting on everyone", "Gain over acting on everyone"],
    rows: curvesOf(results).flatMap(({ cell, label, points }) =>
      points.map(({ threshold, model, treatAll, gainOverAll }) => {
        const name = cell === above ? "" : cell;
        above = cell;
        return [name, label, threshold, model, treatAll, gainOverAll];
      }),
    ),
    note: `Net benefit in true positives per case at the probability from which one would act, each class against the rest, with ${Math.round(results.level * 100)} % intervals. Acting on no one has a net benefit of 0.`,
  };
}

/** Net benefit over the threshold, one panel per cell, one color per class; dashed: acting on everyone. */
function decisionCurves(results: StudyResults): ReportFigure {
  const values = curvesOf(results).flatMap(({ cell, label, points }) =>
    points.flatMap(({ threshold, model, treatAll }) =>
      isEstimate(model) ? [{ cell, label, threshold, model: model.estimate, lower: model.lower, upper: model.upper, all: isEstimate(treatAll) ? treatAll.estimate : null }] : [],
    ),
  );
  const top = Math.max(0.05, ...values.map(({ upper }) => upper));
  const x = { field: "threshold", type: "quantitative" as const, title: "threshold probability", scale: { domain: [0, 1] } };
  const color = { field: "label", type: "nominal" as const, title: null, sort: null, scale: { range: palette }, legend: { orient: "bottom" as const } };
  const y = (field: string) => ({ field, type: "quantitative" as const, title: "net benefit", scale: { domain: [-top / 4, top] } });
  return {
    name: "decision-curves",
    title: "net benefit of each network over the threshold probability, with intervals",
    drawing: {
      data: { values },
      columns: Math.min(3, results.cells.length),
      facet: { field: "cell", type: "nominal", title: null, sort: null, header: cellHeader },
      spec: {
        width: 190,
        height: 160,
        layer: [
          { mark: { type: "area", opacity: 0.15, clip: true }, encoding: { x, color, y: y("lower"), y2: { field: "upper" } } },
          { mark: { type: "line", strokeDash: [4, 3], strokeWidth: 1, clip: true }, encoding: { x, color, y: y("all") } },
          { mark: { type: "line", strokeWidth: 1.6, clip: true }, encoding: { x, color, y: y("model") } },
          { data: { values: [{ zero: 0 }] }, mark: { type: "rule", color: "#9aa5b1" }, encoding: { y: { field: "zero", type: "quantitative" } } },
        ],
      },
    },
  };
}

export const decisionsSection: ReportSection = {
  id: "decisions",
  title: "Decision curves",
  tables: (results) => (curvesOf(results).length > 0 ? [decisionTable(results)] : []),
  figures: (results) => (curvesOf(results).length > 0 ? [decisionCurves(results)] : []),
  render: (results, run) =>
    curvesOf(results).length > 0
      ? html`<p class="soft">Would acting on the network do more good than harm? Solid: acting where the probability is above the threshold, with its interval. Dashed: acting on everyone. The line at 0: acting on no one.</p>${run.figure("decision-curves")}<details><summary>All points</summary>${run.table("decision-curves")}</details>`
      : undefined,
};
