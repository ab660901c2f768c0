import { checkFinite, checkSameLength } from "../checks.js";
import { checkClassProbabilities } from "../class-auc.js";
import { notEstimable } from "../estimate.js";
import type { StatisticFacts } from "../estimate.js";
import { fitLogistic, logistic } from "../linear/logistic.js";
import { binaryTruth, sortedOrder } from "../placements.js";
import type { BinaryLabels } from "../placements.js";
import { checkedPredictions, logitOf, nearest } from "./logits.js";

export const recalibrationFacts: StatisticFacts = {
  title: "Recalibration",
  summary: "Maps a network's outputs to probabilities that hold, fitted on cases that are neither trained on nor tested on.",
  formula:
    "temperature: softmax(z/T), T by maximum likelihood; Platt: 1/(1 + exp(−(a + b s))), targets (m + 1)/(m + 2) and 1/(n + 2) unless plain; " +
    "isotonic: pool adjacent violators, straight between its blocks' ends; beta: logit⁻¹(c + a ln p − b ln(1 − p)), a, b ≥ 0; Dirichlet: " +
    "softmax(W ln p + b) with penalty λ/2 (Σ off-diagonal W² + Σ b²)",
  methods: ["temperature", "platt", "isotonic", "beta", "dirichlet"],
  reference:
    "C. Guo et al., ICML 2017 (temperature); J. C. Platt, 1999; B. Zadrozny, C. Elkan, KDD 2002, doi:10.1145/775047.775151 (isotonic); M. Kull " +
    "et al., Electron J Stat 11, 2017, doi:10.1214/17-EJS1338SI (beta); M. Kull et al., NeurIPS 2019 (Dirichlet)",
};

/** A fitted map of one score or probability; its parameters can be stored, and `apply` needs nothing else. */
export interface ScoreMap {
  readonly kind: "platt" | "isotonic" | "beta";
  readonly parameters: readonly number[];
  /** Number of cases it was fitted on. */
  readonly n: number;
  apply(value: number): number;
}

/**
 * Platt's logistic map of a score.
 * @param options.targets "smoothed" (Platt's, default) or "plain" (0 and 1)
 * @returns parameters [a, b]
 * @throws InputError `not-estimable` without both classes; with plain targets also where a score tells them apart
 * @see checked against R's glm
 */
export function fitPlatt(
  labels: BinaryLabels,
  scores: ArrayLike<number>,
  options: { readonly targets?: "smoothed" | "plain" } = {},
): ScoreMap {
  const truth = binaryTruth(labels);
  checkSameLength("scores", scores.length, truth.length);
  checkFinite("score", scores);
  const positives = truth.reduce((sum, y) => sum + y, 0);
  const negatives = truth.length - positives;
  if (positives === 0 || negatives === 0) throw bothClasses("Platt scaling", positives, negatives);
  const [high, low] = options.targets === "plain" ? [1, 0] : [(positives + 1) / (positives + 2), 1 / (negatives + 2)];
  const { coefficients } = fitLogistic(
    Array.from(scores, (s) => [1, s]),
    Array.from(truth, (y) => (y === 1 ? high : low)),
    { subject: "Platt scaling" },
  );
  return plattMap(coefficients, truth.length);
}

/** Platt's map from stored parameters. */
export function plattMap(parameters: readonly number[], n: number): ScoreMap {
  return { kind: "platt", parameters, n, apply: (s) => logistic(parameters[0]! + parameters[1]! * s) };
}

/**
 * Isotonic regression of the outcome on a score.
 * @returns parameters: scores and heights of the blocks' ends, one after the other; outside of them the map is constant
 * @throws InputError `not-estimable` without both classes
 * @see checked against R's isoreg
 */
export function fitIsotonic(labels: BinaryLabels, scores: ArrayLike<number>): ScoreMap {
  const truth = binaryTruth(labels);
  checkSameLength("scores", scores.length, truth.length);
  checkFinite("score", scores);
  const positives = truth.reduce((sum, y) => sum + y, 0);
  if (positives === 0 || positives === truth.length) {
    throw bothClasses("isotonic regression", positives, truth.length - positives);
  }
  interface Block {
    from: number;
    to: number;
    sum: number;
    n: number;
  }
  const blocks: Block[] = [];
  const order = sortedOrder(scores);
  for (let i = 0; i < order.length; ) {
    const score = scores[order[i]!]!;
    let block: Block = { from: score, to: score, sum: 0, n: 0 };
    for (; i < order.length && scores[order[i]!] === score; i++) {
      block.sum += truth[order[i]!]!;
      block.n += 1;
    }
    for (let last = blocks.at(-1); last && last.sum * block.n >= block.sum * last.n; last = blocks.at(-1)) {
      blocks.pop();
      block = { from: last.from, to: block.to, sum: last.sum + block.sum, n: last.n + block.n };
    }
    blocks.push(block);
  }
  const parameters = blocks.flatMap(({ from, to, sum, n }) => (from === to ? [from, sum / n] : [from, sum / n, to, sum / n]));
  return isotonicMap(parameters, truth.length);
}

/** The isotonic map from stored parameters. */
export function isotonicMap(parameters: readonly number[], n: number): ScoreMap {
  const knots = Array.from({ length: parameters.length / 2 }, (_, k) => [parameters[2 * k]!, parameters[2 * k + 1]!] as const);
  const apply = (score: number): number => {
    const above = knots.findIndex(([x]) => x >= score);
    if (above < 0) return knots.at(-1)![1];
    const [x1, y1] = knots[above]!;
    if (above === 0 || x1 === score) return y1;
    const [x0, y0] = knots[above - 1]!;
    return y0 + ((score - x0) / (x1 - x0)) * (y1 - y0);
  };
  return { kind: "isotonic", parameters, n, apply };
}

/**
 * Beta calibration of a probability.
 * @returns parameters [a, b, c]
 * @throws InputError `not-estimable` without both classes, or where they are told apart without error; `probability`
 * @see checked against R's glm
 */
export function fitBeta(labels: BinaryLabels, probabilities: ArrayLike<number>): ScoreMap {
  const { truth, p } = checkedPredictions(labels, probabilities, "beta calibration");
  const terms = Array.from(p, (value) => betaTerms(value));
  const fit = (columns: readonly number[]): number[] => {
    const { coefficients } = fitLogistic(
      terms.map((row) => [1, ...columns.map((k) => row[k]!)]),
      truth,
      { subject: "beta calibration" },
    );
    const full = [0, 0];
    columns.forEach((k, position) => (full[k] = coefficients[position + 1]!));
    return [full[0]!, full[1]!, coefficients[0]!];
  };
  // A negative coefficient would turn the order around: the term is left out, as in the paper.
  let parameters = fit([0, 1]);
  if (parameters[0]! < 0) parameters = fit([1]);
  else if (parameters[1]! < 0) parameters = fit([0]);
  return betaMap(parameters.map((value, k) => (k < 2 ? Math.max(0, value) : value)), truth.length);
}

/** The beta map from stored parameters. */
export function betaMap(parameters: readonly number[], n: number): ScoreMap {
  const [a, b, c] = parameters as [number, number, number];
  const apply = (p: number): number => {
    const [first, second] = betaTerms(p);
    return logistic(c + a * first + b * second);
  };
  return { kind: "beta", parameters, n, apply };
}

function betaTerms(p: number): [number, number] {
  const kept = Math.min(1 - nearest, Math.max(nearest, p));
  return [Math.log(kept), -Math.log1p(-kept)];
}

/** A fitted map of a row of class probabilities or logits. */
export interface ClassMap {
  readonly kind: "temperature" | "dirichlet";
  readonly parameters: readonly number[];
  readonly n: number;
  apply(row: ArrayLike<number>): number[];
}

/** Logits that a softmax turns into these probabilities. */
export function logitsOfProbabilities(row: ArrayLike<number>): number[] {
  return row.length === 1 ? [logitOf(row[0]!)] : Array.from(row, (p) => Math.log(Math.max(nearest, p)));
}

/** e^zₖ/Σ e^z. */
export function softmax(logits: ArrayLike<number>): number[] {
  const top = Math.max(...Array.from(logits));
  const weights = Array.from(logits, (z) => Math.exp(z - top));
  const sum = weights.reduce((total, w) => total + w, 0);
  return weights.map((w) => w / sum);
}

export function bothClasses(subject: string, positives: number, negatives: number): Error {
  return notEstimable(
    subject,
    "positive and negative cases",
    `${positives} positive and ${negatives} negative`,
    "Gather cases of both kinds.",
  );
}

/** @throws InputError `probability`, `length` as checkClassProbabilities; logits of the probabilities, case by case */
export function checkedLogits(probabilities: readonly ArrayLike<number>[], n: number, classes: number): number[][] {
  checkClassProbabilities(probabilities, n, classes);
  return probabilities.map((row) => logitsOfProbabilities(row));
}
