import { checkLevel, defaultLevel } from "../checks.js";
import { chiSquareUpperP } from "../distributions/index.js";
import type { StatisticFacts } from "../estimate.js";
import { fitLogistic, softplus } from "../linear/logistic.js";
import type { BinaryLabels } from "../placements.js";
import { waldEstimate } from "../wald.js";
import type { WaldEstimate } from "../wald.js";
import { checkedPredictions, logitOf } from "./logits.js";

export const interceptSlopeFacts: StatisticFacts = {
  title: "Calibration intercept and slope",
  summary: "Whether probabilities are too high or low on the whole (intercept, 0 is right) and too extreme or timid (slope, 1 is right).",
  formula:
    "slope b of logit P(y = 1) = a + b logit p; intercept a with b = 1 held; logistic regression, ± z SE. Test of a = 0 and b = 1 " +
    "together: likelihood ratio, χ² on 2 degrees of freedom",
  methods: ["logistic regression"],
  reference: "D. R. Cox, Biometrika 45, 1958, doi:10.1093/biomet/45.3-4.562; B. Van Calster et al., BMC Med 17, 2019, doi:10.1186/s12916-019-1466-7",
};

export interface CalibrationInterceptSlope {
  /** Calibration in the large. */
  readonly intercept: WaldEstimate;
  readonly slope: WaldEstimate;
  /** Joint test that the intercept is 0 and the slope 1. */
  readonly statistic: number;
  readonly p: number;
}

/**
 * Calibration intercept and slope.
 * @throws InputError `not-estimable` without both classes, or where the model has no maximum; `probability`
 * @see checked against R's glm
 */
export function calibrationInterceptSlope(
  labels: BinaryLabels,
  probabilities: ArrayLike<number>,
  options: { readonly level?: number } = {},
): CalibrationInterceptSlope {
  const level = checkLevel(options.level ?? defaultLevel);
  const { truth, p } = checkedPredictions(labels, probabilities, "calibration slope");
  const logits = Array.from(p, logitOf);
  const n = truth.length;
  const free = fitLogistic(
    logits.map((u) => [1, u]),
    truth,
    { subject: "calibration slope" },
  );
  const shifted = fitLogistic(
    logits.map(() => [1]),
    truth,
    { offset: logits, subject: "calibration intercept" },
  );
  const asGiven = logits.reduce((sum, u, i) => sum + truth[i]! * u - softplus(u), 0);
  const statistic = Math.max(0, 2 * (free.logLikelihood - asGiven));
  const estimate = (value: number, variance: number, method: string): WaldEstimate =>
    waldEstimate({ estimate: value, standardError: Math.sqrt(variance), level, method, n });
  return {
    intercept: estimate(shifted.coefficients[0]!, shifted.covariance[0]![0]!, "logistic regression, slope 1"),
    slope: estimate(free.coefficients[1]!, free.covariance[1]![1]!, "logistic regression"),
    statistic,
    p: chiSquareUpperP(statistic, 2),
  };
}
