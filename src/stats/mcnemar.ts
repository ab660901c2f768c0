import { checkCount, checkSameLength } from "./checks.js";
import { binomialCdf, binomialMass } from "./distributions/index.js";
import type { Estimate, StatisticFacts } from "./estimate.js";
import { meanInterval } from "./mean.js";
import { pairCounts, pairedDifference } from "./paired-difference.js";
import type { PairedCounts, PairedDifferenceMethod } from "./paired-difference.js";
import { exchangePatients } from "./patient-exchange.js";
import { collect } from "./resample.js";
import type { Key } from "./resample.js";

export const mcNemarFacts: StatisticFacts = {
  title: "McNemar's test",
  summary: "Whether two classifiers are right equally often on the same cases.",
  formula:
    "exact: p = min(1, 2 P(X ≤ min(b, c))) for X ~ Binomial(b + c, 1/2); mid-p: p − P(X = min(b, c)), and 1 − P(X " +
    "= b)/2 where b = c; " +
    "p = 1 where b + c = 0, for no case speaks against equality. With several cases per patient: p = P(|S| ≥ |s|), S the sum of the patients' " +
    "differences with random signs",
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
  readonly test: string;
  /** Number of patients, where the test accounts for several cases of one. */
  readonly patients?: number;
}

export interface McNemarOptions {
  readonly level?: number;
  /** How p is made: default `"exact"`. */
  readonly test?: "exact" | "mid-p";
  /** How the interval of the difference is made: default `"newcombe"`. */
  readonly method?: PairedDifferenceMethod;
}

/**
 * McNemar's test on two lists of right and wrong answers to the same cases. With patients who have several cases, the answers
 * of the two are exchanged for whole patients, and the interval is that of a clustered mean difference.
 * @throws InputError `not-estimable` without cases or with one patient, `length`
 */
export function mcNemar(
  firstRight: readonly boolean[],
  secondRight: readonly boolean[],
  options: McNemarOptions & { readonly groups?: readonly Key[] } = {},
): McNemarResult {
  const { groups, ...rest } = options;
  const result = mcNemarOfCounts(pairCounts(firstRight, secondRight), rest);
  if (!groups) return result;
  checkSameLength("groups", groups.length, firstRight.length);
  const patients = collect(groups);
  if (patients.length === groups.length) return result;
  const differences = firstRight.map((right, i) => Number(right) - Number(secondRight[i]));
  const sums = patients.map((cases) => cases.reduce((sum, i) => sum + differences[i]!, 0));
  const { exact, midP } = exchangePatients(sums);
  const { level, n } = result;
  const subject = "difference of clustered proportions";
  // Without a single differing case a mean has no spread: the patients count as one concordant case each.
  const interval =
    patients.length > 1 && result.discordant === 0
      ? pairedDifference(
          { bothRight: patients.length, onlyFirst: 0, onlySecond: 0, neither: 0 },
          { level, method: "tango" },
        )
      : meanInterval(differences, { groups, level, range: [-1, 1], subject });
  const { estimate, lower, upper, method, warnings } = interval;
  return {
    ...result,
    estimate,
    lower,
    upper,
    method: result.discordant === 0 ? `${method}, counting patients` : method,
    n,
    p: rest.test === "mid-p" ? midP : exact,
    test: `${result.test}, exchanging whole patients`,
    patients: patients.length,
    ...(warnings && { warnings }),
  };
}

/**
 * McNemar's test on the four counts of a pair.
 * @see checked against R's binom.test
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
