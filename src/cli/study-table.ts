import { defaultTableColumns, isEstimate, type CellResult, type StudyResults, type TableColumn } from "../study/index.js";
import { textTable } from "./table.js";

type Figure = CellResult["pooled"]["accuracy"];

function figure(value: Figure | undefined): string {
  if (value === undefined) return "-";
  if (!isEstimate(value)) return "not estimable";
  return `${value.estimate.toFixed(3)} (${value.lower.toFixed(3)}-${value.upper.toFixed(3)})`;
}

function overFolds({ overFolds: { accuracy } }: CellResult): string {
  return "notEstimable" in accuracy ? "-" : `${accuracy.mean.toFixed(3)} ± ${accuracy.standardDeviation.toFixed(3)}`;
}

interface Column {
  readonly head: string;
  readonly of: (cell: CellResult) => string;
}

/** Columns of a name; none where no cell has anything to say. */
function columnsOf(name: TableColumn, { cells, data: { labels } }: StudyResults): Column[] {
  switch (name) {
    case "accuracy":
      return [{ head: "accuracy", of: ({ pooled }) => figure(pooled.accuracy) }];
    case "over-folds":
      return [{ head: "over folds", of: overFolds }];
    case "kappa":
      return [{ head: "kappa", of: ({ kappa }) => figure(kappa) }];
    case "auc-by-class":
      return labels.map((label) => ({ head: `AUC ${label}`, of: ({ pooled }) => figure(pooled.perClass[label]?.auc) }));
    case "relevance":
      return cells.some(({ relevance }) => relevance !== undefined) ? [{ head: "map inside region", of: ({ relevance }) => figure(relevance) }] : [];
    case "parameters":
      return [{ head: "parameters", of: ({ parameters }) => parameters.total.toLocaleString("en-US") }];
    case "time":
      return [{ head: "time", of: ({ seconds }) => (seconds < 90 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(1)} min`) }];
    default: {
      const head = { precision: "precision (macro)", recall: "sensitivity (macro)", specificity: "specificity (macro)", f1: "F1 (macro)", auc: "AUC (macro)" }[name];
      return [{ head, of: ({ pooled }) => figure(pooled.macro[name]) }];
    }
  }
}

const measureTitles: Readonly<Record<string, string>> = { kappa: "Cohen's kappa", recall: "sensitivity", f1: "F1", auc: "AUC" };

/** What was published, one line per measure, so that nobody takes the two for one table. */
function publishedLines({ recipe: { published } }: StudyResults): string[] {
  if (published === undefined) return [];
  const measures = [...new Set(published.figures.map(({ measure }) => measure))];
  const one = ({ name, value, interval }: (typeof published.figures)[number]): string => `${name} ${value.toFixed(3)}${interval === undefined ? "" : ` (${interval[0].toFixed(3)}-${interval[1].toFixed(3)})`}`;
  return [
    "",
    ...measures.map((measure) => `published ${measureTitles[measure] ?? measure}: ${published.figures.filter((figureOf) => figureOf.measure === measure).map(one).join(", ")}`),
    `(${published.source}; ${published.cases})`,
  ];
}

/** The study's table for a terminal, with the columns that its recipe asks for. */
export function studyTable(results: StudyResults): string {
  const { cells, level, recipe, data } = results;
  const names: Column[] = [
    { head: "network", of: ({ network }) => network },
    { head: "regime", of: ({ row }) => row },
    ...(cells.some(({ start }) => start !== undefined) ? [{ head: "start", of: ({ start }: CellResult) => start ?? "none" }] : []),
    ...(cells.some(({ view }) => view !== undefined) ? [{ head: "region", of: ({ view }: CellResult) => (view === "none" ? "whole" : (view ?? "")) }] : []),
  ];
  const columns = [...names, ...(recipe.table ?? defaultTableColumns).flatMap((name) => columnsOf(name, results))];
  const table = textTable(columns.map(({ head }) => head), cells.map((cell) => columns.map(({ of }) => of(cell))));
  const units = data.units === undefined ? "" : `; decided on ${data.units} units of ${data.cases} images`;
  return [table, `(${Math.round(level * 100)} % intervals; all test predictions pooled${units})`, ...publishedLines(results)].join("\n");
}
