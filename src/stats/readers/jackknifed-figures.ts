import { InputError } from "../../base/index.js";
import type { WeightedStatistic } from "../bootstrap.js";
import { checkLevel, checkSameLength, defaultLevel } from "../checks.js";
import { notEstimable } from "../estimate.js";
import type { StatisticFacts } from "../estimate.js";
import { collect } from "../resample.js";
import type { Key } from "../resample.js";
import { layoutOf } from "./design.js";
import { analyzeFigures } from "./obuchowski-rockette.js";
import type { ReaderInterval, ReaderStudyResult } from "./obuchowski-rockette.js";
import { compareFigures } from "./standalone.js";
import type { StandaloneComparison } from "./standalone.js";

export const jackknifedFiguresFacts: StatisticFacts = {
  title: "Readers and cases for any measure",
  summary:
    "Obuchowski and Rockette's analysis, and that of a network against readers, for measures that are no mean over cases (precision, F1, averages over " +
    "classes), from every reader's figure with one case, or one patient, left out at a time.",
  formula: "Cov(θ̂ᵢ, θ̂ⱼ) = (m − 1)/m Σᵤ (θ̂ᵢ₍₋ᵤ₎ − mean)(θ̂ⱼ₍₋ᵤ₎ − mean) over m cases or patients; then as above",
  methods: ["jackknife"],
  reference: "N. A. Obuchowski, H. E. Rockette, Commun Stat Simul 24, 1995, doi:10.1080/03610919508813243; M. H. Quenouille, Biometrika 43, 1956, doi:10.1093/biomet/43.3-4.353",
};

/** A figure with its values when one case, or one patient, is left out. */
export interface JackknifedFigure {
  readonly estimate: number;
  /** One value per case or patient left out, in one order for all figures that are compared. */
  readonly without: readonly number[];
}

export interface ReaderFigureInput extends JackknifedFigure {
  readonly reader: Key;
  readonly modality: Key;
  /** Cases behind the figure. */
  readonly n: number;
}

/**
 * A statistic of weighted cases with one case left out at a time, or one patient where groups are given.
 * @throws InputError `not-estimable` where the statistic is not defined with all cases or without some
 */
export function leaveOneOut(
  statistic: WeightedStatistic,
  options: { readonly n: number; readonly groups?: readonly Key[]; readonly subject: string },
): JackknifedFigure {
  const { n, groups, subject } = options;
  if (groups) checkSameLength("groups", groups.length, n);
  const units = groups ? collect(groups) : Array.from({ length: n }, (_, i) => [i]);
  const multiplicities = new Float64Array(n).fill(1);
  const evaluate = (): number => {
    const value = statistic(multiplicities);
    if (value === undefined) throw notEstimable(subject, "a value without any single case", "none without one of them", "Have more cases read.");
    return value;
  };
  const estimate = evaluate();
  const without = units.map((cases) => {
    for (const i of cases) multiplicities[i] = 0;
    const value = evaluate();
    for (const i of cases) multiplicities[i] = 1;
    return value;
  });
  return { estimate, without };
}

/**
 * Jackknife covariances of all pairs of figures.
 * @throws InputError `length` unless all leave out the same units; `not-estimable` with fewer than two
 */
export function jackknifeCovariance(figures: readonly JackknifedFigure[]): number[][] {
  const m = figures[0]?.without.length ?? 0;
  if (m < 2) throw notEstimable("jackknife", "at least two cases", String(m), "Have more cases read.");
  const deviations = figures.map((figure) => {
    if (figure.without.length !== m) throw new InputError("length", `values without a case: expected ${m} as for the first figure, got ${figure.without.length}. Leave out the same cases.`);
    return deviationsOf(figure);
  });
  return deviations.map((a) => deviations.map((b) => ((m - 1) / m) * a.reduce((sum, value, u) => sum + value * b[u]!, 0)));
}

function deviationsOf({ without }: JackknifedFigure): number[] {
  const mean = without.reduce((sum, value) => sum + value, 0) / without.length;
  return without.map((value) => value - mean);
}

/**
 * Obuchowski and Rockette's analysis of any measure.
 * @param figures one per reader and modality, all over the same cases
 * @throws InputError as obuchowskiRockette
 * @see equals obuchowskiRockette with the jackknife where the measure is an AUC, a sensitivity or a specificity
 */
export function analyzeReaderFigures(
  figures: readonly ReaderFigureInput[],
  options: { readonly cases: number; readonly level?: number; readonly fixed?: "readers" | "cases"; readonly interval?: ReaderInterval },
): ReaderStudyResult {
  const changed = figures.map((figure) => ({ ...figure, changes: deviationsOf(figure) }));
  return analyzeFigures(changed, jackknifeCovariance(figures), { ...options, layout: layoutOf(figures), covariance: "jackknife" });
}

/**
 * A network against the mean of readers by any measure (network minus readers).
 * @throws InputError as compareWithReaders
 * @see equals compareWithReaders with the jackknife where that knows the measure
 */
export function compareFiguresWithReaders(
  network: JackknifedFigure & { readonly n: number },
  readers: readonly (JackknifedFigure & { readonly reader: Key })[],
  options: { readonly level?: number; readonly fixed?: "readers" } = {},
): StandaloneComparison {
  const figures = [
    { ...network, reader: "network", modality: "network" },
    ...readers.map((reader) => ({ ...reader, modality: "readers" })),
  ];
  return compareFigures(figures, jackknifeCovariance(figures), { level: checkLevel(options.level ?? defaultLevel), n: network.n, fixed: options.fixed });
}
