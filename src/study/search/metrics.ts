import { averageMeasures, confusionMatrix, countsPerClass, estimateOrReason, isEstimable, rocAuc } from "../../stats/index.js";
import type { CasePrediction } from "../task-record.js";

type Judged = Pick<CasePrediction, "label" | "predicted" | "probabilities">;

/** What a trial can be judged by: higher is better. */
export interface SearchMetric {
  readonly title: string;
  /** Whether it lies between 0 and 1. */
  readonly isShare: boolean;
  readonly of: (predictions: readonly Judged[], classes: number) => number;
}

function macro(name: "f1" | "recall"): SearchMetric["of"] {
  return (predictions, classes) => {
    const names = Array.from({ length: classes }, (_, k) => String(k));
    const { counts } = confusionMatrix({ labels: predictions.map(({ label }) => label), predictions: predictions.map(({ predicted }) => predicted), classes: names });
    const seen = countsPerClass(counts.flat(), classes).filter((_, k) => predictions.some(({ label }) => label === k));
    // Every class here is seen, so that its recall and F1 have a value.
    return averageMeasures(seen, "macro")[name]!;
  };
}

/** Mean over the classes that are seen of the AUC of each against the rest; 0.5 where one class alone is seen. */
function macroAuc(predictions: readonly Judged[], classes: number): number {
  const aucs = Array.from({ length: classes }, (_, k) =>
    estimateOrReason(() => rocAuc(predictions.map(({ label }) => label === k), predictions.map(({ probabilities }) => probabilities[k]!), { method: "newcombe" })),
  ).flatMap((auc) => (isEstimable(auc) ? [auc.estimate] : []));
  return aucs.length === 0 ? 0.5 : aucs.reduce((sum, auc) => sum + auc, 0) / aucs.length;
}

function meanLogLikelihood(predictions: readonly Judged[]): number {
  // A probability of zero in single precision is not the end of the world.
  return predictions.reduce((sum, { label, probabilities }) => sum + Math.log(Math.max(1e-7, probabilities[label]!)), 0) / predictions.length;
}

const shelf = {
  "macro-auc": { title: "AUC (macro)", isShare: true, of: macroAuc },
  "macro-f1": { title: "F1 (macro)", isShare: true, of: macro("f1") },
  accuracy: { title: "accuracy", isShare: true, of: (predictions: readonly Judged[]) => predictions.filter(({ label, predicted }) => label === predicted).length / predictions.length },
  "balanced-accuracy": { title: "balanced accuracy", isShare: true, of: macro("recall") },
  "log-likelihood": { title: "mean log-likelihood (minus the cross-entropy)", isShare: false, of: meanLogLikelihood },
} as const;

export type SearchMetricName = keyof typeof shelf;

export const searchMetrics: Readonly<Record<SearchMetricName, SearchMetric>> = shelf;
