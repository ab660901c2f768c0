import { seededRandom } from "../../../base/index.js";
import { baselineOf, rangeOf } from "../../baselines.js";
import type { BaselineChoice, DrivenMap, DrivenOptions, Question } from "../contract.js";
import { requireGradients } from "../require-parts.js";

/** Noisy copies, or steps of a way, where their number is not said. */
export const defaultSamples = 32;

/** Sums over noisy copies of the gradient at each value of the image. */
export interface GradientMoments {
  /** Mean and mean square, [C, H, W]. */
  readonly mean: Float64Array;
  readonly square: Float64Array;
  readonly samples: number;
}

/**
 * First two moments of the gradient at x + e, e normal with the standard deviation `noise` times the image's range.
 * @param options samples default {@link defaultSamples}, noise default 0.15
 */
export async function noisyGradients(question: Question, options: DrivenOptions): Promise<GradientMoments> {
  const { samples = defaultSamples, noise = 0.15, seed = 0 } = options;
  const { image } = question;
  const [low, high] = rangeOf(image);
  const sigma = noise * (high - low);
  const mean = new Float64Array(image.length);
  const square = new Float64Array(image.length);
  const fill = (i: number, into: Float32Array) => {
    const random = seededRandom("noise", seed, i);
    for (let p = 0; p < image.length; p++) into[p] = image[p]! + sigma * random.normal();
  };
  await requireGradients(question)(samples, fill, (_, gradient) => {
    for (let p = 0; p < gradient.length; p++) {
      const g = gradient[p]!;
      mean[p]! += g / samples;
      square[p]! += (g * g) / samples;
    }
  });
  return { mean, square, samples };
}

/**
 * Midpoints (k + 1/2) / n of the way from the baseline to the image: the gradient's mean there times the way's length.
 * @returns contributions [C, H, W] and f(x) - f(baseline) - their sum
 */
export async function integrateGradients(question: Question, baseline: Float32Array, steps: number): Promise<{ contributions: Float64Array; gap: number }> {
  const { image } = question;
  const mean = new Float64Array(image.length);
  const at = (share: number, into: Float32Array) => {
    for (let p = 0; p < image.length; p++) into[p] = baseline[p]! + share * (image[p]! - baseline[p]!);
  };
  await requireGradients(question)(
    steps,
    (i, into) => at((i + 0.5) / steps, into),
    (_, gradient) => {
      for (let p = 0; p < gradient.length; p++) mean[p]! += gradient[p]! / steps;
    },
  );
  const [end, start] = (await question.scores(2, (i, into) => at(1 - i, into))) as unknown as [number, number];
  const contributions = mean.map((value, p) => value * (image[p]! - baseline[p]!));
  return { contributions, gap: end - start - contributions.reduce((sum, value) => sum + value, 0) };
}

/** The baselines asked for, as images; `"uniform"` is another draw in each place. */
export function baselinesOf(question: Question, { baseline = "zero", seed = 0 }: DrivenOptions): Float32Array[] {
  const choices: readonly BaselineChoice[] = Array.isArray(baseline) ? (baseline as readonly BaselineChoice[]) : [baseline as BaselineChoice];
  return choices.map((choice, i) => baselineOf(choice, question, seed + i));
}

/** A map [H, W] from values [C, H, W]. */
export function reduceChannels(question: Question, values: ArrayLike<number>, reduce: (sum: number, value: number) => number): DrivenMap {
  const { height, width, channels } = question;
  const size = height * width;
  const map = new Float32Array(size);
  for (let p = 0; p < size; p++) {
    let result = 0;
    for (let c = 0; c < channels; c++) result = reduce(result, values[c * size + p]!);
    map[p] = result;
  }
  return { values: map, height, width };
}

export const add = (sum: number, value: number): number => sum + value;
export const largestSize = (largest: number, value: number): number => Math.max(largest, Math.abs(value));
