import { InputError } from "../base/index.js";
import { checkCount, checkSameLength } from "./checks.js";
import { notEstimable } from "./estimate.js";

/** A class by its name, or by its index in the list of classes. */
export type ClassLabel = string | number;

export interface ConfusionMatrix {
  readonly classes: readonly string[];
  /** counts[true class][predicted class] */
  readonly counts: readonly (readonly number[])[];
  readonly n: number;
}

/**
 * Counts cases by true and predicted class.
 * @throws InputError `unknown-class` for a label that is none of the classes, `length`, `classes`
 */
export function confusionMatrix(input: {
  readonly labels: readonly ClassLabel[];
  readonly predictions: readonly ClassLabel[];
  readonly classes: readonly string[];
}): ConfusionMatrix {
  const { labels, predictions, classes } = input;
  const truth = classIndices("labels", labels, classes);
  const predicted = classIndices("predictions", predictions, classes);
  checkSameLength("predictions", predictions.length, labels.length);
  const flat = countPairs(truth, predicted, classes.length);
  const counts = classes.map((_, k) => [...flat.subarray(k * classes.length, (k + 1) * classes.length)]);
  return { classes, counts, n: labels.length };
}

/** Index of each label's class. */
export function classIndices(subject: string, labels: readonly ClassLabel[], classes: readonly string[]): Int32Array {
  if (classes.length < 2 || new Set(classes).size !== classes.length) {
    throw new InputError(
      "classes",
      `classes: expected two or more different names, got ${JSON.stringify(classes)}. List each class once.`,
    );
  }
  const index = new Map<ClassLabel, number>(classes.map((name, k) => [name, k]));
  return Int32Array.from(labels, (label, i) => {
    const k =
      typeof label === "number" && Number.isInteger(label) && label >= 0 && label < classes.length
        ? label
        : index.get(label);
    if (k === undefined) {
      throw new InputError(
        "unknown-class",
        `${subject} ${i}: expected one of ${classes.join(", ")}, got ${String(label)}. Mend the label.`,
      );
    }
    return k;
  });
}

/** Row-major counts [true, predicted], each case counted as often as its multiplicity says. */
export function countPairs(
  truth: Int32Array,
  predicted: Int32Array,
  classCount: number,
  multiplicities?: Float64Array,
): Float64Array {
  const counts = new Float64Array(classCount * classCount);
  for (let i = 0; i < truth.length; i++) {
    counts[truth[i]! * classCount + predicted[i]!]! += multiplicities ? multiplicities[i]! : 1;
  }
  return counts;
}

/** @throws InputError `counts` unless the table is square, of two or more rows; `not-estimable` when it is empty */
export function checkSquareCounts(counts: readonly (readonly number[])[]): {
  n: number;
  rows: number[];
  columns: number[];
} {
  if (counts.length < 2 || counts.some((row) => row.length !== counts.length)) {
    throw new InputError(
      "counts",
      `table of counts: expected as many columns as rows, two or more, got ${counts.length} rows of ${counts.map((row) => row.length).join(", ")}. Pass counts[true][called].`,
    );
  }
  for (const row of counts) row.forEach((value) => checkCount("count", value));
  const rows = counts.map((row) => row.reduce((sum, value) => sum + value, 0));
  const columns = counts.map((_, k) => counts.reduce((sum, row) => sum + row[k]!, 0));
  const n = rows.reduce((sum, value) => sum + value, 0);
  if (n === 0) throw notEstimable("table of counts", "at least one case", "0", "Count some cases first.");
  return { n, rows, columns };
}
