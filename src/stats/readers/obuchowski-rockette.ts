import { unknownName } from "../../base/index.js";
import { checkLevel, defaultLevel } from "../checks.js";
import { chiSquareUpperP, fUpperP, normalTwoSidedP, studentTwoSidedP } from "../distributions/index.js";
import { notEstimable } from "../estimate.js";
import type { StatisticFacts } from "../estimate.js";
import type { Key } from "../resample.js";
import { waldEstimate } from "../wald.js";
import type { IntervalScale, WaldEstimate } from "../wald.js";
import { caseChanges, cellCovariance } from "./cell-covariance.js";
import type { CovarianceMethod } from "./cell-covariance.js";
import { detectDesign } from "./design.js";
import type { Layout, ReaderDesign } from "./design.js";
import { readerCells } from "./reads.js";
import type { CellFigure, CellOptions, Read } from "./reads.js";
import { jackknifeDegrees, sumDegrees } from "../satterthwaite.js";
import type { VariancePart } from "../satterthwaite.js";
import { averageCovariances, meanSquares } from "./variance-components.js";
import type { Covariances, MeanSquares } from "./variance-components.js";

export const obuchowskiRocketteFacts: StatisticFacts = {
  title: "Readers and cases",
  summary:
    "Comparison of modalities read by several readers on the same or different cases, so that it holds for other readers and other cases.",
  formula:
    "θ̂ᵢⱼ = μ + τᵢ + Rⱼ + (τR)ᵢⱼ + εᵢⱼ for I modalities and J readers, Cov(ε) = Cov1 (same reader), Cov2 (same modality), Cov3 " +
    "(neither). Random readers and cases: F = MS(T)/(MS(TR) + J max(Cov2 − Cov3, 0)) on I − 1 and D²/(MS(TR)²/((I − 1)(J − 1))) " +
    "degrees of freedom, D the denominator; readers fixed: χ² = (I − 1) MS(T)/(σ² − Cov1 + (J − 1)(Cov2 − Cov3)); cases fixed: " +
    "MS(T)/MS(TR). One modality: SE² = MS(R)/J + C, C = max(Cov2, 0), interval all θ with |θ̄ − θ| ≤ t SE √(θ(1 − θ)/(θ̄(1 − θ̄))) on SE⁴/((MS(R)/J)²/(J − 1) " +
    "+ C²/f) degrees of freedom, f = 2V²/(Σ c⁴ − V²/m), V = Σ c² over what the mean changes by without each of m cases; symmetric, as " +
    "published: θ̄ ± t SE with f infinite. Readers nested in modalities: MS(R(T)) + J₀ max(Cov2 − Cov3, 0), " +
    "J₀ = (N² − ΣJᵢ²)/(N(I − 1)). Split-plot and nested cases: covariances of readers without common cases are 0 and enter the averages",
  methods: ["random readers and cases", "readers fixed", "cases fixed"],
  reference:
    "N. A. Obuchowski, H. E. Rockette, Commun Stat Simul 24, 1995, doi:10.1080/03610919508813243; S. L. Hillis, Stat Med 26, 2007, " +
    "doi:10.1002/sim.2532 (degrees of freedom); S. L. Hillis, Stat Med 33, 2014, doi:10.1002/sim.5926 (other designs); M. Kottas, O. Kuss, A. Zapf, BMC Med " +
    "Res Methodol 14, 2014, doi:10.1186/1471-2288-14-26 (score)",
};

export interface ReaderStudyOptions extends CellOptions {
  readonly level?: number;
  /** Default `"jackknife"`, which serves all measures and designs. */
  readonly covariance?: CovarianceMethod;
  /** What the conclusion need not reach beyond. Left out, it holds for other readers and other cases. */
  readonly fixed?: "readers" | "cases";
  readonly interval?: ReaderInterval;
}

/**
 * Intervals of readers and means: by the score, as Wilson's of a proportion (the default, which keeps its level with few readers and cases), or
 * symmetric and cut at 0 and 1, as published analyses and other programs print them. Differences are symmetric in both.
 */
export type ReaderInterval = "score" | "symmetric";

export interface ModalityMean extends WaldEstimate {
  readonly modality: Key;
  readonly degreesOfFreedom: number | null;
}

export interface ModalityDifference extends WaldEstimate {
  readonly first: Key;
  readonly second: Key;
  /** t, or z where there are no degrees of freedom. */
  readonly statistic: number;
  readonly degreesOfFreedom: number | null;
  readonly p: number;
}

export interface ReaderResult extends WaldEstimate {
  readonly reader: Key;
  readonly modality: Key;
}

export interface ReaderStudyResult {
  readonly design: ReaderDesign;
  readonly readers: number;
  readonly cases: number;
  /** Each reader under each modality, over the sampling of cases; without intervals of their own where cases are fixed. */
  readonly cells: readonly ReaderResult[];
  readonly means: readonly ModalityMean[];
  readonly differences: readonly ModalityDifference[];
  /** Test that all modalities are equal; null with a single one. */
  readonly test: {
    readonly kind: "F" | "chi-square";
    readonly statistic: number;
    readonly df1: number;
    readonly df2: number | null;
    readonly p: number;
  } | null;
  readonly meanSquares: MeanSquares;
  readonly covariances: Covariances;
  /** Variances between readers and of their interaction with the modality; negative estimates are left as they are. */
  readonly components: { readonly reader: number; readonly interaction: number };
}

/**
 * Obuchowski and Rockette's analysis of a reader study with Hillis's degrees of freedom.
 * @param reads one per reader, modality and case; the design is read off them
 * @returns differences are first minus second, in the measure's unit
 * @throws InputError `not-estimable` with one reader unless readers are fixed, or without any variance; `design` and as readerCells
 * @see checked against the published analyses of VanDyke in MRMCaov's article, all covariance methods, fixed factors and designs
 */
export function obuchowskiRockette(reads: readonly Read[], options: ReaderStudyOptions = {}): ReaderStudyResult {
  const cells = readerCells(reads, options);
  const covariance = options.covariance ?? "jackknife";
  const layout = detectDesign(cells);
  checkReplicated(layout, options.fixed);
  const changes = cells.map(caseChanges);
  const cases = [...new Set(changes.flatMap((own) => [...own.keys()]))];
  return analyzeFigures(
    cells.map((cell, i) => ({
      ...cell,
      n: cell.positives.size + cell.negatives.size,
      changes: Float64Array.from(cases, (key) => changes[i]!.get(key) ?? 0),
    })),
    cellCovariance(cells, covariance),
    { ...options, layout, covariance, cases: cases.length },
  );
}

/** What one reader achieved under one modality, whatever the measure. */
export interface ReaderFigure extends CellFigure {
  /** Cases behind the estimate. */
  readonly n: number;
  /** How the estimate changes without each case (or patient), in one order for all; 0 for those it does not rest on. */
  readonly changes: ArrayLike<number>;
}

export interface FigureOptions {
  readonly layout: Layout;
  /** Cases of all readers together. */
  readonly cases: number;
  /** How the covariances were made. */
  readonly covariance: string;
  readonly level?: number;
  readonly fixed?: "readers" | "cases";
  readonly interval?: ReaderInterval;
}

/** @throws InputError `not-estimable` where one reader would have to stand for others */
function checkReplicated({ crossed, readers, modalities }: Layout, fixed: FigureOptions["fixed"]): void {
  const replicated = crossed ? readers.length > 1 : readers.length > modalities.length;
  if (fixed !== "readers" && !replicated) {
    throw notEstimable("reader study", "at least two readers", "1", 'Have more readers read, or pass fixed: "readers".');
  }
}

/**
 * The analysis from the readers' figures and the covariances of these over the cases.
 * @param matrix one row and column per figure
 * @throws InputError `not-estimable` as obuchowskiRockette
 */
export function analyzeFigures(cells: readonly ReaderFigure[], matrix: readonly (readonly number[])[], options: FigureOptions): ReaderStudyResult {
  const level = checkLevel(options.level ?? defaultLevel);
  const { layout, cases, interval = "score" } = options;
  const { modalities, readers } = layout;
  checkReplicated(layout, options.fixed);
  const covariances = averageCovariances(cells, matrix);
  const study: Study = { cells, matrix, layout, covariances, cases, level, fixed: options.fixed, interval, scales: scalesOf(interval) };
  const squares = readers.length > 1 ? meanSquares(cells, layout) : { modality: 0, reader: 0, interaction: 0 };
  const contrast = contrastOf(study, squares);
  return {
    design: layout.design,
    readers: readers.length,
    cases,
    cells: cells.map((cell, i) => ({
      reader: cell.reader,
      modality: cell.modality,
      ...waldEstimate({
        estimate: cell.estimate,
        standardError: Math.sqrt(Math.max(0, matrix[i]![i]!)),
        level,
        method: `one reader, ${options.covariance}`,
        n: cell.n,
        range: [0, 1],
        ...(study.interval === "score" && { degreesOfFreedom: jackknifeDegrees(cell.changes) }),
        scale: study.scales.mean,
      }),
    })),
    means: modalities.map((modality) => modalityMean(study, modality)),
    differences: modalities.flatMap((first, i) =>
      modalities.slice(i + 1).map((second) => modalityDifference(study, contrast, first, second)),
    ),
    test: modalities.length > 1 ? globalTest(study, squares, contrast) : null,
    meanSquares: squares,
    covariances,
    components: componentsOf(layout, squares, covariances),
  };
}

interface Study {
  readonly cells: readonly ReaderFigure[];
  readonly matrix: readonly (readonly number[])[];
  readonly layout: Layout;
  readonly covariances: Covariances;
  readonly cases: number;
  readonly level: number;
  readonly fixed: "readers" | "cases" | undefined;
  readonly interval: ReaderInterval;
  readonly scales: Scales;
}

interface Scales {
  readonly mean: IntervalScale;
  readonly difference: IntervalScale;
}

/** @throws InputError `unknown-name` */
export function scalesOf(interval: ReaderInterval): Scales {
  if (interval === "score") return { mean: "score", difference: "keep" };
  if (interval === "symmetric") return { mean: "cut", difference: "cut" };
  throw unknownName("interval", interval, ["score", "symmetric"]);
}

/** Variance of a modality's mean in a contrast, times its readers: a part per reader and a part common to all. */
interface Contrast {
  readonly perReader: number;
  /** Cov2 − Cov3, the part that more readers do not average out. */
  readonly common: number;
  /** Degrees of freedom of `perReader`; infinite where it is not estimated from the spread of readers. */
  readonly df: number;
}

function contrastOf({ layout, covariances, fixed }: Study, squares: MeanSquares): Contrast {
  const { crossed, modalities, readers } = layout;
  const { error, cov1, cov2, cov3 } = covariances;
  const df = crossed ? (modalities.length - 1) * (readers.length - 1) : readers.length - modalities.length;
  const spread = crossed ? squares.interaction : squares.reader;
  if (fixed === "cases") return { perReader: spread, common: 0, df };
  if (fixed === "readers") {
    const common = crossed ? cov2 - cov3 : Math.max(0, cov2 - cov3);
    return { perReader: crossed ? error - cov1 - common : error - cov2, common, df: Infinity };
  }
  return { perReader: spread, common: Math.max(0, cov2 - cov3), df };
}

function globalTest(study: Study, squares: MeanSquares, { perReader, common, df }: Contrast): ReaderStudyResult["test"] {
  const { modalities, readers, crossed } = study.layout;
  const df1 = modalities.length - 1;
  const sizes = modalities.map((modality) => study.cells.filter((cell) => cell.modality === modality).length);
  const n = study.cells.length;
  const effective = crossed ? readers.length : (n * n - sizes.reduce((sum, size) => sum + size * size, 0)) / (n * df1);
  const denominator = perReader + effective * common;
  if (!(denominator > 0)) throw noSpread();
  const ratio = squares.modality / denominator;
  const df2 = sumDegrees([[perReader, df], [effective * common, Infinity]]);
  if (study.fixed === "readers" || df2 === Infinity) {
    const statistic = df1 * ratio;
    return { kind: "chi-square", statistic, df1, df2: null, p: chiSquareUpperP(statistic, df1) };
  }
  return { kind: "F", statistic: ratio, df1, df2, p: fUpperP(ratio, df1, df2) };
}

function modalityDifference(study: Study, contrast: Contrast, first: Key, second: Key): ModalityDifference {
  const { cells, level, layout, cases } = study;
  const a = cells.filter((cell) => cell.modality === first);
  const b = cells.filter((cell) => cell.modality === second);
  const estimate = meanOf(a) - meanOf(b);
  const share = 1 / a.length + 1 / b.length;
  const variance = share * contrast.perReader + 2 * contrast.common;
  if (!(variance > 0)) throw noSpread();
  const degreesOfFreedom = sumDegrees([[share * contrast.perReader, contrast.df], [2 * contrast.common, Infinity]]);
  const standardError = Math.sqrt(variance);
  const statistic = estimate / standardError;
  const finite = Number.isFinite(degreesOfFreedom);
  return {
    first,
    second,
    ...waldEstimate({
      estimate,
      standardError,
      level,
      method: `Obuchowski-Rockette, ${describeFixed(study.fixed)}, ${layout.design}`,
      n: cases,
      degreesOfFreedom,
      range: [-1, 1],
      scale: study.scales.difference,
    }),
    statistic,
    degreesOfFreedom: finite ? degreesOfFreedom : null,
    p: finite ? studentTwoSidedP(statistic, degreesOfFreedom) : normalTwoSidedP(statistic),
  };
}

/** Mean of one modality, from that modality's reads alone. */
function modalityMean(study: Study, modality: Key): ModalityMean {
  const { cells, matrix, level, cases, fixed, interval, scales } = study;
  const indices = cells.flatMap((cell, i) => (cell.modality === modality ? [i] : []));
  const own = indices.map((i) => cells[i]!);
  const readers = own.length;
  const estimate = meanOf(own);
  const { error, cov2 } = averageCovariances(
    own,
    indices.map((i) => indices.map((j) => matrix[i]![j]!)),
  );
  const spread = readers > 1 ? own.reduce((sum, cell) => sum + (cell.estimate - estimate) ** 2, 0) / (readers - 1) : 0;
  const common = fixed === "cases" ? 0 : Math.max(0, cov2);
  const perReader = fixed === "readers" ? error - common : spread;
  const parts: VariancePart[] = [
    [perReader / readers, fixed === "readers" ? Infinity : readers - 1],
    [common, Infinity],
  ];
  const variance = perReader / readers + common;
  const known = interval === "score" && fixed !== "cases" ? withCaseDegrees(parts, own, fixed) : parts;
  const df = sumDegrees(known);
  return {
    modality,
    ...waldEstimate({
      estimate,
      standardError: Math.sqrt(Math.max(0, variance)),
      level,
      method: `mean of ${readers} readers, ${describeFixed(fixed)}`,
      n: cases,
      degreesOfFreedom: df,
      range: [0, 1],
      scale: scales.mean,
    }),
    degreesOfFreedom: Number.isFinite(df) ? df : null,
  };
}

/**
 * Hillis's degrees of freedom take the part common to all readers as known. It is estimated from the cases: with few of a kind that matters
 * to an interval of a mean, as it does to DeLong's.
 */
function withCaseDegrees([ofReaders, common]: readonly VariancePart[], cells: readonly ReaderFigure[], fixed: Study["fixed"]): VariancePart[] {
  const changes = Float64Array.from(cells[0]!.changes, (_, u) => cells.reduce((sum, cell) => sum + cell.changes[u]!, 0) / cells.length);
  const df = jackknifeDegrees(changes);
  // With the readers fixed all of the variance is the cases'.
  return fixed === "readers" ? [[ofReaders![0] + common![0], df]] : [ofReaders!, [common![0], df]];
}

function componentsOf(
  { crossed, modalities }: Layout,
  squares: MeanSquares,
  { error, cov1, cov2, cov3 }: Covariances,
): ReaderStudyResult["components"] {
  if (!crossed) return { reader: squares.reader - error + cov2, interaction: 0 };
  return {
    reader: (squares.reader - squares.interaction) / modalities.length - cov1 + cov3,
    interaction: modalities.length > 1 ? squares.interaction - error + cov1 + cov2 - cov3 : 0,
  };
}

function meanOf(cells: readonly CellFigure[]): number {
  return cells.reduce((sum, cell) => sum + cell.estimate, 0) / cells.length;
}

function describeFixed(fixed: "readers" | "cases" | undefined): string {
  return fixed ? `${fixed} fixed` : "readers and cases random";
}

function noSpread(): Error {
  return notEstimable("reader study", "results that vary", "none that do", "There is nothing to compare.");
}
