import { checkLevel, defaultLevel } from "./checks.js";
import { normalCritical, normalTwoSidedP, studentCritical, studentTwoSidedP } from "./distributions/index.js";
import { notEstimable } from "./estimate.js";
import type { Estimate, StatisticFacts } from "./estimate.js";
import { computePlacements, placementVariance } from "./placements.js";
import type { BinaryLabels } from "./placements.js";
import type { Key } from "./resample.js";

export const delongTestFacts: StatisticFacts = {
  title: "Test of two AUCs",
  summary: "Difference of two areas under the ROC curve, on the same cases (paired) or on different ones.",
  formula:
    "paired: z = (A₁ − A₂)/√v, v the DeLong variance of the differences of placements; " +
    "unpaired: t = (A₁ − A₂)/√(v₁ + v₂) on (v₁ + v₂)²/(v₁²/(N₁ − 1) + v₂²/(N₂ − 1)) degrees of freedom; two-sided p",
  methods: ["DeLong paired", "DeLong unpaired"],
  reference:
    "E. R. DeLong et al., Biometrics 44, 1988, doi:10.2307/2531595; X. Robin et al., pROC, BMC Bioinformatics 12, " +
    "2011, doi:10.1186/1471-2105-12-77 (unpaired)",
};

/** A difference of two AUCs, first minus second. */
export interface AucDifference extends Estimate {
  readonly aucs: readonly [number, number];
  readonly standardError: number;
  /** z of the paired, t of the unpaired test. */
  readonly statistic: number;
  readonly degreesOfFreedom?: number;
  readonly p: number;
}

export interface DelongTestOptions {
  readonly level?: number;
  /** Patient of each case, where patients have several. */
  readonly groups?: readonly Key[];
}

/**
 * Paired comparison of two scores on the same cases.
 * @returns difference in [-1, 1] with interval, z and two-sided p
 * @throws InputError `not-estimable` when the two scores rank every pair alike
 * @see checked against pROC 1.18.0, roc.test(paired = TRUE, method = "delong")
 */
export function delongTest(
  labels: BinaryLabels,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  options: DelongTestOptions = {},
): AucDifference {
  const level = checkLevel(options.level ?? defaultLevel);
  const subject = "difference of AUCs";
  const a = computePlacements(labels, first, subject);
  const b = computePlacements(labels, second, subject);
  const difference = a.auc - b.auc;
  const variance = placementVariance(
    {
      ...a,
      auc: difference,
      ofPositives: a.ofPositives.map((value, k) => value - b.ofPositives[k]!),
      ofNegatives: a.ofNegatives.map((value, k) => value - b.ofNegatives[k]!),
    },
    options.groups,
    subject,
  );
  if (!(variance > 1e-28)) {
    throw notEstimable(
      subject,
      "scores that differ in their order",
      "the same placements for every case",
      "There is nothing to compare.",
    );
  }
  const standardError = Math.sqrt(variance);
  const statistic = difference / standardError;
  const half = normalCritical(level) * standardError;
  return {
    estimate: difference,
    lower: Math.max(-1, difference - half),
    upper: Math.min(1, difference + half),
    level,
    method: options.groups ? "DeLong paired, clustered by patient (Obuchowski)" : "DeLong paired",
    n: labels.length,
    aucs: [a.auc, b.auc],
    standardError,
    statistic,
    p: normalTwoSidedP(statistic),
  };
}

/** One marker on its own cases. */
export interface ScoredCases {
  readonly labels: BinaryLabels;
  readonly scores: ArrayLike<number>;
}

/**
 * Comparison of two scores on different, independent cases.
 * @returns difference in [-1, 1] with interval, t, degrees of freedom and two-sided p
 * @throws InputError `not-estimable` when neither AUC has a variance
 * @see checked against pROC 1.18.0, roc.test(paired = FALSE, method = "delong")
 */
export function delongTestUnpaired(
  first: ScoredCases,
  second: ScoredCases,
  options: { readonly level?: number } = {},
): AucDifference {
  const level = checkLevel(options.level ?? defaultLevel);
  const subject = "difference of AUCs";
  const [a, b] = [first, second].map(({ labels, scores }) => {
    const placements = computePlacements(labels, scores, subject);
    return { auc: placements.auc, variance: placementVariance(placements, undefined, subject), n: labels.length };
  }) as [Side, Side];
  const variance = a.variance + b.variance;
  if (!(variance > 0)) throw notEstimable(subject, "an AUC that varies", `${a.auc} and ${b.auc}`, "Gather more cases.");
  const degreesOfFreedom = variance ** 2 / (a.variance ** 2 / (a.n - 1) + b.variance ** 2 / (b.n - 1));
  const standardError = Math.sqrt(variance);
  const difference = a.auc - b.auc;
  const statistic = difference / standardError;
  const half = studentCritical(level, degreesOfFreedom) * standardError;
  return {
    estimate: difference,
    lower: Math.max(-1, difference - half),
    upper: Math.min(1, difference + half),
    level,
    method: "DeLong unpaired",
    n: a.n + b.n,
    aucs: [a.auc, b.auc],
    standardError,
    statistic,
    degreesOfFreedom,
    p: studentTwoSidedP(statistic, degreesOfFreedom),
  };
}

interface Side {
  readonly auc: number;
  readonly variance: number;
  readonly n: number;
}
