import { checkLevel, defaultLevel } from "../checks.js";
import { normalTwoSidedP, studentTwoSidedP } from "../distributions/index.js";
import { notEstimable } from "../estimate.js";
import type { StatisticFacts } from "../estimate.js";
import { waldEstimate } from "../wald.js";
import type { WaldEstimate } from "../wald.js";
import { agreementWeights, describeWeights, tabulateRatings } from "./rating-table.js";
import type { AgreementWeights, Rating, RatingTable } from "./rating-table.js";

export const chanceCorrectedFacts: StatisticFacts = {
  title: "Agreement of several raters",
  summary: "Fleiss's kappa, Gwet's AC1 (AC2 with weights) and Krippendorff's alpha; readers may have left cases out.",
  formula:
    "(pₐ − pₑ)/(1 − pₑ), pₐ the mean over cases of the share of agreeing pairs of raters; pₑ = Σ w πₖ πₗ (Fleiss), " +
    "Σ w Σ πₖ(1 − πₖ)/(K(K − 1)) (Gwet); Krippendorff: pₐ → (1 − ε) pₐ + ε with ε = 1/Σ rᵢ over cases with two ratings or " +
    "more, π weighted by ratings; t interval on cases − 1 degrees of freedom from the linearized variance over cases",
  methods: ["t, linearized over cases"],
  reference:
    "J. L. Fleiss, Psychol Bull 76, 1971, doi:10.1037/h0031619; K. L. Gwet, Br J Math Stat Psychol 61, 2008, " +
    "doi:10.1348/000711006X126600; K. Krippendorff, Content Analysis, 2004, chapter 11; K. L. Gwet, Handbook of Inter-Rater " +
    "Reliability, 2014",
};

export interface AgreementOptions {
  readonly level?: number;
  readonly weights?: AgreementWeights;
  /** The categories in their order. Left out: those that occur, sorted. */
  readonly categories?: readonly (string | number)[];
}

export interface AgreementEstimate extends WaldEstimate {
  readonly observedAgreement: number;
  readonly expectedAgreement: number;
  /** Two-sided test against 0. */
  readonly p: number;
}

/**
 * Fleiss's kappa.
 * @param ratings ratings[case][reader], null where there is none
 * @returns at most 1, higher is better, 0 is chance
 * @throws InputError `not-estimable` with too few cases or one category
 * @see checked against irrCAC's published tables
 */
export function fleissKappa(ratings: readonly (readonly Rating[])[], options: AgreementOptions = {}): AgreementEstimate {
  return chanceCorrected("Fleiss's kappa", tabulateRatings(ratings, options.categories), options, ({ pi, w }) => {
    const mean = w.map((row) => row.reduce((sum, value, l) => sum + value * pi[l]!, 0));
    return {
      expected: pi.reduce((sum, value, k) => sum + value * mean[k]!, 0),
      ofCase: (shares) => shares.reduce((sum, value, k) => sum + value * mean[k]!, 0),
    };
  });
}

/** Gwet's AC1, AC2 with weights: agreement beyond chance that does not collapse where one category is rare; as fleissKappa. */
export function gwetAc1(ratings: readonly (readonly Rating[])[], options: AgreementOptions = {}): AgreementEstimate {
  return chanceCorrected("Gwet's AC1", tabulateRatings(ratings, options.categories), options, ({ pi, w }) => {
    const scale = w.flat().reduce((sum, value) => sum + value, 0) / (pi.length * (pi.length - 1));
    return {
      expected: scale * pi.reduce((sum, value) => sum + value * (1 - value), 0),
      ofCase: (shares) => scale * shares.reduce((sum, value, k) => sum + value * (1 - pi[k]!), 0),
    };
  });
}

/**
 * Krippendorff's alpha: cases with a single rating are left out, small samples are allowed for; as fleissKappa.
 * The interval is that of the linearized variance.
 */
export function krippendorffAlpha(
  ratings: readonly (readonly Rating[])[],
  options: AgreementOptions = {},
): AgreementEstimate {
  const table = tabulateRatings(ratings, options.categories);
  const counts = table.counts.filter((row) => sumOf(row) >= 2);
  const level = checkLevel(options.level ?? defaultLevel);
  const w = agreementWeights(options.weights ?? "unweighted", table.categories.length);
  const n = counts.length;
  const raters = counts.map(sumOf);
  const total = sumOf(raters);
  const meanRaters = total / n;
  const epsilon = 1 / total;
  const pi = table.categories.map((_, k) => counts.reduce((sum, row) => sum + row[k]!, 0) / total);
  const mean = w.map((row) => row.reduce((sum, value, l) => sum + value * pi[l]!, 0));
  // Pairs are counted as if every case had the mean number of raters.
  const agreement = counts.map((row, i) => pairAgreement(row, w) / (meanRaters * (raters[i]! - 1)));
  const plain = sumOf(agreement) / n;
  const observed = (1 - epsilon) * plain + epsilon;
  const expected = pi.reduce((sum, value, k) => sum + value * mean[k]!, 0);
  if (!(1 - expected > 1e-12)) throw oneCategory("Krippendorff's alpha");
  const estimate = (observed - expected) / (1 - expected);
  // The correction by ε is a constant to first order: the spread is that of the uncorrected coefficient.
  const uncorrected = (plain - expected) / (1 - expected);
  const linear = counts.map((row, i) => {
    const excess = raters[i]! / meanRaters - 1;
    const share = agreement[i]! - plain * excess;
    const chance = row.reduce((sum, value, k) => sum + (value / meanRaters) * mean[k]!, 0) - expected * excess;
    return (
      estimate - uncorrected + (share - expected) / (1 - expected) - (2 * (1 - uncorrected) * (chance - expected)) / (1 - expected)
    );
  });
  return finish({ name: "Krippendorff's alpha", estimate, observed, expected, linear, level, weights: options.weights });
}

interface Chance {
  readonly expected: number;
  /** Half the derivative of the expected agreement along one case's shares of ratings. */
  readonly ofCase: (shares: readonly number[]) => number;
}

function chanceCorrected(
  name: string,
  { counts, categories }: RatingTable,
  options: AgreementOptions,
  chance: (context: { pi: readonly number[]; w: readonly (readonly number[])[] }) => Chance,
): AgreementEstimate {
  const level = checkLevel(options.level ?? defaultLevel);
  const w = agreementWeights(options.weights ?? "unweighted", categories.length);
  const n = counts.length;
  const raters = counts.map(sumOf);
  const shares = counts.map((row, i) => row.map((value) => value / raters[i]!));
  const pi = categories.map((_, k) => shares.reduce((sum, row) => sum + row[k]!, 0) / n);
  const several = raters.filter((r) => r >= 2).length;
  const agreement = counts.map((row, i) => (raters[i]! < 2 ? 0 : pairAgreement(row, w) / (raters[i]! * (raters[i]! - 1))));
  const observed = sumOf(agreement) / several;
  const { expected, ofCase } = chance({ pi, w });
  if (!(1 - expected > 1e-12)) throw oneCategory(name);
  const estimate = (observed - expected) / (1 - expected);
  const linear = counts.map((_, i) => {
    const own = raters[i]! < 2 ? 0 : ((n / several) * (agreement[i]! - expected)) / (1 - expected);
    return own - (2 * (1 - estimate) * (ofCase(shares[i]!) - expected)) / (1 - expected);
  });
  return finish({ name, estimate, observed, expected, linear, level, weights: options.weights });
}

function finish(input: {
  name: string;
  estimate: number;
  observed: number;
  expected: number;
  linear: readonly number[];
  level: number;
  weights: AgreementWeights | undefined;
}): AgreementEstimate {
  const { name, estimate, observed, expected, linear, level, weights = "unweighted" } = input;
  const n = linear.length;
  const squares = linear.reduce((sum, value) => sum + (value - estimate) ** 2, 0);
  const standardError = Math.sqrt(squares / (n * (n - 1)));
  const method = `${name}${describeWeights(weights)}, t, linearized over cases`;
  const wald = waldEstimate({ estimate, standardError, level, method, n, degreesOfFreedom: n - 1, range: [-1, 1] });
  const p = standardError > 0 ? studentTwoSidedP(estimate / standardError, n - 1) : estimate === 0 ? 1 : 0;
  return { ...wald, observedAgreement: observed, expectedAgreement: expected, p };
}

/** Ordered pairs of raters of one case that agree, in part by the weights. */
function pairAgreement(row: readonly number[], w: readonly (readonly number[])[]): number {
  return row.reduce(
    (sum, value, k) => sum + value * (row.reduce((inner, other, l) => inner + w[k]![l]! * other, 0) - 1),
    0,
  );
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function oneCategory(name: string): Error {
  return notEstimable(name, "ratings in two categories", "one category", "Report the share of agreement.");
}

/** Test that Fleiss's kappa is 0, where every case has the same number of raters: z and two-sided p. Checked against irr's formula. */
export function fleissKappaTest(ratings: readonly (readonly Rating[])[]): { z: number; p: number } {
  const { counts, categories } = tabulateRatings(ratings);
  const { estimate } = fleissKappa(ratings);
  const m = sumOf(counts[0]!);
  if (counts.some((row) => sumOf(row) !== m)) {
    throw notEstimable("test of kappa", "as many raters for every case", "different numbers", "Use fleissKappa's own p.");
  }
  const pi = categories.map((_, k) => counts.reduce((sum, row) => sum + row[k]!, 0) / (counts.length * m));
  const spread = pi.reduce((sum, p) => sum + p * (1 - p), 0);
  const skew = pi.reduce((sum, p) => sum + p * (1 - p) * (1 - 2 * p), 0);
  const variance = (2 / (spread ** 2 * counts.length * m * (m - 1))) * (spread ** 2 - skew);
  const z = estimate / Math.sqrt(variance);
  return { z, p: normalTwoSidedP(z) };
}
