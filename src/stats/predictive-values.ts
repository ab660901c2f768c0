import { InputError } from "../base/index.js";
import { checkLevel, defaultLevel } from "./checks.js";
import type { ClassCounts } from "./class-measures.js";
import { normalCritical } from "./distributions/index.js";
import { notEstimable } from "./estimate.js";
import type { Estimate, StatisticFacts } from "./estimate.js";
import { proportionRatio } from "./proportion-ratio.js";

export const predictiveValuesFacts: StatisticFacts = {
  title: "Predictive values at a stated prevalence",
  summary: "Probability of disease after a positive call, and of health after a negative one, where a share π has the disease.",
  formula:
    "PPV = 1/(1 + (1 − π)/(π LR+)), NPV = 1/(1 + π LR−/(1 − π)). Score: the limits of the likelihood ratio, transformed; " +
    "logit: logit PPV ± z √((1 − Se)/(Se P) + Sp/((1 − Sp) N)), logit NPV ± z √(Se/((1 − Se) P) + (1 − Sp)/(Sp N))",
  methods: ["score", "logit"],
  reference: "N. D. Mercaldo, K. F. Lau, X. H. Zhou, Stat Med 26, 2007, doi:10.1002/sim.2677",
};

export interface PredictiveValueOptions {
  /** Share of the population that has the disease, in (0, 1). The share among the cases themselves is no substitute. */
  readonly prevalence: number;
  readonly level?: number;
  readonly method?: "score" | "logit";
}

/**
 * Positive predictive value at a prevalence.
 * @returns in [0, 1]
 * @throws InputError `not-estimable` without positives or negatives, and by "logit" where a count is 0; `prevalence`
 */
export function positivePredictiveValue(counts: ClassCounts, options: PredictiveValueOptions): Estimate {
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = counts;
  return predictiveValue("PPV", options, {
    rightOf: truePositives,
    n1: truePositives + falseNegatives,
    wrongOf: falsePositives,
    n2: falsePositives + trueNegatives,
    odds: options.prevalence / (1 - options.prevalence),
  });
}

/** Negative predictive value at a prevalence, as positivePredictiveValue. */
export function negativePredictiveValue(counts: ClassCounts, options: PredictiveValueOptions): Estimate {
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = counts;
  return predictiveValue("NPV", options, {
    rightOf: trueNegatives,
    n1: falsePositives + trueNegatives,
    wrongOf: falseNegatives,
    n2: truePositives + falseNegatives,
    odds: (1 - options.prevalence) / options.prevalence,
  });
}

interface Parts {
  readonly rightOf: number;
  readonly n1: number;
  readonly wrongOf: number;
  readonly n2: number;
  /** Prior odds of what the call says. */
  readonly odds: number;
}

function predictiveValue(subject: string, options: PredictiveValueOptions, parts: Parts): Estimate {
  const { prevalence, method = "score" } = options;
  const level = checkLevel(options.level ?? defaultLevel);
  if (!(prevalence > 0 && prevalence < 1)) {
    throw new InputError(
      "prevalence",
      `prevalence: expected a number between 0 and 1, got ${prevalence}. For 5 % pass 0.05.`,
    );
  }
  const { rightOf, n1, wrongOf, n2, odds } = parts;
  const n = n1 + n2;
  if (n1 === 0 || n2 === 0) {
    throw notEstimable(subject, "positive and negative cases", `${n1} and ${n2}`, "Gather cases of both kinds.");
  }
  const at = ` at a prevalence of ${prevalence}`;
  if (method === "score") {
    // The inverse ratio stays finite when no call is wrong; both being 0, nothing was ever called so.
    if (rightOf === 0) throw notEstimable(subject, "a right call", "none", "Report the likelihood ratio instead.");
    const inverse = proportionRatio({ successes: wrongOf, n: n2 }, { successes: rightOf, n: n1 }, { level, subject });
    const value = (ratio: number): number => 1 / (1 + ratio / odds);
    const { estimate, lower, upper } = inverse;
    return {
      estimate: value(estimate),
      lower: value(upper),
      upper: value(lower),
      level,
      method: `Koopman score${at}`,
      n,
    };
  }
  const [right, wrong] = [rightOf / n1, wrongOf / n2];
  if (right === 0 || right === 1 || wrong === 0 || wrong === 1) {
    throw notEstimable(subject, "rates strictly between 0 and 1", `${right} and ${1 - wrong}`, 'Use the method "score".');
  }
  const center = Math.log((odds * right) / wrong);
  const half = normalCritical(level) * Math.sqrt((1 - right) / (right * n1) + (1 - wrong) / (wrong * n2));
  const back = (u: number): number => 1 / (1 + Math.exp(-u));
  return { estimate: back(center), lower: back(center - half), upper: back(center + half), level, method: `logit${at}`, n };
}
