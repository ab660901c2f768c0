import { InputError } from "../../base/index.js";
import { chiSquareUpperP } from "../distributions/index.js";
import { notEstimable } from "../estimate.js";
import type { StatisticFacts } from "../estimate.js";

export const cochranQFacts: StatisticFacts = {
  title: "Cochran's Q",
  summary: "Whether three or more readers or networks are right equally often on the same cases; with two it is McNemar's χ².",
  formula: "Q = (K − 1)(K Σ Cⱼ² − N²)/(K N − Σ Rᵢ²), Cⱼ right answers of classifier j, Rᵢ of case i, N all; χ² on K − 1 degrees of freedom",
  methods: ["chi-square"],
  reference: "W. G. Cochran, Biometrika 37, 1950, doi:10.1093/biomet/37.3-4.256",
};

/** A test without an estimate of its own. */
export interface ChiSquareTest {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly p: number;
  readonly method: string;
  readonly n: number;
}

/**
 * Cochran's Q test.
 * @param right right[case][classifier]
 * @throws InputError `not-estimable` where no case tells the classifiers apart, `length`
 * @see checked against R's mantelhaen.test
 */
export function cochranQ(right: readonly (readonly boolean[])[]): ChiSquareTest {
  const k = right[0]?.length ?? 0;
  if (k < 2 || right.some((row) => row.length !== k)) {
    throw new InputError("length", `answers: expected two or more per case, as many for each, got ${k}. Complete them.`);
  }
  const rows = right.map((row) => row.filter(Boolean).length);
  const columns = right[0]!.map((_, j) => right.filter((row) => row[j]).length);
  const total = rows.reduce((sum, value) => sum + value, 0);
  const spread = k * total - rows.reduce((sum, value) => sum + value * value, 0);
  if (spread === 0) {
    throw notEstimable("Cochran's Q", "a case that some got right and others wrong", "none", "There is nothing to compare.");
  }
  const statistic = ((k - 1) * (k * columns.reduce((sum, value) => sum + value * value, 0) - total * total)) / spread;
  return { statistic, degreesOfFreedom: k - 1, p: chiSquareUpperP(statistic, k - 1), method: "Cochran's Q", n: right.length };
}
