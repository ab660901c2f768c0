import { InputError } from "../../base/index.js";
import { checkLevel, defaultLevel } from "../checks.js";
import { estimateOrReason } from "../estimate.js";
import type { Figure, StatisticFacts } from "../estimate.js";
import { meanInterval } from "../mean.js";
import type { BinaryLabels } from "../placements.js";
import type { Key } from "../resample.js";
import { checkedPredictions } from "./logits.js";

export const decisionCurveFacts: StatisticFacts = {
  title: "Decision curve",
  summary: "Net benefit of acting on a probability against acting on everyone or no one, over the thresholds at which one would act.",
  formula:
    "at threshold t, w = t/(1 − t): NB = TP/n − w FP/n, the mean over cases of call × (y − w(1 − y)); acting on everyone " +
    "ȳ − w(1 − ȳ), on no one 0; intervals of means, so patients with several cases are allowed for; standardized: NB/ȳ",
  methods: ["t"],
  reference: "A. J. Vickers, E. B. Elkin, Med Decis Making 26, 2006, doi:10.1177/0272989X06295361; S. Z. Sande et al., Stat Med 39, 2020, doi:10.1002/sim.8637",
};

export interface DecisionPoint {
  readonly threshold: number;
  /** Net benefit in true positives per case. */
  readonly model: Figure;
  readonly treatAll: Figure;
  /** Net benefit over the better-known alternative of acting on everyone. */
  readonly gainOverAll: Figure;
  /** Net benefit as a share of the greatest possible one. */
  readonly standardized: number;
}

/**
 * Decision curve with intervals.
 * @param options.thresholds in (0, 1); default 0.01 to 0.99 by 0.01
 * @throws InputError `not-estimable` without both classes; `threshold`, `probability`
 * @see worked by hand
 */
export function decisionCurve(
  labels: BinaryLabels,
  probabilities: ArrayLike<number>,
  options: { readonly level?: number; readonly groups?: readonly Key[]; readonly thresholds?: readonly number[] } = {},
): DecisionPoint[] {
  const { groups, thresholds = Array.from({ length: 99 }, (_, k) => (k + 1) / 100) } = options;
  const level = checkLevel(options.level ?? defaultLevel);
  const { truth, p } = checkedPredictions(labels, probabilities, "decision curve");
  const positives = truth.reduce((sum, y) => sum + y, 0);
  return thresholds.map((threshold) => {
    if (!(threshold > 0 && threshold < 1)) {
      throw new InputError("threshold", `threshold: expected a number between 0 and 1, got ${threshold}. For 5 % pass 0.05.`);
    }
    const weight = threshold / (1 - threshold);
    const all = Array.from(truth, (y) => (y === 1 ? 1 : -weight));
    const model = all.map((value, i) => (p[i]! >= threshold ? value : 0));
    const mean = (values: readonly number[], subject: string): Figure =>
      estimateOrReason(() => meanInterval(values, { level, subject, ...(groups && { groups }) }));
    const at = ` at ${threshold}`;
    return {
      threshold,
      model: mean(model, `net benefit${at}`),
      treatAll: mean(all, `net benefit of acting on everyone${at}`),
      gainOverAll: mean(
        model.map((value, i) => value - all[i]!),
        `gain over acting on everyone${at}`,
      ),
      standardized: model.reduce((sum, value) => sum + value, 0) / positives,
    };
  });
}
