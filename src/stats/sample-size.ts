import { InputError } from "../base/index.js";
import { normalCritical, normalQuantile } from "./distributions/index.js";
import type { StatisticFacts } from "./estimate.js";
import { proportionMethods } from "./proportions/index.js";

export const sampleSizeFacts: StatisticFacts = {
  title: "Sample size",
  summary: "Cases needed for an interval of a given width, for an area under the ROC curve, or to find a difference.",
  formula:
    "proportion: smallest n whose Wilson interval at p is no wider than asked; against p₀: ((z_α √(p₀q₀) + z_β √(pq))/(p − p₀))²; two groups, " +
    "each: (z_α √((p₁ + p₂)(1 − (p₁ + p₂)/2)) + z_β √(p₁q₁ + p₂q₂))²/(p₁ − p₂)²; same cases: (z_α √ψ + z_β √(ψ − δ²))²/δ², ψ share of " +
    "differing answers; AUC: positives (z_α √V(½) + z_β √V(A))²/(A − ½)², V(A) = 0.0099 e^(−a²/2)(5a² + 8 + (a² + 8)/κ), a = 1.414 Φ⁻¹(A), κ " +
    "negatives per positive; two AUCs: V = V₁ + V₂ − 2r√(V₁V₂), under equality at their mean; margin: (z_α + z_β)² v/(δ + m)²",
  methods: ["normal"],
  reference:
    "J. L. Fleiss et al., Statistical Methods for Rates and Proportions, 2003, chapter 4; R. J. Connor, Biometrics 43, 1987, doi:10.2307/2531961 " +
    "(same cases); N. A. Obuchowski, D. K. McClish, Stat Med 16, 1997, 1529 (AUC); N. M. Buderer, Acad Emerg Med 3, 1996 (prevalence)",
};

/** Error of the first kind (two-sided unless said otherwise; default 0.05) and power (default 0.8). */
export interface PowerOptions {
  readonly alpha?: number;
  readonly power?: number;
}

export interface SampleSize {
  /** Cases, rounded up. */
  readonly n: number;
  /** Before rounding. */
  readonly exact: number;
  readonly method: string;
}

/**
 * Cases for a proportion whose Wilson interval has at most a given half width.
 * @param options.prevalence where the proportion is a sensitivity (or 1 − prevalence for a specificity): the share of cases it is about
 * @throws InputError `plan`
 * @see the interval at n is as asked and at n − 1 is wider
 */
export function sizeForProportion(options: {
  readonly expected: number;
  readonly halfWidth: number;
  readonly level?: number;
  readonly prevalence?: number;
}): SampleSize {
  const { expected, halfWidth, level = 0.95, prevalence = 1 } = options;
  requireShare("expected proportion", expected, true);
  requireShare("half width", halfWidth);
  requireShare("level", level);
  if (!(prevalence > 0 && prevalence <= 1)) throw planError("prevalence", "a number in (0, 1]", prevalence);
  const half = (n: number): number => {
    const { lower, upper } = proportionMethods.wilson.limits(expected * n, n, level);
    return (upper - lower) / 2;
  };
  let [low, high] = [0, 1];
  while (half(high) > halfWidth) [low, high] = [high, 2 * high];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (half(middle) > halfWidth) low = middle;
    else high = middle;
  }
  const all = high / prevalence;
  return { n: Math.ceil(all - 1e-9), exact: all, method: `Wilson, half width ${halfWidth}` };
}

/** Cases to tell a proportion from a fixed value. Checked against its formula in R. */
export function sizeForProportionTest(options: PowerOptions & { readonly expected: number; readonly against: number }): SampleSize {
  const { expected: p, against: p0 } = options;
  requireShare("expected proportion", p);
  requireShare("proportion tested against", p0);
  const { a, b } = criticals(options);
  return finish("one proportion, normal", (a * Math.sqrt(p0 * (1 - p0)) + b * Math.sqrt(p * (1 - p))) ** 2, (p - p0) ** 2);
}

/** Cases in each of two groups to tell their proportions apart. Checked against R's power.prop.test. */
export function sizeForTwoProportions(options: PowerOptions & { readonly first: number; readonly second: number }): SampleSize {
  const { first: p1, second: p2 } = options;
  requireShare("first proportion", p1, true);
  requireShare("second proportion", p2, true);
  const { a, b } = criticals(options);
  const [sum, own] = [p1 + p2, p1 * (1 - p1) + p2 * (1 - p2)];
  return finish("two proportions, per group, normal", (a * Math.sqrt(sum * (1 - sum / 2)) + b * Math.sqrt(own)) ** 2, (p1 - p2) ** 2);
}

/**
 * Cases for McNemar's test.
 * @param options.difference of the two shares of right answers
 * @param options.discordant share of cases on which the two differ
 * @see checked against Connor's formula in R
 */
export function sizeForPairedProportions(
  options: PowerOptions & { readonly difference: number; readonly discordant: number },
): SampleSize {
  const { difference: d, discordant } = options;
  if (!(discordant > 0 && discordant <= 1 && Math.abs(d) <= discordant)) {
    throw planError("discordant share", "a number in (0, 1], no smaller than the difference", discordant);
  }
  const { a, b } = criticals(options);
  return finish("paired proportions, normal", (a * Math.sqrt(discordant) + b * Math.sqrt(discordant - d * d)) ** 2, d * d);
}

export interface AucSize extends SampleSize {
  readonly positives: number;
  readonly negatives: number;
}

/**
 * Cases to tell an AUC from chance.
 * @param options.ratio negatives per positive; default 1
 * @see checked against pROC 1.18.0, power.roc.test
 */
export function sizeForAuc(options: PowerOptions & { readonly auc: number; readonly ratio?: number }): AucSize {
  const { auc, ratio = 1 } = options;
  requireShare("AUC", auc);
  const { a, b } = criticals(options);
  const spread = a * Math.sqrt(binormalVariance(0.5, ratio)) + b * Math.sqrt(binormalVariance(auc, ratio));
  return aucSize("AUC against chance, binormal", spread ** 2 / (auc - 0.5) ** 2, ratio);
}

/**
 * Cases to tell two AUCs apart on the same cases.
 * @param options.correlation of the two AUCs over the cases; 0 for different cases, then the number is per AUC
 */
export function sizeForAucDifference(
  options: PowerOptions & {
    readonly first: number;
    readonly second: number;
    readonly correlation: number;
    readonly ratio?: number;
  },
): AucSize {
  const { first, second, correlation, ratio = 1 } = options;
  requireShare("first AUC", first);
  requireShare("second AUC", second);
  if (!(correlation >= 0 && correlation < 1)) throw planError("correlation", "a number in [0, 1)", correlation);
  const { a, b } = criticals(options);
  const variance = (x: number, y: number): number => {
    const [v, w] = [binormalVariance(x, ratio), binormalVariance(y, ratio)];
    return v + w - 2 * correlation * Math.sqrt(v * w);
  };
  const mean = (first + second) / 2;
  const spread = a * Math.sqrt(variance(mean, mean)) + b * Math.sqrt(variance(first, second));
  return aucSize("difference of AUCs, binormal", spread ** 2 / (first - second) ** 2, ratio);
}

/**
 * Cases to show that a difference is above −margin.
 * @param options.variance of one case's difference: ψ − δ² for paired proportions, p₁q₁ + p₂q₂ per group for two groups
 * @param options.alpha one-sided; default 0.025
 */
export function sizeForNonInferiority(
  options: PowerOptions & { readonly expected?: number; readonly margin: number; readonly variance: number },
): SampleSize {
  const { expected = 0, margin, variance, alpha = 0.025, power = 0.8 } = options;
  if (!(margin > 0 && variance > 0)) throw planError("margin and variance", "numbers above 0", margin);
  const { a, b } = criticals({ alpha: 2 * alpha, power });
  if (!(expected + margin > 0)) throw planError("expected difference", "one above −margin", expected);
  return finish("non-inferiority, normal", (a + b) ** 2 * variance, (expected + margin) ** 2);
}

/** √2 as the published formula rounds it. */
const publishedRoot = 1414 / 1000;

/** Variance of an AUC times the number of positives, for normal scores. */
function binormalVariance(auc: number, ratio: number): number {
  if (!(ratio > 0 && Number.isFinite(ratio))) throw planError("ratio", "a number above 0", ratio);
  const a2 = (publishedRoot * normalQuantile(auc)) ** 2;
  return 0.0099 * Math.exp(-a2 / 2) * (5 * a2 + 8 + (a2 + 8) / ratio);
}

function aucSize(method: string, exact: number, ratio: number): AucSize {
  if (!Number.isFinite(exact)) throw planError("difference", "one other than 0", 0);
  const positives = Math.ceil(exact);
  const negatives = Math.ceil(exact * ratio);
  return { n: positives + negatives, exact: exact * (1 + ratio), method, positives, negatives };
}

function finish(method: string, numerator: number, squaredDifference: number): SampleSize {
  const exact = numerator / squaredDifference;
  if (!Number.isFinite(exact)) throw planError("difference", "one other than 0", 0);
  return { n: Math.ceil(exact - 1e-9), exact, method };
}

function criticals({ alpha = 0.05, power = 0.8 }: PowerOptions): { a: number; b: number } {
  requireShare("alpha", alpha);
  requireShare("power", power);
  return { a: normalCritical(1 - alpha), b: normalQuantile(power) };
}

function requireShare(subject: string, value: number, closed = false): void {
  const fits = closed ? value >= 0 && value <= 1 : value > 0 && value < 1;
  if (!fits) throw planError(subject, closed ? "a number in [0, 1]" : "a number between 0 and 1", value);
}

function planError(subject: string, expected: string, value: number): InputError {
  return new InputError("plan", `${subject}: expected ${expected}, got ${value}. Mend the plan.`);
}
