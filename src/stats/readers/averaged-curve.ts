import { unknownName } from "../../base/index.js";
import { notEstimable } from "../estimate.js";
import type { StatisticFacts } from "../estimate.js";
import { rocCurve } from "../roc-curve.js";
import type { RocPoint } from "../roc-curve.js";
import type { Key } from "../resample.js";
import type { Read } from "./reads.js";

export const averagedCurveFacts: StatisticFacts = {
  title: "Reader-averaged ROC curve",
  summary: "One curve for several readers whose area is the mean of their areas.",
  formula:
    "mean sensitivity at every 1 − specificity, mean 1 − specificity at every sensitivity, or mean of sensitivity + specificity along lines " +
    "across the diagonal of chance; exact, at every corner of any curve",
  methods: ["sensitivity", "specificity", "diagonal"],
  reference: "W. Chen, F. W. Samuelson, Br J Radiol 87, 2014, doi:10.1259/bjr.20140016",
};

/** What is averaged. */
export type CurveAverage = "sensitivity" | "specificity" | "diagonal";

export interface CurvePoint {
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
}

/**
 * Average of several ROC curves. Every average keeps the mean area; "diagonal" is symmetric in sensitivity and specificity.
 * @param curves points from (0, 0) to (1, 1), as of rocCurve
 * @throws InputError `not-estimable` without a curve
 */
export function averageRocCurves(
  curves: readonly (readonly CurvePoint[])[],
  over: CurveAverage = "diagonal",
): CurvePoint[] {
  if (curves.length === 0) throw notEstimable("averaged curve", "at least one curve", "0", "Pass the readers' curves.");
  if (over === "diagonal") {
    const rotated = curves.map((curve) =>
      curve.map(({ falsePositiveRate: x, truePositiveRate: y }) => ({ at: x + y, value: y - x })),
    );
    return averageLines(rotated).map(({ at, value }) => ({
      falsePositiveRate: (at - value) / 2,
      truePositiveRate: (at + value) / 2,
    }));
  }
  if (over !== "sensitivity" && over !== "specificity") {
    throw unknownName("average", over, ["sensitivity", "specificity", "diagonal"]);
  }
  const vertical = over === "sensitivity";
  const lines = curves.map((curve) =>
    curve.map(({ falsePositiveRate: x, truePositiveRate: y }) => (vertical ? { at: x, value: y } : { at: y, value: x })),
  );
  return averageLines(lines).map(({ at, value }) =>
    vertical ? { falsePositiveRate: at, truePositiveRate: value } : { falsePositiveRate: value, truePositiveRate: at },
  );
}

/** The averaged curve of all readers of one modality. */
export function readerAveragedCurve(
  reads: readonly Read[],
  options: { readonly modality?: Key; readonly over?: CurveAverage } = {},
): CurvePoint[] {
  const own = reads.filter((read) => options.modality === undefined || read.modality === options.modality);
  const readers = [...new Set(own.map((read) => read.reader))];
  const curves = readers.map((reader): RocPoint[] => {
    const mine = own.filter((read) => read.reader === reader);
    return rocCurve(
      mine.map((read) => read.positive),
      mine.map((read) => Number(read.rating)),
    );
  });
  return averageRocCurves(curves, options.over);
}

interface Corner {
  readonly at: number;
  readonly value: number;
}

/** Mean of broken lines that run from left to right and may rise straight up; both ends of a rise are kept. */
function averageLines(lines: readonly (readonly Corner[])[]): Corner[] {
  const positions = [...new Set(lines.flatMap((line) => line.map(({ at }) => at)))].sort((a, b) => a - b);
  return positions.flatMap((at) => {
    let [below, above] = [0, 0];
    for (const line of lines) {
      const [low, high] = valuesAt(line, at);
      below += low / lines.length;
      above += high / lines.length;
    }
    return above > below ? [{ at, value: below }, { at, value: above }] : [{ at, value: below }];
  });
}

/** Values from the left and from the right at a position. */
function valuesAt(line: readonly Corner[], at: number): [number, number] {
  const first = line.findIndex((corner) => corner.at >= at);
  if (first < 0) return [line.at(-1)!.value, line.at(-1)!.value];
  const here = line[first]!;
  if (here.at === at) {
    let last = first;
    while (last + 1 < line.length && line[last + 1]!.at === at) last++;
    return [here.value, line[last]!.value];
  }
  const before = line[Math.max(0, first - 1)]!;
  const share = here.at === before.at ? 0 : (at - before.at) / (here.at - before.at);
  const value = before.value + share * (here.value - before.value);
  return [value, value];
}
