import { checkLevel, defaultLevel } from "../checks.js";
import { normalTwoSidedP, studentTwoSidedP } from "../distributions/index.js";
import { notEstimable } from "../estimate.js";
import type { StatisticFacts } from "../estimate.js";
import { waldEstimate } from "../wald.js";
import { cellCovariance } from "./cell-covariance.js";
import type { CovarianceMethod } from "./cell-covariance.js";
import type { ModalityDifference } from "./obuchowski-rockette.js";
import { readerCells } from "./reads.js";
import type { CellFigure, CellOptions, Read } from "./reads.js";

export const standaloneFacts: StatisticFacts = {
  title: "One network against readers",
  summary: "A network, which is one and does not vary, against the mean of readers who stand for all readers, on the same cases.",
  formula:
    "ψⱼ = θ̂_network − θ̂ⱼ: mean ψ̄ ± t √(MS(R)/J + max(Cov2, 0)) on (MS(R) + J max(Cov2, 0))²/(MS(R)²/(J − 1)) degrees of freedom, " +
    "MS(R) the variance of the ψⱼ and Cov2 the mean covariance of two of them over the cases",
  methods: ["random readers and cases", "readers fixed"],
  reference: "S. L. Hillis, N. A. Obuchowski, K. S. Berbaum, Acad Radiol 18, 2011, doi:10.1016/j.acra.2010.09.007; D. P. Chakraborty, Observer Performance Methods, 2017, chapter 22",
};

/**
 * Difference of a network and the mean of readers (network minus readers) on the same cases.
 * @param network its reads; reader and modality are ignored
 * @param readers reads of one modality
 * @throws InputError `not-estimable` with one reader unless readers are fixed; as readerCells
 * @see with readers fixed and one reader it is DeLong's paired test
 */
export function compareWithReaders(
  network: readonly Omit<Read, "reader" | "modality">[],
  readers: readonly Omit<Read, "modality">[],
  options: CellOptions & {
    readonly level?: number;
    readonly covariance?: CovarianceMethod;
    readonly fixed?: "readers";
  } = {},
): StandaloneComparison {
  const level = checkLevel(options.level ?? defaultLevel);
  // Both kinds go through one table, so that a case whose truth differs between them is refused.
  const cells = readerCells(
    [
      ...network.map((read) => ({ ...read, reader: "network", modality: "network" })),
      ...readers.map((read) => ({ ...read, modality: "readers" })),
    ],
    options,
  );
  const alone = cells.find((cell) => cell.modality === "network");
  return compareFigures(cells, cellCovariance(cells, options.covariance ?? "jackknife"), {
    level,
    fixed: options.fixed,
    n: alone === undefined ? 0 : alone.positives.size + alone.negatives.size,
  });
}

export interface StandaloneComparison extends Omit<ModalityDifference, "first" | "second"> {
  readonly network: number;
  readonly readerMean: number;
}

/**
 * The comparison from figures and their covariances over the cases.
 * @param cells of the modalities "network" (one) and "readers"
 * @throws InputError `not-estimable` as compareWithReaders
 */
export function compareFigures(
  cells: readonly CellFigure[],
  matrix: readonly (readonly number[])[],
  options: { readonly level: number; readonly n: number; readonly fixed?: "readers" | undefined },
): StandaloneComparison {
  const { level, n } = options;
  const own = cells.flatMap((cell, i) => (cell.modality === "readers" ? [i] : []));
  const alone = cells.findIndex((cell) => cell.modality === "network");
  const j = own.length;
  const fixed = options.fixed === "readers";
  if (alone < 0 || j < (fixed ? 1 : 2)) {
    throw notEstimable(
      "network against readers",
      `the network's reads and those of ${fixed ? "a reader" : "two readers"}`,
      `${j} readers`,
      'Have more readers read, or pass fixed: "readers".',
    );
  }
  const base = cells[alone]!.estimate;
  const differences = own.map((i) => base - cells[i]!.estimate);
  const estimate = differences.reduce((sum, value) => sum + value, 0) / j;
  const covariance = (a: number, b: number): number =>
    matrix[alone]![alone]! - matrix[alone]![a]! - matrix[alone]![b]! + matrix[a]![b]!;
  let [diagonal, others] = [0, 0];
  for (const a of own) {
    for (const b of own) {
      if (a === b) diagonal += covariance(a, b) / j;
      else others += covariance(a, b) / (j * (j - 1));
    }
  }
  const spread = j > 1 ? differences.reduce((sum, value) => sum + (value - estimate) ** 2, 0) / (j - 1) : 0;
  const common = Math.max(0, others);
  const variance = (fixed ? diagonal - common : spread) / j + common;
  if (!(variance > 0)) {
    throw notEstimable("network against readers", "results that vary", "none that do", "There is nothing to compare.");
  }
  const standardError = Math.sqrt(variance);
  const statistic = estimate / standardError;
  const df = fixed || spread === 0 ? Infinity : (j - 1) * ((variance * j) / spread) ** 2;
  const finite = Number.isFinite(df);
  return {
    ...waldEstimate({
      estimate,
      standardError,
      level,
      method: `network against the mean of ${j} readers, ${fixed ? "readers fixed" : "readers and cases random"}`,
      n,
      degreesOfFreedom: df,
      range: [-1, 1],
      scale: "keep",
    }),
    statistic,
    degreesOfFreedom: finite ? df : null,
    p: finite ? studentTwoSidedP(statistic, df) : normalTwoSidedP(statistic),
    network: base,
    readerMean: base - estimate,
  };
}
