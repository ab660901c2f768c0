import { bootstrapInterval } from "./bootstrap.js";
import type { BootstrapEstimate, BootstrapMethod } from "./bootstrap.js";
import type { ScoredCases } from "./delong-test.js";
import { normalTwoSidedP } from "./distributions/index.js";
import type { StatisticFacts } from "./estimate.js";
import { binaryTruth, computePlacements } from "./placements.js";
import type { BinaryLabels } from "./placements.js";
import type { ResamplingPlan } from "./resample.js";
import { weightedAuc } from "./roc-auc.js";

export const aucBootstrapTestFacts: StatisticFacts = {
  title: "Bootstrap test of two AUCs",
  summary: "Difference of two areas by drawing cases or patients anew, on the same cases or on different ones.",
  formula: "z = (A₁ − A₂)/s, s the standard deviation of the difference over resamples; two-sided p; interval by percentile or BCa",
  methods: ["paired", "unpaired"],
  reference: "J. A. Hanley, B. J. McNeil, Radiology 148, 1983, doi:10.1148/radiology.148.3.6878708; X. Robin et al., BMC Bioinformatics 12, 2011",
};

type Options = Omit<ResamplingPlan, "n" | "strata"> & { readonly level?: number; readonly method?: BootstrapMethod };

export interface BootstrapDifference extends BootstrapEstimate {
  readonly aucs: readonly [number, number];
  readonly statistic: number;
  readonly p: number;
}

/**
 * Paired comparison of two scores on the same cases; both are drawn together.
 * @returns difference, first minus second, in [-1, 1]
 * @throws InputError `not-estimable` as rocAuc and bootstrapInterval
 */
export function aucBootstrapTest(
  labels: BinaryLabels,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  options: Options,
): BootstrapDifference {
  const aucs = [first, second].map((scores) => computePlacements(labels, scores, "difference of AUCs").auc);
  const [a, b] = [weightedAuc(labels, first), weightedAuc(labels, second)];
  const statistic = (multiplicities: Float64Array): number | undefined => {
    const [x, y] = [a(multiplicities), b(multiplicities)];
    return x === undefined || y === undefined ? undefined : x - y;
  };
  return finish(statistic, aucs, Array.from(binaryTruth(labels)), options);
}

/** Comparison of two scores on different cases, as aucBootstrapTest; groups are listed for the first's cases, then the second's. */
export function aucBootstrapTestUnpaired(
  first: ScoredCases,
  second: ScoredCases,
  options: Options,
): BootstrapDifference {
  const aucs = [first, second].map(({ labels, scores }) => computePlacements(labels, scores, "difference of AUCs").auc);
  const [a, b] = [weightedAuc(first.labels, first.scores), weightedAuc(second.labels, second.scores)];
  const cut = first.labels.length;
  const strata = [first, second].flatMap(({ labels }, side) => Array.from(binaryTruth(labels), (t) => 2 * side + t));
  const statistic = (multiplicities: Float64Array): number | undefined => {
    const [x, y] = [a(multiplicities.subarray(0, cut)), b(multiplicities.subarray(cut))];
    return x === undefined || y === undefined ? undefined : x - y;
  };
  return finish(statistic, aucs, strata, options);
}

function finish(
  statistic: (multiplicities: Float64Array) => number | undefined,
  aucs: readonly number[],
  strata: readonly number[],
  options: Options,
): BootstrapDifference {
  const result = bootstrapInterval(statistic, { subject: "difference of AUCs", ...options, n: strata.length, strata });
  const z = result.estimate / result.standardError;
  return { ...result, aucs: [aucs[0]!, aucs[1]!], statistic: z, p: normalTwoSidedP(z) };
}
