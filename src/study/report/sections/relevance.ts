import { isEstimate, type StudyResults } from "../../results.js";
import type { ReportFigure, ReportSection, ReportTable } from "../contract.js";
import { palette } from "../draw.js";
import { html } from "../html.js";

const isKnown = ({ cells }: StudyResults): boolean => cells.some(({ relevance }) => relevance !== undefined);

function relevanceTable({ cells, level }: StudyResults): ReportTable {
  return {
    name: "accuracy-and-relevance",
    title: "Accuracy beside clinical relevance",
    head: ["Network / regime", "Accuracy", "Map inside region", "An even map would have"],
    rows: cells.map(({ id, pooled, relevance }) => [id, pooled.accuracy, relevance, relevance?.regionShareOfImage]),
    note: `With ${Math.round(level * 100)} % intervals. Share of the heat map's mass inside the known region, mean over the test cases that have one. Paired differences of both stand under "Paired tests".`,
  };
}

/** Accuracy across, relevance up: a cross of two intervals per cell. */
function relevancePlot({ cells }: StudyResults): ReportFigure {
  const values = cells.flatMap(({ id, pooled: { accuracy }, relevance }) =>
    relevance && isEstimate(relevance) && isEstimate(accuracy)
      ? [{ cell: id, accuracy: accuracy.estimate, left: accuracy.lower, right: accuracy.upper, relevance: relevance.estimate, lower: relevance.lower, upper: relevance.upper }]
      : [],
  );
  const color = { field: "cell", type: "nominal" as const, title: null, sort: null, scale: { range: palette }, legend: { labelLimit: 420 } };
  const x = (field: string) => ({ field, type: "quantitative" as const, title: "accuracy", scale: { zero: false } });
  const y = (field: string) => ({ field, type: "quantitative" as const, title: "share of the map inside the region", scale: { zero: false } });
  return {
    name: "accuracy-and-relevance",
    title: "accuracy against the share of the heat map inside the region, with both intervals",
    drawing: {
      data: { values },
      width: 320,
      height: 260,
      layer: [
        { mark: { type: "rule", opacity: 0.6 }, encoding: { color, x: x("left"), x2: { field: "right" }, y: y("relevance") } },
        { mark: { type: "rule", opacity: 0.6 }, encoding: { color, x: x("accuracy"), y: y("lower"), y2: { field: "upper" } } },
        { mark: { type: "point", filled: true, size: 70, opacity: 1 }, encoding: { color, x: x("accuracy"), y: y("relevance") } },
      ],
    },
  };
}

export const relevanceSection: ReportSection = {
  id: "relevance",
  title: "Accuracy beside clinical relevance",
  tables: (results) => (isKnown(results) ? [relevanceTable(results)] : []),
  figures: (results) => (isKnown(results) ? [relevancePlot(results)] : []),
  render: (results, run) =>
    isKnown(results) ? html`<p class="soft">Up: the network looks at the region that matters. To the right: it is right more often. A network may be the one without the other.</p>${run.figure("accuracy-and-relevance")}${run.table("accuracy-and-relevance")}` : undefined,
};
