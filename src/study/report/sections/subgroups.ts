import { lookAlikeColumn } from "../../analysis/look-alikes.js";
import { isEstimate, type StudyResults, type SubgroupResult } from "../../results.js";
import type { ReportFigure, ReportSection, ReportTable } from "../contract.js";
import { palette } from "../draw.js";
import { html } from "../html.js";

const measures = { accuracy: "Accuracy", auc: "AUC" } as const;

const slug = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "column";

function columnsOf({ subgroups = [] }: StudyResults): string[] {
  return [...new Set(subgroups.map(({ column }) => column))];
}

function nameOf(results: StudyResults, column: string): string {
  return `subgroups-${columnsOf(results).indexOf(column) + 1}-${slug(column)}`;
}

function rowsOf({ cell, measure, groups, interaction, worst, missing }: SubgroupResult): ReportTable["rows"] {
  const test = "notEstimable" in interaction ? { notEstimable: interaction.notEstimable } : { p: interaction.p };
  const adjusted = "notEstimable" in interaction ? undefined : { p: interaction.pAdjusted };
  return [
    ...groups.map(({ name, n, figure }, i) => [
      i === 0 ? `${cell}, ${measures[measure]}` : "",
      name,
      n,
      figure,
      ...(i === 0 ? [test, adjusted] : ["", ""]),
      name === worst?.name ? worst.figure : "",
    ]),
    ...(missing > 0 && measure === "accuracy" ? [["", "(not told)", missing, undefined, "", "", ""]] : []),
  ];
}

function subgroupTable(results: StudyResults, column: string): ReportTable {
  return {
    name: nameOf(results, column),
    title: `Subgroups by ${column}`,
    head: ["Network / regime, measure", column, "Predictions", "Figure", "p (interaction)", "p adjusted", "Lowest"],
    rows: (results.subgroups ?? []).filter((one) => one.column === column).flatMap(rowsOf),
    note: `With ${Math.round(results.level * 100)} % intervals. p: all groups are alike. The interval under "Lowest" holds together with those of all other groups.`,
  };
}

function subgroupPlot(results: StudyResults, column: string): ReportFigure {
  const own = (results.subgroups ?? []).filter((one) => one.column === column && one.measure === "accuracy");
  const values = own.flatMap(({ cell, groups }) => groups.flatMap(({ name, figure }) => (isEstimate(figure) ? [{ cell, group: name, estimate: figure.estimate, lower: figure.lower, upper: figure.upper }] : [])));
  const y = { field: "group", type: "nominal" as const, sort: null, title: column, axis: { titleAngle: 0, titleAlign: "left" as const, titleX: 0, titleY: -8 } };
  const color = { field: "cell", type: "nominal" as const, title: null, sort: null, scale: { range: palette }, legend: { orient: "bottom" as const, columns: 2, labelLimit: 420 } };
  const yOffset = { field: "cell", sort: null };
  return {
    name: nameOf(results, column),
    title: `accuracy in the groups of ${column}, with intervals`,
    drawing: {
      data: { values },
      width: 420,
      height: { step: 12 },
      layer: [
        { mark: { type: "rule", strokeWidth: 1.6 }, encoding: { y, yOffset, color, x: { field: "lower", type: "quantitative", title: "accuracy", scale: { zero: false } }, x2: { field: "upper" } } },
        { mark: { type: "point", filled: true, size: 45, opacity: 1 }, encoding: { y, yOffset, color, x: { field: "estimate", type: "quantitative" } } },
      ],
    },
  };
}

export const subgroupsSection: ReportSection = {
  id: "subgroups",
  title: "Subgroups",
  tables: (results) => columnsOf(results).map((column) => subgroupTable(results, column)),
  figures: (results) => columnsOf(results).map((column) => subgroupPlot(results, column)),
  render: (results, run) =>
    columnsOf(results).length === 0
      ? undefined
      : html`${columnsOf(results).map((column) => html`<h3>${column}</h3>${column === lookAlikeColumn ? html`<p class="soft">Hidden strata: nobody named these groups. Images were grouped by shape, brightness, contrast, noise and what lies at their edges, less what their class has in common, before any network had answered.</p>` : ""}${run.figure(nameOf(results, column))}${run.table(nameOf(results, column))}`)}`,
};
