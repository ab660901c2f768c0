import { seededRandom } from "../../../base/index.js";
import type { DrivenMap, DrivenMethod, DrivenOptions, Question } from "../contract.js";
import { requireGradients } from "../require-parts.js";
import { contributionSign } from "./contract.js";
import { add, baselinesOf, defaultSamples, integrateGradients, reduceChannels } from "./sampled.js";
import { integratedGradientsInGraph } from "./unrolled.js";

const facts = {
  kind: "driven",
  signed: true,
  sign: contributionSign,
  needs: ["gradients"],
  extent: "image",
  cost: { forward: "samples", backward: "samples" },
  samples: defaultSamples,
} as const satisfies Partial<DrivenMethod>;

/**
 * Integrated gradients: sum_c (x_c - b_c) times the gradient's mean on the straight way from the baseline b to the image x, by
 * the midpoint rule (default 32 steps). Over several baselines the mean. Its sum over the image is f(x) - f(b);
 * what the steps leave of it is the reading `completenessGap`.
 * @see M. Sundararajan, A. Taly, Q. Yan, Axiomatic Attribution for Deep Networks, ICML 2017, arXiv 1703.01365, equation 3
 */
export const integratedGradients = {
  ...facts,
  title: "Integrated gradients",
  summary: "Gradient averaged on the way from a baseline to the image, times the way.",
  reference: "Sundararajan et al. 2017, arXiv 1703.01365",
  async explain(question: Question, options: DrivenOptions): Promise<DrivenMap> {
    const baselines = baselinesOf(question, options);
    const sum = new Float64Array(question.image.length);
    let completenessGap = 0;
    for (const baseline of baselines) {
      const { contributions, gap } = await integrateGradients(question, baseline, options.samples ?? defaultSamples);
      contributions.forEach((value, p) => (sum[p]! += value / baselines.length));
      completenessGap += gap / baselines.length;
    }
    return { ...reduceChannels(question, sum, add), readings: { completenessGap } };
  },
  inGraph: integratedGradientsInGraph,
} as const satisfies DrivenMethod;

const expectedSamples = 64;

/**
 * Expected gradients: the mean over draws of a baseline b and a point on the way of (x - b) times the gradient there (default 64
 * draws, one point in each of as many equal parts of the way). The baselines are those given, in turn; its sum is
 * f(x) less the mean of f over them, up to the reading `completenessGap`.
 * @see G. Erion et al., Improving performance of deep learning models with axiomatic attribution priors and expected gradients,
 *   Nat. Mach. Intell. 2021, doi 10.1038/s42256-021-00343-w
 */
export const expectedGradients: DrivenMethod = {
  ...facts,
  samples: expectedSamples,
  title: "Expected gradients",
  summary: "Integrated gradients averaged over drawn baselines and points of the way.",
  reference: "Erion et al. 2021, doi 10.1038/s42256-021-00343-w",
  async explain(question, options) {
    const { samples = expectedSamples, seed = 0, baseline = Array.from({ length: 8 }, () => "uniform" as const) } = options;
    const baselines = baselinesOf(question, { ...options, baseline });
    const { image } = question;
    const random = seededRandom("expected gradients", seed);
    const parts = random.shuffle(Array.from({ length: samples }, (_, i) => i));
    const shares = parts.map((part) => (part + random.uniform()) / samples);
    const sum = new Float64Array(image.length);
    const of = (i: number) => baselines[i % baselines.length]!;
    await requireGradients(question)(
      samples,
      (i, into) => {
        const from = of(i);
        for (let p = 0; p < image.length; p++) into[p] = from[p]! + shares[i]! * (image[p]! - from[p]!);
      },
      (i, gradient) => {
        const from = of(i);
        for (let p = 0; p < image.length; p++) sum[p]! += ((image[p]! - from[p]!) * gradient[p]!) / samples;
      },
    );
    const scores = await question.scores(baselines.length + 1, (i, into) => into.set(i === 0 ? image : baselines[i - 1]!));
    const used = Math.min(samples, baselines.length);
    const expected = Array.from({ length: samples }, (_, i) => scores[1 + (i % baselines.length)]!).reduce(add, 0) / samples;
    const completenessGap = scores[0]! - expected - sum.reduce(add, 0);
    return { ...reduceChannels(question, sum, add), readings: { completenessGap, baselines: used } };
  },
};
