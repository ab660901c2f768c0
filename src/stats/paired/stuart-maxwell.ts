import { checkSquareCounts } from "../confusion-matrix.js";
import { chiSquareUpperP } from "../distributions/index.js";
import { notEstimable } from "../estimate.js";
import type { StatisticFacts } from "../estimate.js";
import { choleskyFactor, choleskySolve } from "../linear/cholesky.js";
import type { ChiSquareTest } from "./cochran-q.js";

export const stuartMaxwellFacts: StatisticFacts = {
  title: "Stuart-Maxwell test",
  summary: "Whether two raters use three or more classes equally often on the same cases; with two classes it is McNemar's χ².",
  formula:
    "χ² = dᵀ S⁻¹ d over all classes but one, dᵢ = nᵢ· − n·ᵢ, Sᵢᵢ = nᵢ· + n·ᵢ − 2nᵢᵢ, Sᵢⱼ = −(nᵢⱼ + nⱼᵢ); classes that nobody changed from " +
    "or to are left out",
  methods: ["chi-square"],
  reference: "A. Stuart, Biometrika 42, 1955, doi:10.1093/biomet/42.3-4.412; A. E. Maxwell, Br J Psychiatry 116, 1970, doi:10.1192/bjp.116.535.651",
};

/**
 * Stuart and Maxwell's test of marginal homogeneity.
 * @param counts counts[class by the first][class by the second]
 * @throws InputError `not-estimable` where the two never differ; `counts`
 * @see checked against R's mantelhaen.test and the formula in R
 */
export function stuartMaxwell(counts: readonly (readonly number[])[]): ChiSquareTest {
  const { n, rows, columns } = checkSquareCounts(counts);
  const used = counts.flatMap((row, i) => (rows[i]! + columns[i]! > 2 * row[i]! ? [i] : []));
  const kept = used.slice(0, -1);
  if (kept.length === 0) {
    throw notEstimable("Stuart-Maxwell test", "cases that the two put into different classes", "none", "They agree.");
  }
  const d = kept.map((i) => rows[i]! - columns[i]!);
  const s = kept.map((i) =>
    kept.map((j) => (i === j ? rows[i]! + columns[i]! - 2 * counts[i]![i]! : -(counts[i]![j]! + counts[j]![i]!))),
  );
  const factor = choleskyFactor(s);
  if (!factor) {
    throw notEstimable("Stuart-Maxwell test", "changes that connect all classes", "separate groups", "Test each group of classes.");
  }
  const solved = choleskySolve(factor, d);
  const statistic = d.reduce((sum, value, i) => sum + value * solved[i]!, 0);
  return {
    statistic,
    degreesOfFreedom: kept.length,
    p: chiSquareUpperP(statistic, kept.length),
    method: "Stuart-Maxwell",
    n,
  };
}
