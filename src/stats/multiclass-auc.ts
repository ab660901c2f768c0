import { bootstrapInterval } from "./bootstrap.js";
import type { BootstrapEstimate, BootstrapMethod } from "./bootstrap.js";
import { checkLevel, defaultLevel } from "./checks.js";
import { checkClassProbabilities, classAuc, columnOf, weightedMacroAuc } from "./class-auc.js";
import { classIndices } from "./confusion-matrix.js";
import type { ClassLabel } from "./confusion-matrix.js";
import { estimateOrReason, notEstimable } from "./estimate.js";
import type { Figure, StatisticFacts } from "./estimate.js";
import type { ResamplingPlan } from "./resample.js";
import { weightedAuc } from "./roc-auc.js";

export const multiclassAucFacts: StatisticFacts = {
  title: "Hand and Till's AUC",
  summary: "Mean over pairs of classes of how well the two are told apart; unlike one against the rest, it does not depend on the classes' shares.",
  formula: "M = 2/(K(K − 1)) Σ_{i<j} (A(i|j) + A(j|i))/2, A(i|j) the AUC of class i's probability among the cases of i and j",
  methods: ["bootstrap within classes"],
  reference: "D. J. Hand, R. J. Till, Mach Learn 45, 2001, doi:10.1023/A:1010920819831",
};

export interface MulticlassInput {
  /** True class per case, by name or index. */
  readonly labels: readonly ClassLabel[];
  /** Per case, one probability per class in the order of `classes`. */
  readonly probabilities: readonly ArrayLike<number>[];
  readonly classes: readonly string[];
}

export type MulticlassOptions = Omit<ResamplingPlan, "n" | "strata"> & {
  readonly level?: number;
  readonly method?: BootstrapMethod;
};

/**
 * Hand and Till's AUC of several classes.
 * @returns in [0, 1], higher is better, 0.5 is chance
 * @throws InputError `not-estimable` for a class without a case; `probability`, `length`, `classes`
 * @see checked against pROC 1.18.0, multiclass.roc
 */
export function handTillAuc(input: MulticlassInput, options: MulticlassOptions): BootstrapEstimate {
  const { truth, probabilities, classes } = prepare(input);
  const pairs: ((multiplicities: Float64Array) => number | undefined)[] = [];
  for (let i = 0; i < classes.length; i++) {
    for (let j = 0; j < classes.length; j++) {
      if (i === j) continue;
      const members = Int32Array.from(truth.keys()).filter((c) => truth[c] === i || truth[c] === j);
      const auc = weightedAuc(
        Uint8Array.from(members, (c) => (truth[c] === i ? 1 : 0)),
        Float64Array.from(members, (c) => probabilities[c]![i]!),
      );
      const own = new Float64Array(members.length);
      pairs.push((multiplicities) => {
        members.forEach((c, k) => (own[k] = multiplicities[c]!));
        return auc(own);
      });
    }
  }
  const statistic = (multiplicities: Float64Array): number | undefined => {
    let sum = 0;
    for (const pair of pairs) {
      const value = pair(multiplicities);
      if (value === undefined) return undefined;
      sum += value;
    }
    return sum / pairs.length;
  };
  return bootstrapInterval(statistic, { ...options, n: truth.length, strata: Array.from(truth), subject: "Hand-Till AUC" });
}

export interface OneVersusRest {
  readonly perClass: readonly { readonly name: string; readonly auc: Figure }[];
  readonly macro: Figure;
}

/** AUC of each class against the rest, and their mean with a bootstrap interval within classes. */
export function oneVersusRestAuc(input: MulticlassInput, options: MulticlassOptions): OneVersusRest {
  const { truth, probabilities, classes } = prepare(input);
  const level = checkLevel(options.level ?? defaultLevel);
  const { groups } = options;
  return {
    perClass: classes.map((name, k) => ({
      name,
      auc: estimateOrReason(() =>
        classAuc(truth, columnOf(probabilities, k), k, { level, subject: `AUC of ${name}`, ...(groups && { groups }) }),
      ),
    })),
    macro: estimateOrReason(() =>
      bootstrapInterval(weightedMacroAuc(truth, probabilities, classes.length), {
        ...options,
        n: truth.length,
        strata: Array.from(truth),
        subject: "macro AUC",
      }),
    ),
  };
}

function prepare(input: MulticlassInput): MulticlassInput & { truth: Int32Array } {
  const truth = classIndices("labels", input.labels, input.classes);
  checkClassProbabilities(input.probabilities, truth.length, input.classes.length);
  input.classes.forEach((name, k) => {
    if (!truth.includes(k)) {
      throw notEstimable("AUC of several classes", `cases of every class`, `none of ${name}`, "Leave the class out.");
    }
  });
  return { ...input, truth };
}
