import { checkLevel, defaultLevel } from "./checks.js";
import type { ClassCounts } from "./class-measures.js";
import { countsPerClass, measuresOf } from "./class-measures.js";
import { countPairs } from "./confusion-matrix.js";
import { estimateOrReason } from "./estimate.js";
import type { Estimate, Figure, StatisticFacts } from "./estimate.js";
import { matthewsCorrelation } from "./matthews.js";
import { binaryTruth } from "./placements.js";
import type { BinaryLabels } from "./placements.js";
import { negativePredictiveValue, positivePredictiveValue } from "./predictive-values.js";
import { proportionInterval } from "./proportion-interval.js";
import type { ProportionEstimate } from "./proportion-interval.js";
import type { ProportionMethodName } from "./proportions/index.js";
import { proportionRatio } from "./proportion-ratio.js";

export const diagnosticAccuracyFacts: StatisticFacts = {
  title: "Accuracy of a two-class test",
  summary: "Everything the four counts of a test say, each with its interval or the reason why there is none.",
  formula:
    "balanced accuracy = (Se + Sp)/2, Youden's J = Se + Sp − 1; their intervals by square-and-add: " +
    "θ ∓ √(Σ wᵢ² (pᵢ − limitᵢ)²) over the two rates' own limits",
  methods: ["wilson", "clopper-pearson", "jeffreys", "agresti-coull"],
  reference:
    "W. J. Youden, Cancer 3, 1950; R. G. Newcombe, Stat Med 17, 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I " +
    "(square-and-add)",
};

export interface DiagnosticAccuracyOptions {
  readonly level?: number;
  /** Interval of the proportions; default `"wilson"`. */
  readonly method?: ProportionMethodName;
  /** Prevalence for the predictive values. Left out, they are those among the cases themselves. */
  readonly prevalence?: number;
}

export interface DiagnosticAccuracy {
  readonly counts: ClassCounts;
  readonly n: number;
  readonly sensitivity: Figure;
  readonly specificity: Figure;
  readonly positivePredictiveValue: Figure;
  readonly negativePredictiveValue: Figure;
  readonly accuracy: Figure;
  readonly balancedAccuracy: Figure;
  readonly youden: Figure;
  readonly f1: Figure;
  readonly matthews: Figure;
  readonly positiveLikelihoodRatio: Figure;
  readonly negativeLikelihoodRatio: Figure;
}

/** The four counts of calls against the truth. */
export function countBinary(labels: BinaryLabels, calls: BinaryLabels): ClassCounts {
  const matrix = countPairs(Int32Array.from(binaryTruth(labels)), Int32Array.from(binaryTruth(calls)), 2);
  return countsPerClass(matrix, 2)[1]!;
}

/** All figures of a two-class test from its four counts. */
export function diagnosticAccuracy(counts: ClassCounts, options: DiagnosticAccuracyOptions = {}): DiagnosticAccuracy {
  const level = checkLevel(options.level ?? defaultLevel);
  const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = counts;
  const { method = "wilson", prevalence } = options;
  const share = (successes: number, n: number, subject: string): ProportionEstimate =>
    proportionInterval(successes, n, { level, method, subject });
  const sensitivity = (): ProportionEstimate => share(tp, tp + fn, "sensitivity");
  const specificity = (): ProportionEstimate => share(tn, tn + fp, "specificity");
  const f1 = (): Estimate => {
    const overlap = share(tp, tp + fp + fn, "F1");
    const toF1 = (j: number): number => (2 * j) / (1 + j);
    const { lower, upper } = overlap;
    return {
      ...overlap,
      estimate: measuresOf(counts).f1!,
      lower: toF1(lower),
      upper: toF1(upper),
      method: `${overlap.method}, of TP/(TP + FP + FN)`,
    };
  };
  return {
    counts,
    n: tp + fp + fn + tn,
    sensitivity: estimateOrReason(sensitivity),
    specificity: estimateOrReason(specificity),
    positivePredictiveValue: estimateOrReason(() =>
      prevalence === undefined
        ? share(tp, tp + fp, "PPV")
        : positivePredictiveValue(counts, { prevalence, level }),
    ),
    negativePredictiveValue: estimateOrReason(() =>
      prevalence === undefined
        ? share(tn, tn + fn, "NPV")
        : negativePredictiveValue(counts, { prevalence, level }),
    ),
    accuracy: estimateOrReason(() => share(tp + tn, tp + fp + fn + tn, "accuracy")),
    balancedAccuracy: estimateOrReason(() => combineProportions([sensitivity(), specificity()], [0.5, 0.5])),
    youden: estimateOrReason(() => combineProportions([sensitivity(), specificity()], [1, 1], -1)),
    f1: estimateOrReason(f1),
    matthews: estimateOrReason(() => matthewsCorrelation([[tn, fp], [fn, tp]], { level })),
    positiveLikelihoodRatio: estimateOrReason(() =>
      proportionRatio({ successes: tp, n: tp + fn }, { successes: fp, n: fp + tn }, { level, subject: "LR+" }),
    ),
    negativeLikelihoodRatio: estimateOrReason(() =>
      proportionRatio({ successes: fn, n: tp + fn }, { successes: tn, n: fp + tn }, { level, subject: "LR-" }),
    ),
  };
}

/**
 * A weighted sum of independent proportions plus a constant, by the method of square-and-add. Weights may be negative: the
 * difference of two proportions by it is Newcombe's method 10.
 * @see checked against Newcombe 1998, table II, method 10
 */
export function combineProportions(
  proportions: readonly Estimate[],
  weights: readonly number[],
  constant = 0,
): Estimate {
  let [estimate, below, above, n] = [constant, 0, 0, 0];
  proportions.forEach((p, i) => {
    const w = weights[i]!;
    estimate += w * p.estimate;
    const [down, up] = w >= 0 ? [p.lower, p.upper] : [p.upper, p.lower];
    below += (w * (p.estimate - down)) ** 2;
    above += (w * (up - p.estimate)) ** 2;
    n += p.n;
  });
  return {
    estimate,
    lower: estimate - Math.sqrt(below),
    upper: estimate + Math.sqrt(above),
    level: proportions[0]!.level,
    method: `square-and-add of ${proportions[0]!.method}`,
    n,
  };
}

/**
 * Difference of two proportions of different cases (first minus second), Newcombe's method 10.
 * @returns in [-1, 1]
 */
export function unpairedDifference(
  first: { readonly successes: number; readonly n: number },
  second: { readonly successes: number; readonly n: number },
  options: { readonly level?: number } = {},
): Estimate {
  const shares = [first, second].map(({ successes, n }) => proportionInterval(successes, n, options));
  return { ...combineProportions(shares, [1, -1]), method: "Newcombe, hybrid score" };
}
