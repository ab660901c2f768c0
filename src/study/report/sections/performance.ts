import { isEstimate, metricNames, type CellResult, type StudyResults } from "../../results.js";
import { decimal, duration, estimateCell, table } from "../format.js";
import { html, type Content, type Html } from "../html.js";

const titles = { precision: "Precision", recall: "Sensitivity (recall)", specificity: "Specificity", f1: "F1", auc: "AUC" } as const;

function spread(value: CellResult["overFolds"]["accuracy"]): Html {
  if ("notEstimable" in value) return html`<td class="none" title="${value.notEstimable}">not estimable</td>`;
  return html`<td>${decimal(value.mean)} ± ${decimal(value.standardDeviation)}</td>`;
}

const viewTitles: Readonly<Record<string, string>> = { none: "whole image", crop: "cut out", "crop-and-whole": "cut out and whole" };

/** Network x regime x metric, accuracy and clinical relevance side by side. */
export function performanceSection(results: StudyResults, forest: Html): Html {
  const withRelevance = results.cells.some(({ relevance }) => relevance !== undefined);
  const withSeeds = results.cells.some(({ accuracyBySeed }) => accuracyBySeed.length > 1);
  const withStart = results.cells.some(({ start }) => start !== undefined);
  const withView = results.cells.some(({ view }) => view !== undefined);
  const withDetection = results.cells.some(({ detection }) => detection !== undefined);
  const head: Content[] = ["Network", "Regime", withStart && "Start", withView && "Region", "Accuracy", withRelevance && "Map inside region", withDetection && "Region found (overlap)", ...metricNames.map((name) => titles[name]), "Accuracy over folds", withSeeds && "Accuracy by seed", "Time"].filter((cell) => cell !== false);
  const percent = Math.round(results.level * 100);
  return html`<section id="performance"><h2>Networks and regimes</h2>
${table(
  head,
  results.cells.map((cell) => html`<tr><td class="name">${cell.network}</td><td class="name">${cell.row}</td>${withStart && html`<td class="name">${cell.start ?? "none"}</td>`}${withView && html`<td class="name">${viewTitles[cell.view ?? "none"]}</td>`}${estimateCell(cell.pooled.accuracy)}${withRelevance && estimateCell(cell.relevance)}${withDetection && estimateCell(cell.detection?.overlap)}${metricNames.map((name) => estimateCell(cell.pooled.macro[name]))}${spread(cell.overFolds.accuracy)}${withSeeds && html`<td>${cell.accuracyBySeed.map(({ accuracy }) => decimal(accuracy)).join(", ")}</td>`}<td>${duration(cell.seconds)}</td></tr>`),
  `All test predictions pooled; below each figure its ${percent} % interval. Precision, sensitivity, specificity, F1 and AUC are means over the classes (macro). "Over folds" is mean ± standard deviation of the folds.`,
)}
<div>${forest}</div></section>`;
}

/** The same per class, and per fold. */
export function detailSection(results: StudyResults): Html {
  const { labels } = results.data;
  const value = (x: Parameters<typeof estimateCell>[0]) => html`<td class="number">${x && isEstimate(x) ? decimal(x.estimate) : "not estimable"}</td>`;
  return html`<section id="classes"><h2>By class</h2>
${table(
  ["Network / regime", "Class", ...metricNames.map((name) => titles[name])],
  results.cells.flatMap((cell) => labels.map((label, i) => html`<tr><td class="name">${i === 0 && cell.id}</td><td>${label}</td>${metricNames.map((name) => estimateCell(cell.pooled.perClass[label]?.[name]))}</tr>`)),
)}</section>
<section id="folds"><h2>By fold</h2>
${table(
  ["Network / regime", "Seed", "Fold", "Accuracy", "F1 (macro)", "AUC (macro)", "Epochs", "Best epoch", "Time"],
  results.cells.flatMap((cell) =>
    cell.folds.map((fold, i) => html`<tr><td class="name">${i === 0 && cell.id}</td><td class="number">${fold.seed}</td><td class="number">${fold.fold}</td>${value(fold.performance.accuracy)}${value(fold.performance.macro.f1)}${value(fold.performance.macro.auc)}<td class="number">${fold.history.length}${fold.stoppedEarly && " (stopped early)"}</td><td class="number">${fold.bestEpoch}</td><td>${duration(fold.seconds)}</td></tr>`),
  ),
  "Intervals of single folds are in results.json.",
)}</section>`;
}
