import type { Tensor } from "../../base/index.js";
import { clusteredProportion, estimateOrReason, meanInterval, median, type Estimate, type NotEstimable } from "../../stats/index.js";
import { decodeHead, outputsOf, startsOf, type TargetTruth } from "../../train/index.js";
import type { TargetTable } from "./target-heads.js";

/** How well one target is told. */
export interface TargetMeasure {
  readonly name: string;
  /** Share of right classes, or mean absolute error in the unit. */
  readonly measure: "accuracy" | "mean absolute error";
  readonly unit?: string;
  readonly cases: number;
  readonly figure: Estimate | NotEstimable;
  /** The same for an answer that knows the condition and does not look (and for the condition itself: that never looks): the commonest class or the median of the cases measured. */
  readonly blind: number;
}

export interface MeasuredCases {
  readonly table: TargetTable;
  /** Cases that the outputs belong to. */
  readonly indices: readonly number[];
  /** [n, outputs]. */
  readonly outputs: Tensor<"float32">;
  /** Patient of each of these cases: one cluster of the intervals. */
  readonly patients: readonly string[];
}

/** Cases that have the commonest class. */
function countCommonest(truths: readonly TargetTruth[]): number {
  const counts = new Map<TargetTruth, number>();
  for (const truth of truths) counts.set(truth, (counts.get(truth) ?? 0) + 1);
  return Math.max(...counts.values());
}

/** Sum of the distances from the median. */
function sumOfErrors(truths: readonly TargetTruth[]): number {
  const middle = median(truths.map(Number));
  return truths.reduce<number>((sum, truth) => sum + Math.abs(Number(truth) - middle), 0);
}

interface Answered {
  readonly truth: TargetTruth;
  readonly condition: TargetTruth;
}

/** Mean over the cases of what `total` gives for the truths of each condition. */
function meanWithin(found: readonly Answered[], total: (truths: readonly TargetTruth[]) => number): number {
  const conditions = [...new Set(found.map(({ condition }) => condition))];
  const sums = conditions.map((name) => total(found.filter(({ condition }) => condition === name).map(({ truth }) => truth)));
  return sums.reduce((sum, value) => sum + value, 0) / found.length;
}

/** Measures of every target over the cases it applies to, with intervals that take a patient's images as one cluster. */
export function measureTargets({ table, indices, outputs, patients }: MeasuredCases): TargetMeasure[] {
  const width = outputs.shape[1]!;
  const starts = startsOf(table.heads, outputsOf);
  return table.heads.flatMap((head, h): TargetMeasure[] => {
    const found = indices.flatMap((index, i) => {
      const truth = table.truths(index)[h];
      if (truth === undefined) return [];
      const own = outputs.data.subarray(i * width + starts[h]!, i * width + starts[h]! + outputsOf(head));
      return [{ truth, answer: decodeHead(head, own), patient: patients[i]!, condition: h === 0 ? undefined : table.truths(index)[0] }];
    });
    if (found.length === 0) return [];
    const groups = found.map(({ patient }) => patient);
    const common = { name: head.name, cases: found.length };
    if (head.kind === "classes") {
      const figure = estimateOrReason(() => clusteredProportion(found.map(({ truth, answer }) => truth === answer), groups, { subject: `accuracy of ${head.name}` }));
      return [{ ...common, measure: "accuracy", figure, blind: meanWithin(found, countCommonest) }];
    }
    const errors = found.map(({ truth, answer }) => Math.abs(Number(truth) - Number(answer)));
    const figure = estimateOrReason(() => meanInterval(errors, { groups, range: [0, Infinity], subject: `mean absolute error of ${head.name}` }));
    return [{ ...common, measure: "mean absolute error", unit: head.unit, figure, blind: meanWithin(found, sumOfErrors) }];
  });
}
