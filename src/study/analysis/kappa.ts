import { seededRandom } from "../../base/index.js";
import { bootstrapInterval, clusteredProportion, cohenKappa, estimateOrReason, isEstimable } from "../../stats/index.js";
import type { AggregateOptions } from "../aggregate.js";
import type { Estimated } from "../results.js";
import type { CasePrediction } from "../task-record.js";

function countPairs(predictions: readonly CasePrediction[], classes: number, weights: ArrayLike<number> = predictions.map(() => 1)): number[][] {
  const counts = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  predictions.forEach(({ label, predicted }, i) => (counts[label]![predicted]! += weights[i]!));
  return counts;
}

/** Agreement of the predicted with the true classes beyond chance. Patients with several cases are drawn whole. */
export function kappaOf(predictions: readonly CasePrediction[], { labels, level, patientOf, seed }: AggregateOptions): Estimated {
  const patients = predictions.map((prediction) => patientOf(prediction.case));
  return estimateOrReason(() => {
    const { estimate, lower, upper, method, n, expectedAgreement } = cohenKappa(countPairs(predictions, labels.length), { level });
    if (new Set(patients).size === predictions.length) return { estimate, lower, upper, level, method, n };
    const statistic = (weights: Float64Array): number | undefined => {
      const kappa = estimateOrReason(() => cohenKappa(countPairs(predictions, labels.length, weights), { level }));
      return isEstimable(kappa) ? kappa.estimate : undefined;
    };
    const drawn = estimateOrReason(() => bootstrapInterval(statistic, { n: predictions.length, groups: patients, random: seededRandom("kappa", seed), level, subject: "kappa" }));
    // No error at all, or one class alone predicted: resamples do not differ, and the accuracy's own limits say what is known.
    if (!isEstimable(drawn)) {
      const share = clusteredProportion(predictions.map(({ label, predicted }) => label === predicted), patients, { level, subject: "agreement" });
      const beyondChance = (agreement: number): number => (agreement - expectedAgreement) / (1 - expectedAgreement);
      return { estimate, lower: beyondChance(share.lower), upper: beyondChance(share.upper), level, method: `Cohen's kappa, limits of the agreement by ${share.method}, chance as observed`, n };
    }
    return { estimate, lower: drawn.lower, upper: drawn.upper, level, method: `Cohen's kappa, ${drawn.method}`, n };
  });
}
