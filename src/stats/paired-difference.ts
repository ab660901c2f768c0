import { InputError, unknownName } from "../base/index.js";
import { checkCount, checkLevel, defaultLevel } from "./checks.js";
import { findRoot, normalCritical } from "./distributions/index.js";
import { notEstimable } from "./estimate.js";
import type { Estimate, StatisticFacts } from "./estimate.js";
import { proportionMethods } from "./proportions/index.js";

export const pairedDifferenceFacts: StatisticFacts = {
  title: "Difference of paired proportions",
  summary: "Difference of two proportions measured on the same cases, such as two networks' accuracies.",
  formula:
    "δ = (b − c)/n. Newcombe: δ ∓ √(d₁² − 2 φ d₁ u₂ + u₂²) from Wilson limits, φ with continuity correction where " +
    "ad > bc. " +
    "Tango: all Δ with |b − c − nΔ| ≤ z √(n (2q + Δ(1 − Δ))), q the maximum-likelihood estimate of P(only the " +
    "second right) given Δ",
  methods: ["newcombe", "tango"],
  reference: "R. G. Newcombe, Stat Med 17, 1998, 2635, method 10; T. Tango, Stat Med 17, 1998, 891",
};

export type PairedDifferenceMethod = "newcombe" | "tango";

/** Cases by whether the first and the second are right. */
export interface PairedCounts {
  readonly bothRight: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly neither: number;
}

/**
 * Difference (first minus second) of two proportions on the same cases.
 * @returns in [-1, 1]
 * @throws InputError `not-estimable` without cases
 */
export function pairedDifference(
  counts: PairedCounts,
  options: { readonly level?: number; readonly method?: PairedDifferenceMethod } = {},
): Estimate {
  const level = checkLevel(options.level ?? defaultLevel);
  const { method = "newcombe" } = options;
  const { bothRight, onlyFirst, onlySecond, neither } = counts;
  for (const [name, value] of Object.entries(counts)) checkCount(name, value as number);
  const n = bothRight + onlyFirst + onlySecond + neither;
  if (n === 0) throw notEstimable("paired difference", "at least one case", "0", "Compare the two on the same cases.");
  if (method !== "newcombe" && method !== "tango") throw unknownName("interval method", method, ["newcombe", "tango"]);
  const limits = method === "tango" ? tangoLimits(onlyFirst, onlySecond, n, level) : newcombeLimits(counts, n, level);
  return {
    estimate: (onlyFirst - onlySecond) / n,
    ...limits,
    level,
    method: method === "tango" ? "Tango score" : "Newcombe method 10",
    n,
  };
}

/** Counts of a pair of answers per case. */
export function pairCounts(first: readonly boolean[], second: readonly boolean[]): PairedCounts {
  if (first.length !== second.length) {
    throw new InputError(
      "length",
      `paired answers: expected ${first.length} of the second, got ${second.length}. Compare on the same cases.`,
    );
  }
  const count = (a: boolean, b: boolean): number =>
    first.reduce((sum, value, i) => sum + (value === a && second[i] === b ? 1 : 0), 0);
  return {
    bothRight: count(true, true),
    onlyFirst: count(true, false),
    onlySecond: count(false, true),
    neither: count(false, false),
  };
}

function newcombeLimits(
  { bothRight: a, onlyFirst: b, onlySecond: c, neither: d }: PairedCounts,
  n: number,
  level: number,
) {
  const first = proportionMethods.wilson.limits(a + b, n, level);
  const second = proportionMethods.wilson.limits(a + c, n, level);
  const [p1, p2] = [(a + b) / n, (a + c) / n];
  const product = (a + b) * (c + d) * (a + c) * (b + d);
  const cross = a * d - b * c;
  // Continuity correction of method 10: only for a positive association.
  const corrected = cross > 0 ? Math.max(cross - n / 2, 0) : cross;
  const phi = product === 0 ? 0 : corrected / Math.sqrt(product);
  const [l1, u1, l2, u2] = [p1 - first.lower, first.upper - p1, p2 - second.lower, second.upper - p2];
  const below = Math.sqrt(Math.max(0, l1 * l1 - 2 * phi * l1 * u2 + u2 * u2));
  const above = Math.sqrt(Math.max(0, u1 * u1 - 2 * phi * u1 * l2 + l2 * l2));
  return { lower: p1 - p2 - below, upper: p1 - p2 + above };
}

/** Tango's score statistic that P(only first) - P(only second) is delta: standard normal if it is. */
export function tangoScore(b: number, c: number, n: number, delta: number): number {
  const linear = -b - c + (2 * n - b + c) * delta;
  const product = 8 * n * c * delta * (1 - delta);
  // hypot keeps a tiny linear term from vanishing when it is squared.
  const root = product >= 0 ? Math.hypot(linear, Math.sqrt(product)) : Math.sqrt(Math.max(0, linear * linear + product));
  // P(b) at its constrained maximum likelihood.
  const q = (root - linear) / (4 * n);
  const variance = n * (2 * q + delta * (1 - delta));
  const distance = b - c - n * delta;
  if (variance > 0) return distance / Math.sqrt(variance);
  return distance === 0 ? 0 : Math.sign(distance) * 1e300;
}

function tangoLimits(b: number, c: number, n: number, level: number) {
  const z = normalCritical(level);
  const score = (delta: number): number => tangoScore(b, c, n, delta);
  const estimate = (b - c) / n;
  const lower = estimate === -1 ? -1 : findRoot((delta) => score(delta) - z, -1, estimate);
  const upper = estimate === 1 ? 1 : findRoot((delta) => score(delta) + z, estimate, 1);
  return { lower, upper };
}
