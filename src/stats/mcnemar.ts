import { checkCount } from "./checks.js";
import { binomialCdf, binomialMass } from "./distributions/index.js";
import type { Estimate, StatisticFacts } from "./estimate.js";
import { pairCounts, pairedDifference } from "./paired-difference.js";
import type { PairedCounts, PairedDifferenceMethod } from "./paired-difference.js";

export const mcNemarFacts: StatisticFacts = {
  title: "McNemar's test",
  summary: "Whether two classifiers are right equally often on the same cases.",
  formula:
    "exact: p = min(1, 2 P(X ≤ min(b, c))) for X ~ Binomial(b + c, 1/2); mid-p: p − P(X = min(b, c)), and 1 − P(X " +
    "= b)/2 where b = c; " +
    "p = 1 where b + c = 0, for no case speaks against equality",
  methods: ["exact", "mid-p"],
  reference:
    "Q. McNemar, Psychometrika 12, 1947, doi:10.1007/BF02295996; M. W. Fagerland et al., BMC Med Res Methodol 13, " +
    "2013, doi:10.1186/1471-2288-13-91 (mid-p)",
};

/** The difference of two proportions on the same cases (first minus second) with the test that it is zero. */
export interface McNemarResult extends Estimate {
  readonly counts: PairedCounts;
  /** Cases that only the first got right. */
  readonly b: number;
  /** Cases that only the second got right. */
  readonly c: number;
  /** b + c: the cases the test rests on. */
  readonly discordant: number;
  /** Two-sided. */
  readonly p: number;
  readonly test: "McNemar exact" | "McNemar mid-p";
}

export interface McNemarOptions {
  readonly level?: number;
  /** How p is made: default `"exact"`. */
  readonly test?: "exact" | "mid-p";
  /** How the interval of the difference is made: default `"newcombe"`. */
  readonly method?: PairedDifferenceMethod;
}

/**
 * McNemar's test on two lists of right and wrong answers to the same cases.
 * @throws InputError `not-estimable` without cases, `length`
 */
export function mcNemar(
  firstRight: readonly boolean[],
  secondRight: readonly boolean[],
  options: McNemarOptions = {},
): McNemarResult {
  return mcNemarOfCounts(pairCounts(firstRight, secondRight), options);
}

/**
 * McNemar's test on the four counts of a pair.
 * @see checked against R's binom.test and statsmodels.stats.contingency_tables.mcnemar(exact=True)
 */
export function mcNemarOfCounts(counts: PairedCounts, options: McNemarOptions = {}): McNemarResult {
  const { test = "exact", level, method } = options;
  const { onlyFirst: b, onlySecond: c } = counts;
  const difference = pairedDifference(counts, { ...(level !== undefined && { level }), ...(method && { method }) });
  return {
    ...difference,
    counts,
    b,
    c,
    discordant: b + c,
    p: test === "mid-p" ? mcNemarMidP(b, c) : mcNemarExactP(b, c),
    test: test === "mid-p" ? "McNemar mid-p" : "McNemar exact",
  };
}

/** Two-sided exact p-value of McNemar's test. */
export function mcNemarExactP(b: number, c: number): number {
  checkCount("b", b);
  checkCount("c", c);
  // The lower half of an odd number of fair tosses has probability 1/2 exactly.
  return Math.abs(b - c) <= 1 ? 1 : Math.min(1, 2 * binomialCdf(Math.min(b, c), b + c, 0.5));
}

/** Two-sided mid-p-value of McNemar's test. */
export function mcNemarMidP(b: number, c: number): number {
  if (b + c === 0) return mcNemarExactP(b, c);
  const mass = binomialMass(Math.min(b, c), b + c, 0.5);
  return b === c ? 1 - mass / 2 : mcNemarExactP(b, c) - mass;
}
