import { unknownName } from "../../base/index.js";
import { checkLevel, checkSameLength, defaultLevel } from "../checks.js";
import { chiSquareUpperP } from "../distributions/index.js";
import { notEstimable } from "../estimate.js";
import type { StatisticFacts } from "../estimate.js";
import { collect } from "../resample.js";
import type { Key } from "../resample.js";
import { waldEstimate } from "../wald.js";
import type { WaldEstimate } from "../wald.js";

export const obuchowskiTestFacts: StatisticFacts = {
  title: "Paired proportions of clustered cases",
  summary: "McNemar's question where patients have several cases: lesions, vertebrae, images.",
  formula:
    "dₖ = right answers of the first minus of the second in patient k, nₖ cases, K patients. Obuchowski: χ² = ((K − 1)/K)(Σ dₖ)²/Σ dₖ²; " +
    "Durkalski: (Σ dₖ/nₖ)²/Σ (dₖ/nₖ)²; one degree of freedom. Difference Σdₖ/n ± t √(K/(K − 1) Σ(dₖ − nₖ δ)²)/n on K − 1",
  methods: ["obuchowski", "durkalski"],
  reference:
    "N. A. Obuchowski, Stat Med 17, 1998, 1495; V. L. Durkalski et al., Stat Med 22, 2003, doi:10.1002/sim.1438; Z. Yang, X. Sun, " +
    "J. W. Hardin, Biom J 52, 2010, doi:10.1002/bimj.201000035",
};

export interface ClusteredPairTest extends WaldEstimate {
  readonly statistic: number;
  readonly p: number;
  readonly test: string;
  readonly patients: number;
}

/**
 * Obuchowski's (or Durkalski's) test of two classifiers on cases that come in patients.
 * @returns difference of the two proportions, first minus second, with interval, χ² and p
 * @throws InputError `not-estimable` with one patient, or where the two never differ; `length`
 * @see checked against the published examples of Durkalski et al. 2003
 */
export function obuchowskiTest(
  firstRight: readonly boolean[],
  secondRight: readonly boolean[],
  groups: readonly Key[],
  options: { readonly level?: number; readonly test?: "obuchowski" | "durkalski" } = {},
): ClusteredPairTest {
  const level = checkLevel(options.level ?? defaultLevel);
  const { test = "obuchowski" } = options;
  if (test !== "obuchowski" && test !== "durkalski") throw unknownName("test", test, ["obuchowski", "durkalski"]);
  const n = firstRight.length;
  checkSameLength("answers of the second", secondRight.length, n);
  checkSameLength("groups", groups.length, n);
  const patients = collect(groups);
  const count = patients.length;
  const subject = "clustered paired proportions";
  if (count < 2) throw notEstimable(subject, "at least two patients", `${count}`, "Gather more patients.");
  const sums = patients.map((cases) =>
    cases.reduce((sum, i) => sum + Number(firstRight[i]) - Number(secondRight[i]), 0),
  );
  const weighted = test === "durkalski" ? sums.map((sum, k) => sum / patients[k]!.length) : sums;
  const squares = weighted.reduce((sum, value) => sum + value * value, 0);
  if (squares === 0) {
    throw notEstimable(subject, "patients in whom the two differ", "none", "Report the two proportions.");
  }
  const total = weighted.reduce((sum, value) => sum + value, 0);
  const statistic = ((test === "obuchowski" ? (count - 1) / count : 1) * total * total) / squares;
  const estimate = sums.reduce((sum, value) => sum + value, 0) / n;
  const residuals = sums.reduce((sum, value, k) => sum + (value - patients[k]!.length * estimate) ** 2, 0);
  const standardError = Math.sqrt((count / (count - 1)) * residuals) / n;
  return {
    ...waldEstimate({
      estimate,
      standardError,
      level,
      method: `t, clustered by ${count} patients`,
      n,
      degreesOfFreedom: count - 1,
      range: [-1, 1],
    }),
    statistic,
    p: chiSquareUpperP(statistic, 1),
    test: test === "obuchowski" ? "Obuchowski" : "Durkalski",
    patients: count,
  };
}
