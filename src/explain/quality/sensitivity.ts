import { float32, seededRandom, type Random } from "../../base/index.js";
import { rangeOf } from "../baselines.js";
import type { HeatMap } from "../upsample.js";
import type { Measure, MeasureSettings, MeasureSubject } from "./contract.js";
import { requireEvidence } from "./read-map.js";
import { samplesOf, strengthOf } from "./settings.js";

interface Perturbed {
  readonly map: HeatMap;
  /** Euclidean length of the change of the image. */
  readonly moved: number;
}

/** Maps of randomly changed copies of the image. */
async function perturb({ model, method }: MeasureSubject, { seed = 0, ...settings }: MeasureSettings, change: { readonly usual: number; readonly draw: (random: Random) => number }): Promise<Perturbed[]> {
  const samples = samplesOf(settings.samples, 10);
  const { image, channels, height, width } = model!;
  const [low, high] = rangeOf(image);
  const size = strengthOf(settings.strength, change.usual) * (high - low);
  const random = seededRandom("sensitivity", seed);
  const images = new Float32Array(samples * image.length);
  const moved = Array.from({ length: samples }, (_, s) => {
    let square = 0;
    for (let i = 0; i < image.length; i++) {
      const step = size * change.draw(random);
      images[s * image.length + i] = image[i]! + step;
      square += step * step;
    }
    return Math.sqrt(square);
  });
  const maps = await method!.maps(float32([samples, channels, height, width], images));
  return maps.map((map, s) => ({ map, moved: moved[s]! }));
}

function distance(a: HeatMap, b: HeatMap): number {
  return Math.sqrt(a.values.reduce((sum, value, i) => sum + (value - b.values[i]!) ** 2, 0));
}

/** ‖Φ(x') − Φ(x)‖ / ‖Φ(x)‖ for images in a small box around x. */
async function relativeChanges(subject: MeasureSubject, settings: MeasureSettings, name: string): Promise<number[]> {
  requireEvidence(subject.map.values, name);
  const size = Math.sqrt(subject.map.values.reduce((sum, value) => sum + value * value, 0));
  const perturbed = await perturb(subject, settings, { usual: 0.02, draw: (random) => random.between(-1, 1) });
  return perturbed.map(({ map }) => distance(map, subject.map) / size);
}

const shared = {
  property: "robustness",
  direction: "lower",
  range: [0, Infinity],
  needs: ["model", "method"],
  reads: "signed",
  passes: "10 maps",
} as const;

export const maxSensitivity: Measure = {
  ...shared,
  title: "Max-sensitivity",
  summary: "Largest relative change of the map when the image changes by a little noise.",
  formula: "max over 10 images x' of ‖Φ(x') − Φ(x)‖ / ‖Φ(x)‖, each pixel of x' within 2 % of the image's range of x's, uniform",
  reference: "C.-K. Yeh, C.-Y. Hsieh, A. Suggala, D. I. Inouye, P. Ravikumar, On the (In)fidelity and Sensitivity of Explanations, NeurIPS 2019, definition 3.1, arXiv:1901.09392",
  applies: "Any method that can be asked again. A constant map is perfectly insensitive: read it beside randomization.",
  elsewhere: ["Captum", "Quantus"],
  measure: async (subject, settings) => Math.max(...(await relativeChanges(subject, settings, "max-sensitivity"))),
};

export const averageSensitivity: Measure = {
  ...shared,
  title: "Average sensitivity",
  summary: "Mean relative change of the map when the image changes by a little noise.",
  formula: "mean over 10 images x' of ‖Φ(x') − Φ(x)‖ / ‖Φ(x)‖, each pixel of x' within 2 % of the image's range of x's, uniform",
  reference: "U. Bhatt, A. Weller, J. M. F. Moura, Evaluating and Aggregating Feature-based Model Explanations, IJCAI 2020, definition 2, arXiv:2005.00631",
  applies: "As max-sensitivity, less moved by a single image.",
  elsewhere: ["Xplique", "Quantus"],
  measure: async (subject, settings) => {
    const changes = await relativeChanges(subject, settings, "average sensitivity");
    return changes.reduce((sum, value) => sum + value, 0) / changes.length;
  },
};

export const localLipschitz: Measure = {
  ...shared,
  title: "Local Lipschitz estimate",
  summary: "Largest change of the map per change of the image.",
  formula: "max over 10 images x' of ‖Φ(x) − Φ(x')‖ / ‖x − x'‖, x' = x + normal noise of 10 % of the image's range",
  reference: "D. Alvarez-Melis, T. S. Jaakkola, Towards Robust Interpretability with Self-Explaining Neural Networks, NeurIPS 2018, section 4, arXiv:1806.07538",
  applies: "Any method that can be asked again. In units of map per image: compare maps of one scale and extent.",
  elsewhere: ["Quantus"],
  measure: async (subject, settings) => {
    const perturbed = await perturb(subject, settings, { usual: 0.1, draw: (random) => random.normal() });
    return Math.max(...perturbed.map(({ map, moved }) => distance(map, subject.map) / moved));
  },
};
