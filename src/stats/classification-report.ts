import { seededRandom } from "../base/index.js";
import type { AucMethodName } from "./auc/index.js";
import { bootstrapIntervals } from "./bootstrap.js";
import type { BootstrapMethod } from "./bootstrap.js";
import { checkLevel, checkSameLength, defaultLevel } from "./checks.js";
import { checkClassProbabilities, classAuc, columnOf, weightedMacroAuc } from "./class-auc.js";
import { averageMeasures, countsPerClass, measureNames } from "./class-measures.js";
import type { Averaging } from "./class-measures.js";
import { accuracyInterval, classProportion, f1Interval } from "./class-proportion.js";
import { classIndices, confusionMatrix, countPairs } from "./confusion-matrix.js";
import type { ClassLabel, ConfusionMatrix } from "./confusion-matrix.js";
import { estimateOrReason, isEstimable, notEstimable } from "./estimate.js";
import type { Estimate, Figure, NotEstimable } from "./estimate.js";
import type { ProportionMethodName } from "./proportions/index.js";
import type { Key } from "./resample.js";
import type { AucEstimate } from "./roc-auc.js";

export interface ClassificationInput {
  /** True class per case, by name or index. */
  readonly labels: readonly ClassLabel[];
  /** Predicted class per case, by name or index. */
  readonly predictions: readonly ClassLabel[];
  /** Per case, one probability per class in the order of `classes`. Without them no AUC is estimable. */
  readonly probabilities?: readonly ArrayLike<number>[];
  readonly classes: readonly string[];
  /** Patient per case. Where a patient has several cases, every interval accounts for it. */
  readonly groups?: readonly Key[];
  readonly level?: number;
  /** Names the random numbers of the bootstrap. */
  readonly seed?: number | string;
  readonly resamples?: number;
  /** Default `"wilson"`. */
  readonly proportionMethod?: ProportionMethodName;
  /** Default `"delong-logit"`: near 1, plain DeLong covers too rarely. */
  readonly aucMethod?: AucMethodName;
  /** Default `"bca"`. */
  readonly bootstrap?: BootstrapMethod;
}

export interface ClassFigures {
  readonly precision: Figure;
  /** Also called sensitivity. */
  readonly recall: Figure;
  readonly specificity: Figure;
  readonly f1: Figure;
}

export interface ClassReport extends ClassFigures {
  readonly name: string;
  /** Cases that are of the class, and cases that were called so. */
  readonly cases: number;
  readonly predicted: number;
  readonly auc: AucEstimate | NotEstimable;
}

export interface ClassificationReport {
  readonly n: number;
  readonly level: number;
  readonly classes: readonly string[];
  /** Number of patients, where they are known. */
  readonly patients?: number;
  /** Whether intervals account for patients with several cases. */
  readonly clustered: boolean;
  readonly confusion: ConfusionMatrix;
  readonly accuracy: Figure;
  /** Mean of the classes' recalls: the macro recall. */
  readonly balancedAccuracy: Figure;
  readonly perClass: readonly ClassReport[];
  readonly macro: ClassFigures & { readonly auc: Figure };
  /** Weighted by the number of true cases. */
  readonly weighted: ClassFigures;
  /** From pooled counts: precision, recall and F1 equal the accuracy. */
  readonly micro: ClassFigures;
}

/**
 * All figures of a classifier on one set of cases, each with its interval or the reason why there is none.
 * Proportions and F1: Wilson, with a design effect where patients have several cases. AUC: DeLong on the logit scale,
 * Newcombe at 0 and 1. Averages over classes: BCa bootstrap of cases (or patients) within classes, seeded.
 * @throws InputError `not-estimable` without cases, `unknown-class`, `length`, `probability`, `classes`, `level`
 * @see checked against sklearn.metrics.classification_report and pROC 1.18.0
 */
export function classificationReport(input: ClassificationInput): ClassificationReport {
  const { classes, probabilities } = input;
  const level = checkLevel(input.level ?? defaultLevel);
  const confusion = confusionMatrix(input);
  const n = confusion.n;
  if (n === 0) throw notEstimable("classification report", "at least one case", "0", "Predict some cases first.");
  if (input.groups) checkSameLength("groups", input.groups.length, n);
  if (probabilities) checkClassProbabilities(probabilities, n, classes.length);
  const truth = classIndices("labels", input.labels, classes);
  const predicted = classIndices("predictions", input.predictions, classes);
  const patients = input.groups && new Set(input.groups).size;
  const clustered = patients !== undefined && patients < n;
  const groups = clustered ? input.groups : undefined;
  const share = { level, groups, ...(input.proportionMethod && { method: input.proportionMethod }) };

  const perClass = classes.map((name, k): ClassReport => {
    const proportion = (
      what: string,
      among: (t: boolean, p: boolean) => boolean,
      hit: (t: boolean, p: boolean) => boolean,
    ): Figure =>
      estimateOrReason(() =>
        classProportion({ truth, predicted, k, among, hit, subject: `${what} of ${name}` }, share),
      );
    return {
      name,
      cases: truth.filter((t) => t === k).length,
      predicted: predicted.filter((p) => p === k).length,
      precision: proportion(
        "precision",
        (_, p) => p,
        (t) => t,
      ),
      recall: proportion(
        "recall",
        (t) => t,
        (_, p) => p,
      ),
      specificity: proportion(
        "specificity",
        (t) => !t,
        (_, p) => !p,
      ),
      f1: estimateOrReason(() => f1Interval({ truth, predicted, k, subject: `F1 of ${name}` }, share)),
      auc: estimateOrReason(() => {
        const subject = `AUC of ${name}`;
        if (!probabilities)
          throw notEstimable(subject, "probabilities", "none", "Pass the probabilities of all classes.");
        return classAuc(truth, columnOf(probabilities, k), k, {
          level,
          subject,
          ...(input.aucMethod && { method: input.aucMethod }),
          ...(groups && { groups }),
        });
      }),
    };
  });

  const accuracy = estimateOrReason(() => accuracyInterval(truth, predicted, share));
  const averages = averageFigures(input, { truth, predicted, perClass, level, groups });
  return {
    n,
    level,
    classes,
    ...(patients !== undefined && { patients }),
    clustered,
    confusion,
    accuracy,
    balancedAccuracy: averages.macro.recall,
    perClass,
    macro: averages.macro,
    weighted: { ...averages.weighted, recall: accuracy },
    micro: microFigures(accuracy, classes.length),
  };
}

interface Prepared {
  readonly truth: Int32Array;
  readonly predicted: Int32Array;
  readonly perClass: readonly ClassReport[];
  readonly level: number;
  readonly groups: readonly Key[] | undefined;
}

const figureNames = [...measureNames, "auc"] as const;

function averageFigures(input: ClassificationInput, { truth, predicted, perClass, level, groups }: Prepared) {
  const { classes, probabilities, seed = 0, resamples, bootstrap = "bca" } = input;
  const macroAuc = probabilities && weightedMacroAuc(truth, probabilities, classes.length);
  const intervals = bootstrapIntervals(
    (multiplicities) => {
      const counts = countsPerClass(countPairs(truth, predicted, classes.length, multiplicities), classes.length);
      const both = (["macro", "weighted"] as const).flatMap((averaging) => {
        const values = averageMeasures(counts, averaging);
        return measureNames.map((name) => values[name]);
      });
      return [...both, macroAuc?.(multiplicities)];
    },
    {
      n: truth.length,
      strata: Array.from(truth),
      random: seededRandom("classification report", seed),
      level,
      subject: "average over classes",
      ...(groups && { groups }),
      ...(resamples !== undefined && { resamples }),
      method: bootstrap,
    },
  );
  const support = perClass.map(({ cases }) => cases);
  const figure = (averaging: Averaging, name: (typeof figureNames)[number]): Figure => {
    const position =
      name === "auc"
        ? 2 * measureNames.length
        : (averaging === "macro" ? 0 : measureNames.length) + measureNames.indexOf(name);
    const weights = averaging === "macro" ? perClass.map(() => 1) : support;
    const parts = perClass.map((report) => report[name]);
    return averageFigure(`${averaging} ${name}`, truth.length, parts, weights, intervals[position]!);
  };
  const figures = (averaging: Averaging): ClassFigures => ({
    precision: figure(averaging, "precision"),
    recall: figure(averaging, "recall"),
    specificity: figure(averaging, "specificity"),
    f1: figure(averaging, "f1"),
  });
  return { macro: { ...figures("macro"), auc: figure("macro", "auc") }, weighted: figures("weighted") };
}

/**
 * The bootstrap interval of an average. Where all resamples agree (no error at all, say), the mean of the classes' limits instead,
 * which holds whatever the dependence between classes.
 */
function averageFigure(
  subject: string,
  n: number,
  parts: readonly Figure[],
  weights: readonly number[],
  interval: () => Estimate,
): Figure {
  const missing = parts.find((part, k) => weights[k]! > 0 && !isEstimable(part));
  if (missing && !isEstimable(missing)) return { notEstimable: `${subject}: ${missing.notEstimable}` };
  const bootstrapped = estimateOrReason(interval);
  if (isEstimable(bootstrapped)) return bootstrapped;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = (key: "estimate" | "lower" | "upper"): number =>
    parts.reduce(
      (sum, part, k) => sum + (weights[k]! > 0 && isEstimable(part) ? (weights[k]! / total) * part[key] : 0),
      0,
    );
  const known = parts.find((part, k) => weights[k]! > 0 && isEstimable(part)) as Estimate;
  return {
    estimate: mean("estimate"),
    lower: mean("lower"),
    upper: mean("upper"),
    level: known.level,
    method: "mean of the classes' limits",
    n,
    warnings: [{ code: "no-bootstrap", message: `${subject}: ${bootstrapped.notEstimable}` }],
  };
}

/** Pooled over classes, one case adds one positive and K - 1 negatives: everything is a function of the accuracy. */
function microFigures(accuracy: Figure, classCount: number): ClassFigures {
  if (!isEstimable(accuracy)) return { precision: accuracy, recall: accuracy, specificity: accuracy, f1: accuracy };
  const toSpecificity = (value: number): number => (classCount - 2 + value) / (classCount - 1);
  const specificity = {
    ...accuracy,
    estimate: toSpecificity(accuracy.estimate),
    lower: toSpecificity(accuracy.lower),
    upper: toSpecificity(accuracy.upper),
  };
  return { precision: accuracy, recall: accuracy, specificity, f1: accuracy };
}
