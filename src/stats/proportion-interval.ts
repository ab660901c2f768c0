import { InputError, unknownName } from "../base/index.js";
import type { Warning } from "../base/index.js";
import { checkCount, checkLevel, defaultLevel } from "./checks.js";
import { notEstimable } from "./estimate.js";
import type { Estimate, StatisticFacts } from "./estimate.js";
import { proportionMethods } from "./proportions/index.js";
import type { ProportionMethod, ProportionMethodName } from "./proportions/index.js";

export const proportionFacts: StatisticFacts = {
  title: "Proportion",
  summary: "A share of independent cases, such as the accuracy.",
  formula: "x/n; the formulas of the intervals are in the table below",
  methods: Object.keys(proportionMethods),
  reference: "L. D. Brown, T. T. Cai, A. DasGupta, Stat Sci 16, 2001, doi:10.1214/ss/1009213286 (comparison)",
};

export interface ProportionOptions {
  readonly method?: ProportionMethodName;
  readonly level?: number;
  /** What the proportion is called in errors, for example `"recall of scoliosis"`. */
  readonly subject?: string;
}

export interface ProportionEstimate extends Estimate {
  readonly successes: number;
}

/**
 * A proportion x / n of independent cases with its interval.
 * @returns estimate and limits in [0, 1]
 * @throws InputError `not-estimable` when n is 0, `count` for counts that are none
 * @see the list of methods; checked against statsmodels.stats.proportion.proportion_confint and Newcombe 1998, table I
 */
export function proportionInterval(successes: number, n: number, options: ProportionOptions = {}): ProportionEstimate {
  const { method = "wilson", subject = "proportion" } = options;
  const level = checkLevel(options.level ?? defaultLevel);
  checkCount(`${subject}, successes`, successes);
  checkCount(`${subject}, cases`, n);
  if (n === 0) throw notEstimable(subject, "at least one case", "0", "Gather such cases or leave the figure out.");
  if (successes > n) {
    throw new InputError("count", `${subject}: expected at most ${n} successes, got ${successes}. Swap the arguments?`);
  }
  const chosen = findProportionMethod(method);
  const { lower, upper, warnings } = limitsInside(chosen, successes, n, level);
  return {
    estimate: successes / n,
    lower,
    upper,
    level,
    method: chosen.title,
    n,
    successes,
    ...(warnings && { warnings }),
  };
}

/** @throws NotFoundError `unknown-interval-method` */
export function findProportionMethod(name: string): ProportionMethod {
  const methods: Record<string, ProportionMethod> = proportionMethods;
  if (!Object.hasOwn(methods, name)) throw unknownName("interval method", name, Object.keys(methods));
  return methods[name]!;
}

/** The method's limits, cut to [0, 1] with a warning where the formula leaves it. */
export function limitsInside(
  method: ProportionMethod,
  successes: number,
  n: number,
  level: number,
): { lower: number; upper: number; warnings?: readonly Warning[] } {
  const limits = method.limits(successes, n, level);
  if (limits.lower >= 0 && limits.upper <= 1) return limits;
  const message = `the ${method.title} interval reaches beyond [0, 1] and was cut there.`;
  return {
    lower: Math.max(0, limits.lower),
    upper: Math.min(1, limits.upper),
    warnings: [{ code: "interval-cut", message }],
  };
}
