import { InputError } from "../base/index.js";
import { checkSameLength } from "./checks.js";
import { countBinary, diagnosticAccuracy } from "./diagnostic-accuracy.js";
import type { DiagnosticAccuracy, DiagnosticAccuracyOptions } from "./diagnostic-accuracy.js";
import { notEstimable } from "./estimate.js";
import type { StatisticFacts } from "./estimate.js";
import type { BinaryLabels } from "./placements.js";
import type { Key } from "./resample.js";
import { rocCurve } from "./roc-curve.js";

export const chooseThresholdFacts: StatisticFacts = {
  title: "Choice of a threshold",
  summary: "A threshold chosen on one part of the cases and judged on another; judging it on the cases it was chosen on is refused.",
  formula:
    "youden: largest sensitivity + specificity; corner: smallest (1 − Se)² + (1 − Sp)²; sensitivity or specificity of at least a " +
    "value, the other as large as possible; cost: smallest π c_FN (1 − Se) + (1 − π) c_FP (1 − Sp). Called positive from the middle " +
    "between two neighboring scores on; of equal thresholds the highest",
  methods: ["youden", "corner", "sensitivity", "specificity", "cost"],
  reference: "W. J. Youden, Cancer 3, 1950; C. E. Metz, Semin Nucl Med 8, 1978, doi:10.1016/S0001-2998(78)80014-2 (cost)",
};

/** Scored cases with the names by which the parts of a data set are told apart. */
export interface NamedCases {
  readonly labels: BinaryLabels;
  readonly scores: ArrayLike<number>;
  /** Name of each case, or of its patient. */
  readonly cases: readonly Key[];
}

export type ThresholdCriterion =
  | { readonly kind: "youden" }
  | { readonly kind: "corner" }
  | { readonly kind: "sensitivity"; readonly atLeast: number }
  | { readonly kind: "specificity"; readonly atLeast: number }
  | {
      readonly kind: "cost";
      readonly falseNegative: number;
      readonly falsePositive: number;
      readonly prevalence: number;
    };

export interface ChosenThreshold {
  /** Called positive from this score on. */
  readonly threshold: number;
  readonly criterion: ThresholdCriterion;
  /** On the cases it was chosen on: too good for new ones. */
  readonly sensitivity: number;
  readonly specificity: number;
  readonly n: number;
  /** The cases it was chosen on. */
  readonly chosenOn: ReadonlySet<Key>;
}

/**
 * Chooses a threshold on the training part.
 * @throws InputError `not-estimable` without a positive or a negative, or where no threshold reaches what is criterion; `length`
 */
export function chooseThreshold(
  training: NamedCases,
  criterion: ThresholdCriterion = { kind: "youden" },
): ChosenThreshold {
  const { labels, scores, cases } = training;
  checkSameLength("cases", cases.length, labels.length);
  const points = rocCurve(labels, scores, { keep: "all", subject: "threshold" }).slice(1);
  const merit = meritOf(criterion);
  let best: { value: number; k: number } | undefined;
  points.forEach((point, k) => {
    const value = merit(point.truePositiveRate, 1 - point.falsePositiveRate);
    if (value !== undefined && (!best || value > best.value)) best = { value, k };
  });
  if (!best) {
    throw notEstimable(
      "threshold",
      `one with a ${criterion.kind} of ${"atLeast" in criterion ? criterion.atLeast : ""}`,
      "none",
      "Ask for less.",
    );
  }
  const { threshold, truePositiveRate, falsePositiveRate } = points[best.k]!;
  const below = points[best.k + 1]?.threshold ?? threshold;
  return {
    threshold: between(below!, threshold!),
    criterion,
    sensitivity: truePositiveRate,
    specificity: 1 - falsePositiveRate,
    n: labels.length,
    chosenOn: new Set(cases),
  };
}

/** The middle of two scores, or the higher one where it is infinite or nothing lies between them. */
function between(low: number, high: number): number {
  const middle = low / 2 + high / 2;
  return middle > low && middle <= high && Number.isFinite(middle) ? middle : high;
}

/** How good a point is: larger is better, undefined is out of the question. */
function meritOf(criterion: ThresholdCriterion): (sensitivity: number, specificity: number) => number | undefined {
  const slack = 1e-12;
  if (criterion.kind === "youden") return (se, sp) => se + sp;
  if (criterion.kind === "corner") return (se, sp) => -((1 - se) ** 2) - (1 - sp) ** 2;
  if (criterion.kind === "sensitivity") return (se, sp) => (se >= criterion.atLeast - slack ? sp : undefined);
  if (criterion.kind === "specificity") return (se, sp) => (sp >= criterion.atLeast - slack ? se : undefined);
  const { prevalence, falseNegative, falsePositive } = criterion;
  return (se, sp) => -prevalence * falseNegative * (1 - se) - (1 - prevalence) * falsePositive * (1 - sp);
}

/**
 * Judges a threshold on cases that had no part in its choice.
 * @throws InputError `same-cases` where a case was among those it was chosen on
 */
export function evaluateThreshold(
  chosen: ChosenThreshold,
  test: NamedCases,
  options: DiagnosticAccuracyOptions = {},
): DiagnosticAccuracy & { readonly threshold: number } {
  const { labels, scores, cases } = test;
  checkSameLength("cases", cases.length, labels.length);
  checkSameLength("scores", scores.length, labels.length);
  const known = cases.filter((name) => chosen.chosenOn.has(name)).length;
  if (known > 0) {
    throw new InputError(
      "same-cases",
      `threshold: expected cases that had no part in its choice, got ${known} that had. Judge it on the test part.`,
    );
  }
  const calls = Uint8Array.from(scores, (score) => (score >= chosen.threshold ? 1 : 0));
  return { ...diagnosticAccuracy(countBinary(labels, calls), options), threshold: chosen.threshold };
}
