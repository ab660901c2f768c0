import { seededRandom } from "../../base/index.js";
import {
  brierScore,
  calibrationError,
  calibrationInterceptSlope,
  decisionCurve,
  estimateOrReason,
  isEstimable,
  multiclassBrierScore,
  notEstimable,
  reliability,
  type Estimate,
} from "../../stats/index.js";
import type { CalibrationResult, ClassCalibration, DecisionResult, Estimated } from "../results.js";
import type { AggregateOptions } from "../aggregate.js";
import type { CasePrediction } from "../task-record.js";

/** Resamples behind the interval of a calibration error. */
const resamples = 1000;

/** Equally wide bins of the reliability curve. */
const bins = 10;

const thresholds = Array.from({ length: 19 }, (_, k) => (k + 1) / 20);

/** Keeps what a report prints of a figure, and nothing else. */
function figureOf(compute: () => Estimate): Estimated {
  const figure = estimateOrReason(compute);
  if (!isEstimable(figure)) return figure;
  const { estimate, lower, upper, level, method, n } = figure;
  return { estimate, lower, upper, level, method, n };
}

/** Labels that are judged one against the rest: of two, the second says it all. */
export function judgedLabels(labels: readonly string[]): readonly string[] {
  return labels.length === 2 ? labels.slice(1) : labels;
}

function classCalibration(truth: readonly boolean[], probabilities: readonly number[], groups: readonly string[], { level, seed }: AggregateOptions): ClassCalibration {
  const curve = estimateOrReason(() => reliability(truth, probabilities, { bins, level }));
  const errors = estimateOrReason(() => calibrationError(truth, probabilities, { bins, level, groups, strata: truth.map(Number), resamples, random: seededRandom("calibration", seed) }));
  const fit = estimateOrReason(() => calibrationInterceptSlope(truth, probabilities, { level }));
  return {
    bins: isEstimable(curve)
      ? curve.bins.map(({ from, to, n, meanProbability, observed: { estimate, lower, upper, method } }) => ({ from, to, n, meanProbability, observed: { estimate, lower, upper, level, method, n } }))
      : [],
    expectedError: isEstimable(errors) ? figureOf(() => errors.expected) : errors,
    largestError: isEstimable(errors) ? figureOf(() => errors.largest) : errors,
    brier: figureOf(() => brierScore(truth, probabilities, { level, groups })),
    intercept: isEstimable(fit) ? figureOf(() => fit.intercept) : fit,
    slope: isEstimable(fit) ? figureOf(() => fit.slope) : fit,
    ...(isEstimable(fit) && { jointP: fit.p }),
  };
}

/** Whether the probabilities can be taken at their word: the Brier score over all classes, and the rest of each class against the others. */
export function calibrationOf(predictions: readonly CasePrediction[], options: AggregateOptions): CalibrationResult {
  const { labels, level, patientOf } = options;
  const groups = predictions.map((one) => patientOf(one.case));
  return {
    brier: figureOf(() =>
      multiclassBrierScore({ labels: predictions.map(({ label }) => labels[label]!), probabilities: predictions.map(({ probabilities }) => probabilities), classes: labels }, { level, groups }),
    ),
    perClass: Object.fromEntries(
      judgedLabels(labels).map((name) => {
        const k = labels.indexOf(name);
        return [name, classCalibration(predictions.map(({ label }) => label === k), predictions.map(({ probabilities }) => probabilities[k]!), groups, options)];
      }),
    ),
  };
}

/** Net benefit of acting on the probability of each class, over the probabilities at which one would act. */
export function decisionsOf(predictions: readonly CasePrediction[], { labels, level, patientOf }: AggregateOptions): DecisionResult {
  const groups = predictions.map((one) => patientOf(one.case));
  return Object.fromEntries(
    judgedLabels(labels).map((name) => {
      const k = labels.indexOf(name);
      const curve = estimateOrReason(() => {
        if (predictions.length === 0) throw notEstimable("decision curve", "predictions", "none", "Predict some cases first.");
        return decisionCurve(predictions.map(({ label }) => label === k), predictions.map(({ probabilities }) => probabilities[k]!), { level, groups, thresholds });
      });
      if (!isEstimable(curve)) return [name, curve];
      const plain = (figure: Estimated): Estimated => (isEstimable(figure) ? figureOf(() => figure) : figure);
      return [name, curve.map(({ threshold, model, treatAll, gainOverAll }) => ({ threshold, model: plain(model), treatAll: plain(treatAll), gainOverAll: plain(gainOverAll) }))];
    }),
  );
}
