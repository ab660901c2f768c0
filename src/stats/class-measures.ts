/** The four counts of one class against the rest. */
export interface ClassCounts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/** One value per measure; undefined where its denominator is 0. */
export interface Measures {
  readonly precision: number | undefined;
  /** Also called sensitivity. */
  readonly recall: number | undefined;
  readonly specificity: number | undefined;
  readonly f1: number | undefined;
}

export const measureNames = ["precision", "recall", "specificity", "f1"] as const;
export type MeasureName = (typeof measureNames)[number];

/**
 * Counts of each class against the rest.
 * @param counts row-major [K, K], counts[true, predicted]
 */
export function countsPerClass(counts: ArrayLike<number>, classCount: number): ClassCounts[] {
  const rows = new Float64Array(classCount);
  const columns = new Float64Array(classCount);
  let n = 0;
  for (let k = 0; k < classCount; k++) {
    for (let j = 0; j < classCount; j++) {
      const value = counts[k * classCount + j]!;
      rows[k]! += value;
      columns[j]! += value;
      n += value;
    }
  }
  return Array.from({ length: classCount }, (_, k) => {
    const truePositives = counts[k * classCount + k]!;
    const falsePositives = columns[k]! - truePositives;
    const falseNegatives = rows[k]! - truePositives;
    return {
      truePositives,
      falsePositives,
      falseNegatives,
      trueNegatives: n - truePositives - falsePositives - falseNegatives,
    };
  });
}

/**
 * precision = TP/(TP + FP), recall = TP/(TP + FN), specificity = TN/(TN + FP), F1 = 2 TP/(2 TP + FP + FN).
 * @returns each in [0, 1], higher is better, undefined where the denominator is 0
 */
export function measuresOf(counts: ClassCounts): Measures {
  const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = counts;
  return {
    precision: ratio(tp, tp + fp),
    recall: ratio(tp, tp + fn),
    specificity: ratio(tn, tn + fp),
    f1: ratio(2 * tp, 2 * tp + fp + fn),
  };
}

function ratio(numerator: number, denominator: number): number | undefined {
  return denominator > 0 ? numerator / denominator : undefined;
}

/** How classes are averaged: each alike, by its number of true cases, or by pooling their counts. */
export type Averaging = "macro" | "weighted" | "micro";

/**
 * Average of the classes' measures. Macro F1 is the mean of the classes' F1, as in scikit-learn.
 * @returns undefined where a class that carries weight has no value
 */
export function averageMeasures(perClass: readonly ClassCounts[], averaging: Averaging): Measures {
  if (averaging === "micro") return measuresOf(sumCounts(perClass));
  const support = perClass.map((counts) => counts.truePositives + counts.falseNegatives);
  const weights = averaging === "macro" ? perClass.map(() => 1) : support;
  const measures = perClass.map(measuresOf);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const average = (name: MeasureName): number | undefined => {
    let sum = 0;
    for (let k = 0; k < measures.length; k++) {
      if (weights[k] === 0) continue;
      const value = measures[k]![name];
      if (value === undefined) return undefined;
      sum += weights[k]! * value;
    }
    return total > 0 ? sum / total : undefined;
  };
  return {
    precision: average("precision"),
    recall: average("recall"),
    specificity: average("specificity"),
    f1: average("f1"),
  };
}

function sumCounts(perClass: readonly ClassCounts[]): ClassCounts {
  const sum = (key: keyof ClassCounts): number => perClass.reduce((total, counts) => total + counts[key], 0);
  return {
    truePositives: sum("truePositives"),
    falsePositives: sum("falsePositives"),
    falseNegatives: sum("falseNegatives"),
    trueNegatives: sum("trueNegatives"),
  };
}
