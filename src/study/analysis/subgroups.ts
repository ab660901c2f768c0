import { InputError, unknownName } from "../../base/index.js";
import { estimateOrReason, holm, isEstimable, subgroupAucs, subgroupProportions, type SubgroupReport } from "../../stats/index.js";
import type { AggregateOptions } from "../aggregate.js";
import type { Estimated, SubgroupResult } from "../results.js";
import type { CasePrediction } from "../task-record.js";

/** A free column of the table as the groups it makes. */
export interface SubgroupColumn {
  readonly column: string;
  /** Group of each case id; absent where the table says nothing. */
  readonly groupOf: ReadonlyMap<string, string>;
}

/** More different numbers than this are cut into thirds. */
const mostDistinct = 6;

/** More groups than this say nothing. */
const mostGroups = 20;

/** Edges that cut sorted numbers into three parts as equal as their ties allow. */
function thirds(values: readonly number[]): [number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  return [sorted[Math.ceil(sorted.length / 3) - 1]!, sorted[Math.ceil((2 * sorted.length) / 3) - 1]!];
}

/**
 * The groups that a column makes: its values, or thirds where it holds many different numbers.
 * @throws NotFoundError when the table has no such column; InputError `subgroup-column` when it makes one group or too many
 */
export function subgroupColumn(cases: readonly { readonly id: string; readonly fields: Readonly<Record<string, string>> }[], column: string, known: readonly string[]): SubgroupColumn {
  if (known.length === 0) throw new InputError("subgroup-column", `subgroup ${column}: expected a table with this column, got data without free columns. Pass a CSV table to --data.`);
  if (!known.includes(column)) throw unknownName("column of the table", column, known);
  const told = cases.flatMap(({ id, fields }) => {
    const value = fields[column]?.trim() ?? "";
    return value === "" ? [] : [{ id, value }];
  });
  const distinct = new Set(told.map(({ value }) => value));
  const isNumeric = told.every(({ value }) => Number.isFinite(Number(value)));
  if (isNumeric && distinct.size > mostDistinct) {
    const [low, high] = thirds(told.map(({ value }) => Number(value)));
    const name = (value: number): string => (value <= low ? `up to ${low}` : value <= high ? `above ${low} to ${high}` : `above ${high}`);
    return { column, groupOf: new Map(told.map(({ id, value }) => [id, name(Number(value))])) };
  }
  if (distinct.size < 2 || distinct.size > mostGroups) {
    throw new InputError("subgroup-column", `subgroup ${column}: expected a column of 2 to ${mostGroups} different values, or of numbers, got ${distinct.size} ${distinct.size === 1 ? "value" : "values"}. Name another column.`);
  }
  return { column, groupOf: new Map(told.map(({ id, value }) => [id, value])) };
}

/** Groups as a reader expects them: numbers' thirds from low to high, names by the alphabet. */
function inOrder(names: readonly string[]): string[] {
  const low = (name: string): number => (name.startsWith("up to") ? -Infinity : Number(/^above (\S+)/.exec(name)?.[1] ?? NaN));
  return [...names].sort((a, b) => low(a) - low(b) || (a < b ? -1 : 1));
}

/** How each cell does in each group of each column. The tests of one measure are adjusted for each other by Holm's method. */
export function subgroupsOf(
  cells: readonly { readonly id: string; readonly predictions: readonly CasePrediction[] }[],
  columns: readonly SubgroupColumn[],
  { labels, level, patientOf }: AggregateOptions,
): SubgroupResult[] {
  const measures = labels.length === 2 ? (["accuracy", "auc"] as const) : (["accuracy"] as const);
  const found = columns.flatMap(({ column, groupOf }) =>
    cells.flatMap(({ id, predictions }) => {
      const known = predictions.filter((one) => groupOf.has(one.case));
      const values = known.map((one) => groupOf.get(one.case)!);
      const order = inOrder([...new Set(values)]);
      const sorted = known.map((one, i) => ({ one, value: values[i]! })).sort((x, y) => order.indexOf(x.value) - order.indexOf(y.value));
      const names = sorted.map(({ value }) => value);
      const groups = sorted.map(({ one }) => patientOf(one.case));
      return measures.map((measure) => {
        const report = estimateOrReason(() =>
          measure === "accuracy"
            ? subgroupProportions(sorted.map(({ one }) => one.label === one.predicted), names, { level, groups })
            : subgroupAucs(sorted.map(({ one }) => one.label === 1), sorted.map(({ one }) => one.probabilities[1]!), names, { level, groups }),
        );
        return { column, cell: id, measure, missing: predictions.length - known.length, report };
      });
    }),
  );
  const pOf = (report: (typeof found)[number]["report"]): number | undefined => (isEstimable(report) && isEstimable(report.interaction) ? report.interaction.p : undefined);
  const adjusted = new Map(
    measures.flatMap((measure) => {
      const tested = found.filter((one) => one.measure === measure && pOf(one.report) !== undefined);
      return holm(tested.map(({ report }) => pOf(report)!)).map((p, i) => [tested[i]!, p] as const);
    }),
  );
  return found.map((one) => ({ column: one.column, cell: one.cell, measure: one.measure, missing: one.missing, ...resultOf(one.report, adjusted.get(one)) }));
}

function resultOf(report: SubgroupReport | { readonly notEstimable: string }, pAdjusted: number | undefined): Pick<SubgroupResult, "groups" | "interaction" | "worst"> {
  if (!isEstimable(report)) return { groups: [], interaction: report };
  const plain = (figure: Estimated): Estimated => {
    if (!isEstimable(figure)) return { notEstimable: figure.notEstimable };
    const { estimate, lower, upper, level, method, n } = figure;
    return { estimate, lower, upper, level, method, n };
  };
  const { interaction, worst } = report;
  return {
    groups: report.subgroups.map(({ name, n, figure }) => ({ name: String(name), n, figure: plain(figure) })),
    interaction: isEstimable(interaction) ? { p: interaction.p, pAdjusted: pAdjusted!, method: interaction.method } : { notEstimable: interaction.notEstimable },
    ...(isEstimable(worst) && { worst: { name: String(worst.name), figure: plain(worst.figure) } }),
  };
}
