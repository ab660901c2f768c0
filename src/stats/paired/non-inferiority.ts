import { InputError } from "../../base/index.js";
import { normalCdf, studentCdf } from "../distributions/index.js";
import { notEstimable } from "../estimate.js";
import type { Estimate, StatisticFacts } from "../estimate.js";
import { pairedDifference, tangoScore } from "../paired-difference.js";
import type { PairedCounts } from "../paired-difference.js";
import { errorRatio, limitsByScore, waldEstimate } from "../wald.js";

export const nonInferiorityFacts: StatisticFacts = {
  title: "Non-inferiority and equivalence",
  summary: "Whether a difference is not worse than a margin named in advance, or lies between two margins.",
  formula:
    "difference δ of new minus old, higher being better, margin m > 0: non-inferior when the lower limit of the 1 − 2α interval is above " +
    "−m, p = P(T ≥ (δ + m)/SE), with SE √((1 − m²)/(1 − δ²)) where a symmetric limit would leave [−1, 1]; equivalent when the interval lies within (−m, m), p the larger of the two one-sided ones. Paired " +
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
  /**
   * Smallest and largest difference there can be, [−1, 1] for proportions and AUCs. Where a symmetric limit would leave it, limit and p are
   * the score's, with the error that the difference would have there.
   */
  readonly range?: Range;
}

type Range = readonly [lowest: number, highest: number];

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
  const { interval, byScore } = intervalOf(difference, alpha, options.range);
  const p = upperTail(difference, margin, byScore.lower ? options.range : undefined);
  return { ...interval, margin, alpha, p, shown: p < alpha, claim: "non-inferior" };
}

/** Equivalence: the difference lies between the margins. As nonInferiority, by two one-sided tests. */
export function equivalence(difference: KnownDifference, options: MarginOptions): MarginTest {
  const { margin, alpha } = checkMargin(options);
  const { interval, byScore } = intervalOf(difference, alpha, options.range);
  const { range } = options;
  const mirrored = { ...difference, estimate: -difference.estimate };
  const p = Math.max(
    upperTail(difference, margin, byScore.lower ? range : undefined),
    upperTail(mirrored, margin, byScore.upper && range ? [-range[1], -range[0]] : undefined),
  );
  return { ...interval, margin, alpha, p, shown: p < alpha, claim: "equivalent" };
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

/** The interval at 1 − 2α, and which of its limits are the score's. */
function intervalOf({ estimate, standardError, n, method, degreesOfFreedom }: KnownDifference, alpha: number, range?: Range): { interval: Estimate; byScore: ReturnType<typeof limitsByScore> } {
  if (!(standardError > 0)) throw notEstimable("margin", "a difference with an error above 0", "0", "Gather more cases.");
  const level = 1 - 2 * alpha;
  const input = { estimate, standardError, level, method, n, ...(degreesOfFreedom && { degreesOfFreedom }), ...(range && { range, scale: "keep" as const }) };
  const { lower, upper, method: made } = waldEstimate(input);
  return { interval: { estimate, lower, upper, level, method: made, n }, byScore: limitsByScore(input) };
}

/** P of a difference at least as far above −margin; with the error it would have there where a range is given. */
function upperTail({ estimate, standardError, degreesOfFreedom }: KnownDifference, margin: number, range: Range | undefined): number {
  const error = standardError * (range ? errorRatio(-margin, estimate, range) : 1);
  // A margin as large as a difference can be cannot be missed.
  if (error === 0) return 0;
  const t = (estimate + margin) / error;
  return degreesOfFreedom ? studentCdf(-t, degreesOfFreedom) : normalCdf(-t);
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
