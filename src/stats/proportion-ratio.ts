import { InputError } from "../base/index.js";
import { checkCount, checkLevel, defaultLevel } from "./checks.js";
import { findRoot, normalCritical } from "./distributions/index.js";
import { notEstimable } from "./estimate.js";
import type { Estimate, StatisticFacts } from "./estimate.js";

export const proportionRatioFacts: StatisticFacts = {
  title: "Likelihood ratios",
  summary: "How much a positive or a negative call changes the odds of disease; the ratio of two independent proportions.",
  formula:
    "LR+ = sensitivity/(1 − specificity), LR− = (1 − sensitivity)/specificity. Koopman: all θ = p₁/p₂ with " +
    "(x₁ − n₁p̃₁)²/(n₁p̃₁(1 − p̃₁)) + (x₂ − n₂p̃₂)²/(n₂p̃₂(1 − p̃₂)) ≤ z², p̃₁ = θp̃₂ the maximum-likelihood estimates given θ; " +
    "log: ratio × exp(± z √(1/x₁ − 1/n₁ + 1/x₂ − 1/n₂))",
  methods: ["koopman", "log"],
  reference:
    "P. A. R. Koopman, Biometrics 40, 1984, doi:10.2307/2531405; D. L. Simel et al., J Clin Epidemiol 44, 1991, " +
    "doi:10.1016/0895-4356(91)90128-V (log)",
};

export type RatioMethod = "koopman" | "log";

/** x of n. */
export interface Share {
  readonly successes: number;
  readonly n: number;
}

/**
 * Ratio of two independent proportions, first over second.
 * @returns in [0, ∞)
 * @throws InputError `not-estimable` where the second has no success, for the ratio is then infinite; `count`
 * @see checked against Koopman's worked examples
 */
export function proportionRatio(
  first: Share,
  second: Share,
  options: { readonly level?: number; readonly method?: RatioMethod; readonly subject?: string } = {},
): Estimate {
  const { method = "koopman", subject = "ratio of proportions" } = options;
  const level = checkLevel(options.level ?? defaultLevel);
  for (const { successes, n } of [first, second]) {
    checkCount(`${subject}, successes`, successes);
    checkCount(`${subject}, cases`, n);
    if (successes > n) {
      throw new InputError("count", `${subject}: expected at most ${n} successes, got ${successes}. Swap the counts?`);
    }
  }
  if (first.n === 0) throw notEstimable(subject, "cases in both groups", "none in the first", "Gather such cases.");
  if (second.successes === 0) {
    throw notEstimable(
      subject,
      "a denominator above 0",
      `0 of ${second.n}`,
      "Report the two proportions with their intervals.",
    );
  }
  const estimate = first.successes / first.n / (second.successes / second.n);
  const n = first.n + second.n;
  if (method === "koopman") {
    return { estimate, ...koopmanLimits(first, second, level), level, method: "Koopman score", n };
  }
  if (first.successes === 0) {
    throw notEstimable(subject, "a success in both groups", "none in the first", 'Use the method "koopman".');
  }
  const variance = 1 / first.successes - 1 / first.n + 1 / second.successes - 1 / second.n;
  const factor = Math.exp(normalCritical(level) * Math.sqrt(variance));
  return { estimate, lower: estimate / factor, upper: estimate * factor, level, method: "log ratio", n };
}

function koopmanLimits(first: Share, second: Share, level: number): { lower: number; upper: number } {
  const { successes: x1, n: n1 } = first;
  const { successes: x2, n: n2 } = second;
  const critical = normalCritical(level) ** 2;
  const estimate = (x1 * n2) / (n1 * x2);
  const excess = (logTheta: number): number => {
    const theta = Math.exp(logTheta);
    const b = theta * (n1 + x2) + x1 + n2;
    // The smaller root, written so that nothing cancels.
    const p1 = (2 * theta * (x1 + x2)) / (b + Math.sqrt(Math.max(0, b * b - 4 * theta * (n1 + n2) * (x1 + x2))));
    return distance(x1, n1, Math.min(1, p1)) + distance(x2, n2, Math.min(1, p1 / theta)) - critical;
  };
  const start = estimate > 0 ? Math.log(estimate) : Math.log(1 / (n1 * n2 + 1)) - 20;
  return {
    lower: x1 === 0 ? 0 : Math.exp(findRoot(excess, start - 60, start)),
    upper: Math.exp(findRoot(excess, start, start + 60)),
  };
}

/** Score of x successes of n when each has probability p: 0 where both say certainty. */
function distance(x: number, n: number, p: number): number {
  const variance = n * p * (1 - p);
  const gap = (x - n * p) ** 2;
  return gap === 0 ? 0 : gap / Math.max(variance, Number.MIN_VALUE);
}
