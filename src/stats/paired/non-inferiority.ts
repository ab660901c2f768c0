import { InputError } from "../../base/index.js";
import { normalCdf, studentCdf } from "../distributions/index.js";
import { notEstimable } from "../estimate.js";
import type { Estimate, StatisticFacts } from "../estimate.js";
import { pairedDifference, tangoScore } from "../paired-difference.js";
import type { PairedCounts } from "../paired-difference.js";
import { waldEstimate } from "../wald.js";

export const nonInferiorityFacts: StatisticFacts = {
  title: "Non-inferiority and equivalence",
  summary: "Whether a difference is not worse than a margin named in advance, or lies between two margins.",
  formula:
    "difference δ of new minus old, higher being better, margin m > 0: non-inferior when the lower limit of the 1 − 2α interval is above " +
    "−m, p = P(T ≥ (δ + m)/SE); equivalent when the interval lies within (−m, m), p the larger of the two one-sided ones. Paired " +
    "proportions: Tango's score statistic at −m and m",
  methods: ["wald", "tango"],
  reference:
    "T. Tango, Stat Med 17, 1998, 891; J. Nam, Biometrics 53, 1997, doi:10.2307/2533508; D. J. Schuirmann, J Pharmacokinet Biopharm 15, 1987, " +
    "doi:10.1007/BF01068419 (two one-sided tests)",
};

/** A difference whose error is known, such as delongTest, obuchowskiTest or a row of obuchowskiRockette give. */
export interface KnownDifference {
  readonly estimate: number;
  readonly standardError: number;
  readonly n: number;
  readonly method: string;
  readonly degreesOfFreedom?: number | null;
}

export interface MarginOptions {
  /** Largest loss that is accepted, above 0, in the unit of the difference. */
  readonly margin: number;
  /** One-sided error; default 0.025. */
  readonly alpha?: number;
}

export interface MarginTest extends Estimate {
  readonly margin: number;
  readonly alpha: number;
  /** One-sided. */
  readonly p: number;
  /** Whether the claim is shown at alpha. */
  readonly shown: boolean;
  readonly claim: "non-inferior" | "equivalent";
}

/**
 * Non-inferiority of the first, from a difference "first minus second" of a measure for which higher is better.
 * @throws InputError `margin`; `not-estimable` without an error
 */
export function nonInferiority(difference: KnownDifference, options: MarginOptions): MarginTest {
  const { margin, alpha } = checkMargin(options);
  return finish(difference, margin, alpha, "non-inferior", upperTail(difference, margin));
}

/** Equivalence: the difference lies between the margins. As nonInferiority, by two one-sided tests. */
export function equivalence(difference: KnownDifference, options: MarginOptions): MarginTest {
  const { margin, alpha } = checkMargin(options);
  const mirrored = { ...difference, estimate: -difference.estimate };
  const p = Math.max(upperTail(difference, margin), upperTail(mirrored, margin));
  return finish(difference, margin, alpha, "equivalent", p);
}

/**
 * Non-inferiority of the first on the same cases, by Tango's score.
 * @param counts right and wrong answers of both
 * @see checked against Tango's example of contact lenses
 */
export function pairedNonInferiority(counts: PairedCounts, options: MarginOptions): MarginTest {
  const { margin, alpha } = checkMargin(options);
  return finishPaired(counts, margin, alpha, "non-inferior", 1 - normalCdf(scoreAt(counts, -margin)));
}

/** Equivalence on the same cases, by Tango's score. */
export function pairedEquivalence(counts: PairedCounts, options: MarginOptions): MarginTest {
  const { margin, alpha } = checkMargin(options);
  const p = Math.max(1 - normalCdf(scoreAt(counts, -margin)), normalCdf(scoreAt(counts, margin)));
  return finishPaired(counts, margin, alpha, "equivalent", p);
}

function scoreAt({ bothRight, onlyFirst, onlySecond, neither }: PairedCounts, delta: number): number {
  return tangoScore(onlyFirst, onlySecond, bothRight + onlyFirst + onlySecond + neither, delta);
}

function upperTail({ estimate, standardError, degreesOfFreedom }: KnownDifference, margin: number): number {
  const t = (estimate + margin) / standardError;
  return degreesOfFreedom ? studentCdf(-t, degreesOfFreedom) : normalCdf(-t);
}

function finish(
  difference: KnownDifference,
  margin: number,
  alpha: number,
  claim: MarginTest["claim"],
  p: number,
): MarginTest {
  const { estimate, standardError, n, method, degreesOfFreedom } = difference;
  if (!(standardError > 0)) throw notEstimable("margin", "a difference with an error above 0", "0", "Gather more cases.");
  const { lower, upper } = waldEstimate({
    estimate,
    standardError,
    level: 1 - 2 * alpha,
    method,
    n,
    ...(degreesOfFreedom && { degreesOfFreedom }),
  });
  return { estimate, lower, upper, level: 1 - 2 * alpha, method, n, margin, alpha, p, shown: p < alpha, claim };
}

function finishPaired(
  counts: PairedCounts,
  margin: number,
  alpha: number,
  claim: MarginTest["claim"],
  p: number,
): MarginTest {
  const interval = pairedDifference(counts, { level: 1 - 2 * alpha, method: "tango" });
  return { ...interval, margin, alpha, p, shown: p < alpha, claim };
}

function checkMargin({ margin, alpha = 0.025 }: MarginOptions): { margin: number; alpha: number } {
  if (!(margin > 0 && Number.isFinite(margin) && alpha > 0 && alpha < 0.5)) {
    throw new InputError(
      "margin",
      `margin: expected a number above 0 and alpha in (0, 0.5), got ${margin} and ${alpha}. Name the largest accepted loss.`,
    );
  }
  return { margin, alpha };
}
