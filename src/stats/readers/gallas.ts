import { checkLevel, defaultLevel } from "../checks.js";
import { studentTwoSidedP } from "../distributions/index.js";
import { notEstimable } from "../estimate.js";
import type { StatisticFacts } from "../estimate.js";
import type { Key } from "../resample.js";
import { jackknifeDegrees, sumDegrees } from "../satterthwaite.js";
import { waldEstimate } from "../wald.js";
import type { WaldEstimate } from "../wald.js";
import { caseChanges, cellCovariance } from "./cell-covariance.js";
import { scalesOf } from "./obuchowski-rockette.js";
import type { ReaderInterval } from "./obuchowski-rockette.js";
import { readerCells } from "./reads.js";
import type { Cell, CellOptions, Read } from "./reads.js";

export const gallasFacts: StatisticFacts = {
  title: "One-shot estimate of readers and cases",
  summary: "Unbiased variance of the readers' mean without a model, for any pattern of readers and cases.",
  formula:
    "Var = θ̄² − mean over pairs of different readers of M₈, M₈ the mean product of two readers' results over pairs of cases that have " +
    "no case in common; intervals and degrees of freedom as for readers and cases",
  methods: ["one-shot"],
  reference: "B. D. Gallas, Acad Radiol 13, 2006, doi:10.1016/j.acra.2005.11.030; B. D. Gallas et al., Commun Stat Theory Methods 38, 2009",
};

export interface OneShotEstimate extends WaldEstimate {
  readonly modality: Key;
  readonly degreesOfFreedom: number;
}

export interface OneShotDifference extends WaldEstimate {
  readonly first: Key;
  readonly second: Key;
  readonly degreesOfFreedom: number;
  readonly statistic: number;
  readonly p: number;
}

export interface OneShotResult {
  readonly means: readonly OneShotEstimate[];
  readonly differences: readonly OneShotDifference[];
}

/**
 * Gallas's one-shot estimate of readers' means and of their differences (first minus second).
 * @throws InputError `not-estimable` with one reader, or where the unbiased variance comes out at or below 0
 * @see checked against the published analysis of VanDyke with unbiased covariances, and against all pairs counted one by one
 */
export function gallasOneShot(
  reads: readonly Read[],
  options: CellOptions & { readonly level?: number; readonly interval?: ReaderInterval } = {},
): OneShotResult {
  const { interval = "score" } = options;
  const scales = scalesOf(interval);
  const level = checkLevel(options.level ?? defaultLevel);
  const cells = readerCells(reads, options);
  const modalities = [...new Set(cells.map((cell) => cell.modality))];
  const matrix = cellCovariance(cells, "unbiased");
  const cases = new Set(cells.flatMap((cell) => [...cell.positives.keys(), ...cell.negatives.keys()])).size;
  const contrast = (weights: ReadonlyMap<Key, number>): Contrast => oneShot(cells, matrix, weights, interval);
  return {
    means: modalities.map((modality) => {
      const { estimate, variance, degreesOfFreedom } = contrast(new Map([[modality, 1]]));
      return {
        modality,
        ...waldEstimate({
          estimate,
          standardError: Math.sqrt(variance),
          level,
          method: "one-shot (Gallas)",
          n: cases,
          degreesOfFreedom,
          range: [0, 1],
          scale: scales.mean,
        }),
        degreesOfFreedom,
      };
    }),
    differences: modalities.flatMap((first, i) =>
      modalities.slice(i + 1).map((second) => {
        const { estimate, variance, degreesOfFreedom } = contrast(new Map([[first, 1], [second, -1]]));
        const standardError = Math.sqrt(variance);
        const statistic = estimate / standardError;
        return {
          first,
          second,
          ...waldEstimate({
            estimate,
            standardError,
            level,
            method: "one-shot (Gallas)",
            n: cases,
            degreesOfFreedom,
            range: [-1, 1],
            scale: scales.difference,
          }),
          degreesOfFreedom,
          statistic,
          p: studentTwoSidedP(statistic, degreesOfFreedom),
        };
      }),
    ),
  };
}

interface Contrast {
  readonly estimate: number;
  readonly variance: number;
  readonly degreesOfFreedom: number;
}

/** Each reader's weighted sum of modalities; products of different readers estimate the square of its mean. */
function oneShot(
  cells: readonly Cell[],
  matrix: readonly (readonly number[])[],
  weights: ReadonlyMap<Key, number>,
  interval: ReaderInterval,
): Contrast {
  const readers = [...new Set(cells.filter((cell) => weights.has(cell.modality)).map((cell) => cell.reader))];
  const own = readers.map((reader) =>
    cells.flatMap((cell, i) => (cell.reader === reader && weights.has(cell.modality) ? [i] : [])),
  );
  if (readers.length < 2 || own.some((list) => list.length !== weights.size)) {
    throw notEstimable(
      "one-shot estimate",
      "two readers or more who read every modality compared",
      `${readers.length} readers`,
      "Compare modalities that the same readers read.",
    );
  }
  const weightOf = (i: number): number => weights.get(cells[i]!.modality)!;
  const results = own.map((list) => list.reduce((sum, i) => sum + weightOf(i) * cells[i]!.estimate, 0));
  const j = readers.length;
  const estimate = results.reduce((sum, value) => sum + value, 0) / j;
  let products = 0;
  for (let r = 0; r < j; r++) {
    for (let s = 0; s < j; s++) {
      if (r === s) continue;
      let covariance = 0;
      for (const a of own[r]!) for (const b of own[s]!) covariance += weightOf(a) * weightOf(b) * matrix[a]![b]!;
      products += results[r]! * results[s]! - covariance;
    }
  }
  const variance = estimate * estimate - products / (j * (j - 1));
  if (!(variance > 0)) {
    throw notEstimable("one-shot estimate", "a variance above 0", `${variance}`, "Gather more cases or readers.");
  }
  const spread = results.reduce((sum, value) => sum + (value - estimate) ** 2, 0) / (j - 1);
  const ofReaders = spread / j;
  const common = Math.max(0, variance - ofReaders);
  const ofCases = interval === "score" && weights.size === 1 ? jackknifeDegrees(meanChanges(own.flat().map((i) => cells[i]!))) : Infinity;
  const degreesOfFreedom = sumDegrees([[ofReaders, j - 1], [common, ofCases]]);
  return { estimate, variance, degreesOfFreedom };
}

/** How the mean of cells changes without each case. */
function meanChanges(cells: readonly Cell[]): number[] {
  const sums = new Map<Key, number>();
  for (const cell of cells) for (const [key, change] of caseChanges(cell)) sums.set(key, (sums.get(key) ?? 0) + change / cells.length);
  return [...sums.values()];
}
