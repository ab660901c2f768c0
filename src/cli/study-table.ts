import { isEstimate, type StudyResults } from "../study/index.js";
import { textTable } from "./table.js";

type Figure = StudyResults["cells"][number]["pooled"]["accuracy"];

function figure(value: Figure | undefined): string {
  if (value === undefined) return "-";
  if (!isEstimate(value)) return "not estimable";
  return `${value.estimate.toFixed(3)} (${value.lower.toFixed(3)}-${value.upper.toFixed(3)})`;
}

/** The study's table for a terminal. */
export function studyTable({ cells, level }: StudyResults): string {
  const withRelevance = cells.some(({ relevance }) => relevance !== undefined);
  const withStart = cells.some(({ start }) => start !== undefined);
  const withView = cells.some(({ view }) => view !== undefined);
  const head = ["network", "regime", ...(withStart ? ["start"] : []), ...(withView ? ["region"] : []), "accuracy", "F1 (macro)", "AUC (macro)", ...(withRelevance ? ["map inside region"] : []), "time"];
  const rows = cells.map(({ network, row, start, view, pooled, relevance, seconds }) => [
    network,
    row,
    ...(withStart ? [start ?? "none"] : []),
    ...(withView ? [view === "none" ? "whole" : view!] : []),
    figure(pooled.accuracy),
    figure(pooled.macro.f1),
    figure(pooled.macro.auc),
    ...(withRelevance ? [figure(relevance)] : []),
    seconds < 90 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(1)} min`,
  ]);
  return `${textTable(head, rows)}\n(${Math.round(level * 100)} % intervals; all test predictions pooled)`;
}
