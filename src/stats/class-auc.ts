import { InputError } from "../base/index.js";
import type { AucMethodName } from "./auc/index.js";
import { checkProbabilities, checkSameLength } from "./checks.js";
import type { StatisticFacts } from "./estimate.js";
import type { Key } from "./resample.js";
import { rocAuc, weightedAuc } from "./roc-auc.js";
import type { AucEstimate } from "./roc-auc.js";

export const classAucFacts: StatisticFacts = {
  title: "AUC of several classes",
  summary: "Each class against the rest, and their mean.",
  formula: "macro AUC = mean over classes of the AUC of that class's probability for that class against all others",
  methods: ["delong-logit per class, newcombe at 0 and 1", "bootstrap (macro)"],
  reference: "F. Provost, P. Domingos, Mach Learn 52, 2003, doi:10.1023/A:1024099825458",
};

/** Probabilities of one class for all cases. */
export function columnOf(probabilities: readonly ArrayLike<number>[], k: number): Float64Array {
  return Float64Array.from(probabilities, (row) => row[k]!);
}

/** @throws InputError `length`, `probability` unless every case has a probability in [0, 1] per class and they sum to 1 within 1e-3 */
export function checkClassProbabilities(
  probabilities: readonly ArrayLike<number>[],
  n: number,
  classCount: number,
): void {
  checkSameLength("probabilities", probabilities.length, n);
  probabilities.forEach((row, i) => {
    checkSameLength(`probabilities of case ${i}`, row.length, classCount);
    checkProbabilities(`probability of case ${i}, class`, row);
    const sum = Array.from(row).reduce((total, p) => total + p, 0);
    if (Math.abs(sum - 1) > 1e-3) {
      throw new InputError(
        "probability",
        `probabilities of case ${i}: expected a sum of 1, got ${sum}. Apply the softmax first.`,
      );
    }
  });
}

/**
 * AUC of one class against the rest: DeLong on the logit scale, or Newcombe where the AUC is 0 or 1 and DeLong's variance vanishes.
 * Plain DeLong covers 84 to 90 % instead of 95 % where an AUC is near 1 and cases are few (simulated, see the coverage test).
 * @param truth class index per case
 */
export function classAuc(
  truth: Int32Array,
  column: Float64Array,
  k: number,
  options: {
    readonly level: number;
    readonly subject: string;
    readonly method?: AucMethodName;
    readonly groups?: readonly Key[];
  },
): AucEstimate {
  const labels = Uint8Array.from(truth, (t) => (t === k ? 1 : 0));
  try {
    return rocAuc(labels, column, { method: "delong-logit", ...options });
  } catch (error) {
    if (!(error instanceof InputError) || error.code !== "not-estimable") throw error;
    const estimate = rocAuc(labels, column, { ...options, method: "newcombe" });
    if (estimate.estimate > 0 && estimate.estimate < 1) throw error;
    return estimate;
  }
}

/** The macro AUC as a function of how often each case counts. */
export function weightedMacroAuc(
  truth: Int32Array,
  probabilities: readonly ArrayLike<number>[],
  classCount: number,
): (multiplicities: Float64Array) => number | undefined {
  const perClass = Array.from({ length: classCount }, (_, k) =>
    weightedAuc(
      Uint8Array.from(truth, (t) => (t === k ? 1 : 0)),
      columnOf(probabilities, k),
    ),
  );
  return (multiplicities) => {
    let sum = 0;
    for (const auc of perClass) {
      const value = auc(multiplicities);
      if (value === undefined) return undefined;
      sum += value;
    }
    return sum / classCount;
  };
}
