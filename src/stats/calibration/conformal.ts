import { InputError } from "../../base/index.js";
import { checkSameLength } from "../checks.js";
import { checkClassProbabilities } from "../class-auc.js";
import { notEstimable } from "../estimate.js";
import type { StatisticFacts } from "../estimate.js";
import { collect } from "../resample.js";
import type { Key } from "../resample.js";

export const conformalFacts: StatisticFacts = {
  title: "Conformal prediction",
  summary: "Sets of classes that hold the true one with a stated probability, for exchangeable cases and any network.",
  formula:
    "score s of a class: 1 − p (\"least-ambiguous\") or the probability summed from the likeliest class down to it (\"adaptive\"); the set holds " +
    "classes with s ≤ q, q the ⌈(n + 1)(1 − α)⌉-th smallest score of the true classes of n calibration cases, everything where that " +
    "exceeds n; by class or subgroup with a q for each; cross: classes with (1 + #{sᵢ ≥ s under the fold's network})/(n + 1) > α",
  methods: ["split", "class-conditional", "subgroup-conditional", "cross"],
  reference:
    "V. Vovk, A. Gammerman, G. Shafer, Algorithmic Learning in a Random World, 2005; M. Sadinle et al., J Am Stat Assoc 114, 2019, " +
    "doi:10.1080/01621459.2017.1395341; Y. Romano et al., NeurIPS 2020; V. Vovk, Ann Math Artif Intell 74, 2015, doi:10.1007/s10472-013-9368-4 (cross)",
};

export type ConformalScore = "least-ambiguous" | "adaptive";

export interface CalibrationCases {
  /** True class index per case. */
  readonly truth: ArrayLike<number>;
  /** Probabilities per case and class. */
  readonly probabilities: readonly ArrayLike<number>[];
}

export interface ConformalOptions {
  /** Accepted share of sets without the true class; default 0.1. */
  readonly alpha?: number;
  readonly score?: ConformalScore;
}

export interface ConformalPredictor {
  readonly alpha: number;
  readonly score: ConformalScore;
  readonly by: "all" | "class" | "subgroup";
  /** Largest score that is let in, per class, subgroup or "all"; null lets everything in, for too few cases were seen. */
  readonly limits: ReadonlyMap<Key, number | null>;
  readonly n: number;
  /**
   * Class indices of the set, the likeliest first.
   * @throws InputError `subgroup` for one that was not calibrated
   */
  predict(row: ArrayLike<number>, subgroup?: Key): number[];
}

/**
 * Split conformal prediction.
 * @param calibration cases the network was not trained on
 * @param options.by "class" holds the probability for every class, subgroup names per case hold it for every subgroup
 * @throws InputError `alpha`, `probability`, `length`; `not-estimable` without cases
 * @see coverage is guaranteed: simulated in the slow tests; limits worked by hand
 */
export function splitConformal(
  calibration: CalibrationCases,
  options: ConformalOptions & { readonly by?: "class" | readonly Key[] } = {},
): ConformalPredictor {
  const { by, score = "least-ambiguous" } = options;
  const alpha = checkAlpha(options.alpha);
  const { truth, probabilities } = calibration;
  const classes = probabilities[0]?.length ?? 0;
  const n = truth.length;
  if (n === 0) throw notEstimable("conformal prediction", "calibration cases", "none", "Set some cases aside.");
  checkClassProbabilities(probabilities, n, classes);
  const scores = probabilities.map((row, i) => scoresOf(row, score)[truth[i]!]!);
  const limits = new Map<Key, number | null>();
  if (by === undefined) {
    limits.set("all", limitOf(scores, alpha));
    return predictorOf({ alpha, score, by: "all", limits, n });
  }
  if (by === "class") {
    for (let k = 0; k < classes; k++) limits.set(k, limitOf(scores.filter((_, i) => truth[i] === k), alpha));
    return predictorOf({ alpha, score, by: "class", limits, n });
  }
  checkSameLength("subgroups", by.length, n);
  for (const cases of collect(by)) limits.set(by[cases[0]!]!, limitOf(cases.map((i) => scores[i]!), alpha));
  return predictorOf({ alpha, score, by: "subgroup", limits, n });
}

/** A predictor from stored limits. */
export function predictorOf(stored: Omit<ConformalPredictor, "predict">): ConformalPredictor {
  const { limits, by, score } = stored;
  const predict = (row: ArrayLike<number>, subgroup?: Key): number[] => {
    const own = scoresOf(row, score);
    const limit = (k: number): number => {
      const key = by === "all" ? "all" : by === "class" ? k : subgroup;
      if (key === undefined || !limits.has(key)) {
        throw new InputError(
          "subgroup",
          `subgroup: expected one of ${[...limits.keys()].join(", ")}, got ${subgroup}. Calibrate it or name another.`,
        );
      }
      return limits.get(key) ?? Infinity;
    };
    return byProbability(row).filter((k) => own[k]! <= limit(k));
  };
  return { ...stored, predict };
}

export interface CrossConformalPredictor {
  readonly alpha: number;
  readonly n: number;
  /** Class indices of the set from the probabilities of each fold's network, in the order of the folds. */
  predict(rowsPerFold: readonly ArrayLike<number>[]): number[];
}

/**
 * Cross-conformal prediction: every case calibrates the network of the fold that left it out.
 * @param calibration out-of-fold probabilities
 * @param folds fold index of each case
 * @throws InputError `alpha`, `probability`, `length`
 */
export function crossConformal(
  calibration: CalibrationCases,
  folds: readonly number[],
  options: ConformalOptions = {},
): CrossConformalPredictor {
  const { score = "least-ambiguous" } = options;
  const alpha = checkAlpha(options.alpha);
  const { truth, probabilities } = calibration;
  const n = truth.length;
  checkSameLength("folds", folds.length, n);
  checkClassProbabilities(probabilities, n, probabilities[0]?.length ?? 0);
  const count = Math.max(...folds) + 1;
  const scores = Array.from({ length: count }, (_, fold) =>
    probabilities.flatMap((row, i) => (folds[i] === fold ? [scoresOf(row, score)[truth[i]!]!] : [])),
  );
  const predict = (rowsPerFold: readonly ArrayLike<number>[]): number[] => {
    checkSameLength("probabilities per fold", rowsPerFold.length, count);
    const own = rowsPerFold.map((row) => scoresOf(row, score));
    const classes = own[0]!.map((_, k) => {
      const worse = scores.reduce((sum, list, fold) => sum + list.filter((s) => s >= own[fold]![k]!).length, 0);
      return { k, p: (1 + worse) / (n + 1) };
    });
    return classes
      .filter(({ p }) => p > alpha)
      .sort((a, b) => b.p - a.p)
      .map(({ k }) => k);
  };
  return { alpha, n, predict };
}

/** The ⌈(n + 1)(1 − α)⌉-th smallest score, or null where there are too few. */
export function limitOf(scores: readonly number[], alpha: number): number | null {
  // The slack keeps 0.9 × 10 from becoming 9.000000000000002 and then 10.
  const rank = Math.ceil((scores.length + 1) * (1 - alpha) - 1e-9);
  return rank > scores.length ? null : [...scores].sort((a, b) => a - b)[Math.max(0, rank - 1)]!;
}

function scoresOf(row: ArrayLike<number>, score: ConformalScore): number[] {
  if (score === "least-ambiguous") return Array.from(row, (p) => 1 - p);
  if (score !== "adaptive") throw new InputError("score", `score: expected least-ambiguous or adaptive, got ${String(score)}. Name one.`);
  const result = Array.from(row, () => 0);
  let sum = 0;
  for (const k of byProbability(row)) result[k] = sum += row[k]!;
  return result;
}

function byProbability(row: ArrayLike<number>): number[] {
  return Array.from(row, (_, k) => k).sort((a, b) => row[b]! - row[a]! || a - b);
}

function checkAlpha(alpha = 0.1): number {
  if (!(alpha > 0 && alpha < 1)) {
    throw new InputError("alpha", `alpha: expected a number between 0 and 1, got ${alpha}. For 90 % coverage pass 0.1.`);
  }
  return alpha;
}
