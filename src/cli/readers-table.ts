import { readersFindings, readerMetrics, type FigureTable, type GroupRow, type ReadersResult } from "../study/index.js";
import { textTable } from "./table.js";

const heads = { accuracy: "accuracy", precision: "precision", recall: "sensitivity", specificity: "specificity", f1: "F1", auc: "AUC" } as const;

/** Percent with one decimal and its interval, as the published table has them. */
function cell(figure: FigureTable["accuracy"]): string {
  if ("notEstimable" in figure) return "-";
  const percent = (value: number): string => (100 * value).toFixed(1);
  return `${percent(figure.estimate)} (${percent(figure.lower)}-${percent(figure.upper)})`;
}

function range({ ranges }: GroupRow, metric: (typeof readerMetrics)[number]): string {
  const found = ranges[metric];
  return found === undefined ? "-" : `${(100 * found[0]).toFixed(1)}-${(100 * found[1]).toFixed(1)}`;
}

/** The published study's table for a terminal: each reader, each group with its range, the network. */
export function readersTable(result: ReadersResult): string {
  const hasAuc = result.readers.some(({ figures }) => !("notEstimable" in figures.main.auc));
  const metrics = readerMetrics.filter((metric) => metric !== "auc" || hasAuc);
  const blocks = (["alone", "aided"] as const).flatMap((condition) => {
    const mark = condition === "aided" ? " +network" : "";
    const groups = result.groups.filter((group) => group.condition === condition);
    const ordered = [...groups.filter(({ group }) => group !== undefined), ...groups.filter(({ group }) => group === undefined)];
    return [
      ...result.readers.filter((reader) => reader.condition === condition).map(({ name, figures }) => [`${name}${mark}`, ...metrics.map((metric) => cell(figures.main[metric]))]),
      ...ordered.flatMap((group) => {
        const name = `${group.group ?? "all readers"}${mark}`;
        const mean = [`  mean of ${name}`, ...metrics.map((metric) => cell(group.figures.main[metric]))];
        return group.readers > 1 ? [mean, [`  range of ${name}`, ...metrics.map((metric) => range(group, metric))]] : [mean];
      }),
    ];
  });
  const rows = [...blocks, ["network", ...metrics.map((metric) => cell(result.network.main[metric]))]];
  const scope = result.labels.length === 2 ? `all but accuracy: ${result.labels[1]}` : "all but accuracy: means over the classes";
  return [
    ...(result.simulated ? ["SIMULATED READS: nothing here is about people.", ""] : []),
    textTable(["% with interval", ...metrics.map((metric) => heads[metric])], rows),
    `(${Math.round(result.level * 100)} % intervals; ${result.cases} cases of the ${result.set === "external" ? "external test set" : "test predictions"}; ${scope})`,
    "",
    ...readersFindings(result),
  ].join("\n");
}
