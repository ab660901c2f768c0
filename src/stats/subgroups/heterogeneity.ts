import { chiSquareUpperP } from "../distributions/index.js";
import { notEstimable } from "../estimate.js";
import type { StatisticFacts } from "../estimate.js";

export const heterogeneityFacts: StatisticFacts = {
  title: "Interaction between subgroups",
  summary: "Whether a figure, or the difference of two networks, is the same in all subgroups of different patients.",
  formula:
    "Q = Σ wᵢ(θᵢ − θ̄)², wᵢ = 1/SEᵢ², θ̄ their weighted mean; χ² on G − 1 degrees of freedom; I² = max(0, 1 − (G − 1)/Q)",
  methods: ["chi-square"],
  reference: "W. G. Cochran, Biometrics 10, 1954, doi:10.2307/3001616; J. P. T. Higgins, S. G. Thompson, Stat Med 21, 2002, doi:10.1002/sim.1186 (I²)",
};

export interface Heterogeneity {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly p: number;
  /** Share of the spread that is not chance, 0 to 1. */
  readonly iSquared: number;
  readonly method: string;
}

/**
 * Test that independent estimates are equal.
 * @throws InputError `not-estimable` with fewer than two, or one without an error above 0
 * @see checked against its formula in R
 */
export function interactionTest(
  estimates: readonly { readonly estimate: number; readonly standardError: number }[],
): Heterogeneity {
  if (estimates.length < 2 || estimates.some(({ standardError }) => !(standardError > 0))) {
    throw notEstimable(
      "interaction",
      "two subgroups or more, each with an error above 0",
      `${estimates.filter(({ standardError }) => standardError > 0).length} of ${estimates.length}`,
      "Leave out subgroups that are too small.",
    );
  }
  const weights = estimates.map(({ standardError }) => 1 / standardError ** 2);
  const total = weights.reduce((sum, w) => sum + w, 0);
  const mean = estimates.reduce((sum, { estimate }, i) => sum + (weights[i]! * estimate) / total, 0);
  const statistic = estimates.reduce((sum, { estimate }, i) => sum + weights[i]! * (estimate - mean) ** 2, 0);
  return heterogeneityOf(statistic, estimates.length - 1, "weighted sum of squares");
}

/** Pearson's χ² that proportions of independent groups are equal, on counts that need not be whole. */
export function proportionHeterogeneity(
  groups: readonly { readonly successes: number; readonly n: number }[],
  method = "Pearson chi-square",
): Heterogeneity {
  const total = groups.reduce((sum, { n }) => sum + n, 0);
  const share = groups.reduce((sum, { successes }) => sum + successes, 0) / total;
  if (groups.length < 2 || !(share > 0 && share < 1)) {
    throw notEstimable("interaction", "two subgroups or more, with hits and misses", `${groups.length}`, "Gather more cases.");
  }
  const statistic = groups.reduce((sum, { successes, n }) => sum + (successes - n * share) ** 2 / (n * share * (1 - share)), 0);
  return heterogeneityOf(statistic, groups.length - 1, method);
}

function heterogeneityOf(statistic: number, degreesOfFreedom: number, method: string): Heterogeneity {
  return {
    statistic,
    degreesOfFreedom,
    p: chiSquareUpperP(statistic, degreesOfFreedom),
    iSquared: statistic > degreesOfFreedom ? 1 - degreesOfFreedom / statistic : 0,
    method,
  };
}
