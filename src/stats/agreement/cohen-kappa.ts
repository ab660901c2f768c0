import { checkLevel, checkSameLength, defaultLevel } from "../checks.js";
import { checkSquareCounts } from "../confusion-matrix.js";
import { normalTwoSidedP } from "../distributions/index.js";
import { notEstimable } from "../estimate.js";
import type { StatisticFacts } from "../estimate.js";
import { multinomialVariance, waldEstimate } from "../wald.js";
import type { WaldEstimate } from "../wald.js";
import { agreementWeights, describeWeights, sortedCategories } from "./rating-table.js";
import type { AgreementWeights } from "./rating-table.js";

export const cohenKappaFacts: StatisticFacts = {
  title: "Cohen's kappa",
  summary: "Agreement of two raters beyond chance, plain or weighted by how far apart ordered categories are.",
  formula:
    "κ = (pₒ − pₑ)/(1 − pₑ), pₒ = Σ wᵢⱼ pᵢⱼ, pₑ = Σ wᵢⱼ pᵢ· p·ⱼ; SE² = (Σ pᵢⱼ g² − (Σ pᵢⱼ g)²)/n with " +
    "g = (wᵢⱼ − (w̄ᵢ· + w̄·ⱼ)(1 − κ))/(1 − pₑ); test of κ = 0 by the same with pᵢ· p·ⱼ in place of pᵢⱼ and κ = 0",
  methods: ["normal, delta method"],
  reference:
    "J. Cohen, Educ Psychol Meas 20, 1960, doi:10.1177/001316446002000104; J. L. Fleiss, J. Cohen, B. S. Everitt, " +
    "Psychol Bull 72, 1969, doi:10.1037/h0028106 (errors)",
};

export interface KappaOptions {
  readonly level?: number;
  readonly weights?: AgreementWeights;
}

export interface KappaEstimate extends WaldEstimate {
  readonly observedAgreement: number;
  readonly expectedAgreement: number;
  /** Two-sided test that the agreement is that of chance. */
  readonly p: number;
}

/**
 * Cohen's kappa of two raters.
 * @param counts counts[category of the first][category of the second]
 * @returns at most 1, higher is better, 0 is chance
 * @throws InputError `not-estimable` where both raters use one and the same category only
 * @see checked against irrCAC's published tables and the package psy
 */
export function cohenKappa(counts: readonly (readonly number[])[], options: KappaOptions = {}): KappaEstimate {
  const level = checkLevel(options.level ?? defaultLevel);
  const { weights = "unweighted" } = options;
  const { n, rows, columns } = checkSquareCounts(counts);
  const w = agreementWeights(weights, counts.length);
  const [a, b] = [rows.map((value) => value / n), columns.map((value) => value / n)];
  const cells = counts.flatMap((row, i) => row.map((count, j) => ({ p: count / n, i, j, w: w[i]![j]! })));
  const observed = cells.reduce((sum, cell) => sum + cell.w * cell.p, 0);
  const expected = cells.reduce((sum, cell) => sum + cell.w * a[cell.i]! * b[cell.j]!, 0);
  if (!(1 - expected > 1e-12)) {
    throw notEstimable("kappa", "raters that use two categories", "one category", "Report the share of agreement.");
  }
  const estimate = (observed - expected) / (1 - expected);
  const rowMean = w.map((row) => row.reduce((sum, value, j) => sum + value * b[j]!, 0));
  const columnMean = w.map((_, j) => w.reduce((sum, row, i) => sum + row[j]! * a[i]!, 0));
  const gradient = (kappa: number): number[] =>
    cells.map((cell) => (cell.w - (rowMean[cell.i]! + columnMean[cell.j]!) * (1 - kappa)) / (1 - expected));
  const standardError = Math.sqrt(
    multinomialVariance(
      cells.map((cell) => cell.p),
      gradient(estimate),
      n,
    ),
  );
  const nullError = Math.sqrt(
    multinomialVariance(
      cells.map((cell) => a[cell.i]! * b[cell.j]!),
      gradient(0),
      n,
    ),
  );
  const method = `normal, delta method${describeWeights(weights)}`;
  return {
    ...waldEstimate({ estimate, standardError, level, method, n, range: [-1, 1] }),
    observedAgreement: observed,
    expectedAgreement: expected,
    p: nullError > 0 ? normalTwoSidedP(estimate / nullError) : 1,
  };
}

/** Counts pairs of ratings for cohenKappa, categories in the order given or sorted. */
export function crossTabulate(
  first: readonly (string | number)[],
  second: readonly (string | number)[],
  categories?: readonly (string | number)[],
): { categories: readonly (string | number)[]; counts: number[][] } {
  checkSameLength("ratings of the second", second.length, first.length);
  const names = categories ?? sortedCategories([...first, ...second]);
  const index = new Map(names.map((name, k) => [name, k]));
  const counts = names.map(() => names.map(() => 0));
  first.forEach((rating, i) => {
    const [row, column] = [index.get(rating), index.get(second[i]!)];
    if (row !== undefined && column !== undefined) counts[row]![column]! += 1;
  });
  return { categories: names, counts };
}
