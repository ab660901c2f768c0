import { seededRandom, type Random } from "../../../base/index.js";
import type { DrivenMethod } from "../contract.js";
import { maskParts, oneBaseline, paintParts, partsOf, perturbationFacts } from "./contract.js";
import { solveLeastSquares } from "./solve.js";

interface Coalition {
  /** [d], 1 where the part is shown. */
  readonly shown: Uint8Array;
  readonly weight: number;
}

function binomial(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i++) result = (result * (n - k + i)) / i;
  return result;
}

/** Every coalition but the empty and the whole one, with the Shapley kernel (d - 1) / (C(d, s) s (d - s)) as weight. */
export function allCoalitions(d: number): Coalition[] {
  return Array.from({ length: 2 ** d - 2 }, (_, i) => {
    const shown = Uint8Array.from({ length: d }, (_z, j) => ((i + 1) >> j) & 1);
    const size = shown.reduce((sum, value) => sum + value, 0);
    return { shown, weight: (d - 1) / (binomial(d, size) * size * (d - size)) };
  });
}

/** Pairs of a coalition and its complement, drawn with the kernel's probability, so that each weighs the same. */
function drawnCoalitions(d: number, count: number, random: Random): Coalition[] {
  const sizes = Array.from({ length: d - 1 }, (_, i) => 1 / ((i + 1) * (d - i - 1)));
  const total = sizes.reduce((sum, value) => sum + value, 0);
  const drawSize = () => {
    let rest = random.uniform() * total;
    const found = sizes.findIndex((value) => (rest -= value) < 0);
    return found < 0 ? d - 1 : found + 1;
  };
  return Array.from({ length: Math.ceil(count / 2) }, () => {
    const shown = new Uint8Array(d);
    for (const part of random.shuffle(Array.from({ length: d }, (_, j) => j)).slice(0, drawSize())) shown[part] = 1;
    return [{ shown, weight: 1 }, { shown: shown.map((value) => 1 - value), weight: 1 }];
  }).flat();
}

/**
 * Shapley values by the weighted regression whose solution they are, with their sum held at f(whole) - f(empty).
 * @param scores f of each coalition
 * @returns [d]
 */
export function shapleyRegression(coalitions: readonly Coalition[], scores: ArrayLike<number>, { whole, empty }: { readonly whole: number; readonly empty: number }): Float64Array {
  const d = coalitions[0]?.shown.length ?? 1;
  const total = whole - empty;
  if (d === 1) return Float64Array.of(total);
  // The last value is what the others leave of the sum.
  const rows = coalitions.map(({ shown }) => Float64Array.from({ length: d - 1 }, (_, j) => shown[j]! - shown[d - 1]!));
  const y = coalitions.map(({ shown }, i) => scores[i]! - empty - shown[d - 1]! * total);
  const others = solveLeastSquares(rows, y, coalitions.map(({ weight }) => weight), new Float64Array(d - 1));
  return Float64Array.of(...others, total - others.reduce((sum, value) => sum + value, 0));
}

const defaultSamples = 1000;

/**
 * KernelSHAP: the Shapley value of every superpixel in the game whose payoff is the score with the others hidden. All
 * coalitions where they are no more than the samples (default 1000, exact), else drawn in pairs with the kernel's probability. The values sum to
 * f(x) - f(baseline).
 * @see S. M. Lundberg, S.-I. Lee, A Unified Approach to Interpreting Model Predictions, NeurIPS 2017, arXiv 1705.07874, theorem 2; drawing
 *   in pairs: I. Covert, S.-I. Lee, Improving KernelSHAP, AISTATS 2021, arXiv 2012.01536
 */
export const kernelShap: DrivenMethod = {
  ...perturbationFacts,
  samples: defaultSamples,
  title: "KernelSHAP",
  summary: "Shapley values of superpixels by weighted regression.",
  reference: "Lundberg and Lee 2017, arXiv 1705.07874",
  signed: true,
  sign: "positive: the superpixel raises the score against the baseline; negative: it lowers it",
  async explain(question, options) {
    const { samples = defaultSamples, seed = 0 } = options;
    const { labels, count } = partsOf(question, options);
    const baseline = oneBaseline(question, options);
    const isExact = count <= 20 && 2 ** count - 2 <= samples;
    const coalitions = isExact ? allCoalitions(count) : drawnCoalitions(count, samples, seededRandom("kernel shap", seed));
    const ends = [new Uint8Array(count), new Uint8Array(count).fill(1)];
    const all = [...ends, ...coalitions.map(({ shown }) => shown)];
    const [empty, whole, ...scores] = await question.mixtures(baseline, all.length, (i, into) => maskParts(labels, all[i]!, into));
    const values = count === 1 ? [whole! - empty!] : shapleyRegression(coalitions, scores, { whole: whole!, empty: empty! });
    return { ...paintParts(question, labels, values), readings: { parts: count, exact: isExact ? 1 : 0 } };
  },
};
