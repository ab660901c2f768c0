import { seededRandom } from "../../../base/index.js";
import type { DrivenMethod } from "../contract.js";
import { maskParts, oneBaseline, paintParts, partsOf, perturbationFacts } from "./contract.js";
import { solveLeastSquares } from "./solve.js";

/** Width of the kernel over the cosine distance to the whole image. */
const kernelWidth = 0.25;
/** Penalty of the ridge regression; the intercept is free. */
const penalty = 1;
/** Seeds among which the samples are divided, to see whether they agree. */
const repeats = 3;

/** exp(-d² / width²)^(1/2) with d = 1 - cos(z, 1) = 1 - sqrt(share of the parts that are shown). */
function nearnessOf(parts: ArrayLike<number>): number {
  let count = 0;
  for (let j = 0; j < parts.length; j++) count += parts[j]!;
  const distance = 1 - Math.sqrt(count / parts.length);
  return Math.sqrt(Math.exp(-(distance ** 2) / kernelWidth ** 2));
}

/**
 * Coefficients of the linear model of the scores by the parts shown, weighted by nearness to the whole image.
 * @param shown [n][d], 0 or 1
 * @returns the parts' coefficients [d] and the weighted R²
 */
export function fitLime(shown: readonly Uint8Array[], scores: ArrayLike<number>): { coefficients: Float64Array; r2: number } {
  const d = shown[0]!.length;
  const rows = shown.map((z) => Float64Array.from({ length: d + 1 }, (_, j) => (j < d ? z[j]! : 1)));
  const weights = shown.map(nearnessOf);
  const penalties = Float64Array.from({ length: d + 1 }, (_, j) => (j < d ? penalty : 0));
  const solution = solveLeastSquares(rows, scores, weights, penalties);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = weights.reduce((sum, weight, i) => sum + weight * scores[i]!, 0) / total;
  let [residual, spread] = [0, 0];
  rows.forEach((row, i) => {
    const fitted = row.reduce((sum, value, j) => sum + value * solution[j]!, 0);
    residual += weights[i]! * (scores[i]! - fitted) ** 2;
    spread += weights[i]! * (scores[i]! - mean) ** 2;
  });
  const varies = spread > 1e-14 * total * (1 + mean * mean);
  return { coefficients: solution.subarray(0, d), r2: varies ? 1 - residual / spread : 0 };
}

/** Pearson's correlation; 0 where one does not vary. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / n;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    ab += (a[i]! - ma) * (b[i]! - mb);
    aa += (a[i]! - ma) ** 2;
    bb += (b[i]! - mb) ** 2;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

const defaultSamples = 1000;

/**
 * LIME: parts of the image are shown or hidden at random, each with probability 1/2; a ridge regression of the score on the parts,
 * weighted by nearness to the whole image, gives each part its coefficient. The samples (default 1000) are divided among
 * three seeds: the map is the fit to all, `stability` the mean correlation between the three fits' coefficients, `r2` the share of the
 * scores' variance that the fit explains.
 * @see M. T. Ribeiro, S. Singh, C. Guestrin, "Why Should I Trust You?", KDD 2016, doi 10.1145/2939672.2939778, equation 2; kernel
 *   and penalty as in the authors' `lime_image`
 */
export const lime: DrivenMethod = {
  ...perturbationFacts,
  samples: defaultSamples,
  title: "LIME",
  summary: "Coefficients of a linear model of the score by the superpixels shown.",
  reference: "Ribeiro et al. 2016, doi 10.1145/2939672.2939778",
  signed: true,
  sign: "positive: showing the superpixel raises the score; negative: it lowers it",
  async explain(question, options) {
    const { samples = defaultSamples, seed = 0 } = options;
    const { labels, count } = partsOf(question, options);
    const baseline = oneBaseline(question, options);
    const draws = Array.from({ length: repeats }, (_, r) => seededRandom("lime", seed, r));
    const shown = Array.from({ length: samples }, (_, i) => Uint8Array.from({ length: count }, () => (draws[i % repeats]!.uniform() < 0.5 ? 1 : 0)));
    // The image itself belongs to every fit.
    for (let r = 0; r < Math.min(repeats, samples); r++) shown[r]!.fill(1);
    const scores = await question.mixtures(baseline, samples, (i, into) => maskParts(labels, shown[i]!, into));
    const { coefficients, r2 } = fitLime(shown, scores);
    const fits = samples < 2 * repeats ? [] : Array.from({ length: repeats }, (_, r) => fitLime(shown.filter((_z, i) => i % repeats === r), scores.filter((_y, i) => i % repeats === r)).coefficients);
    const pairs = fits.flatMap((a, i) => fits.slice(i + 1).map((b) => correlation(a, b)));
    const stability = pairs.reduce((sum, value) => sum + value, 0) / Math.max(1, pairs.length);
    return { ...paintParts(question, labels, coefficients), readings: { r2, stability, parts: count } };
  },
};
