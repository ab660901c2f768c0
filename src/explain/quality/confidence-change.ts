import { scaleToPeak } from "../scale-map.js";
import { probabilitiesOf } from "./asked-model.js";
import type { Measure, MeasureSubject } from "./contract.js";
import { readMap, requireEvidence } from "./read-map.js";

/** Probability of the class for the image and for the image times its map, the map's positive part scaled to a peak of 1. */
async function maskedProbability({ map, model }: MeasureSubject): Promise<readonly [whole: number, masked: number]> {
  const asked = model!;
  const values = readMap(map, asked, "positive");
  requireEvidence(values, "confidence of the masked image");
  const mask = scaleToPeak({ values, height: asked.height, width: asked.width }).values;
  const [whole, masked] = await probabilitiesOf(asked, 2, (i, into) => into.set(i === 0 ? asked.image : asked.image.map((value, at) => value * mask[at % mask.length]!)));
  return [whole!, masked!];
}

const shared = {
  property: "faithfulness",
  needs: ["model"],
  reads: "positive",
  applies: "Any method; made for class-activation maps. An even map leaves the image whole and gets the best drop: read the three together.",
  passes: "2 predictions",
} as const;

export const averageDrop: Measure = {
  ...shared,
  title: "Average drop",
  summary: "By how much of itself the class's probability falls when the image is multiplied with its map.",
  formula: "max(0, p(x) − p(x · map)) / p(x); the map's positive part, scaled to a peak of 1, times the normalized image",
  reference: "A. Chattopadhay, A. Sarkar, P. Howlader, V. N. Balasubramanian, Grad-CAM++, WACV 2018, section 4.1, arXiv:1710.11063",
  direction: "lower",
  range: [0, 1],
  elsewhere: ["pytorch-grad-cam", "Xplique"],
  measure: async (subject) => {
    const [whole, masked] = await maskedProbability(subject);
    return Math.max(0, whole - masked) / whole;
  },
};

export const averageIncrease: Measure = {
  ...shared,
  title: "Average increase",
  summary: "Whether the class's probability rises when the image is multiplied with its map; the mean over cases is the published figure.",
  formula: "1 where p(x · map) > p(x), else 0",
  reference: "A. Chattopadhay, A. Sarkar, P. Howlader, V. N. Balasubramanian, Grad-CAM++, WACV 2018, section 4.1, arXiv:1710.11063",
  direction: "higher",
  range: [0, 1],
  elsewhere: ["pytorch-grad-cam", "Xplique"],
  measure: async (subject) => {
    const [whole, masked] = await maskedProbability(subject);
    return masked > whole ? 1 : 0;
  },
};

export const averageGain: Measure = {
  ...shared,
  title: "Average gain",
  summary: "How much of what was missing to certainty the class's probability gains when the image is multiplied with its map.",
  formula: "max(0, p(x · map) − p(x)) / (1 − p(x)); 0 where p(x) = 1",
  reference: "H. Zhang, F. Torres, R. Sicre, Y. Avrithis, S. Ayache, Opti-CAM, Comput Vis Image Underst 248, 2024, section 4.1, arXiv:2301.07002",
  direction: "higher",
  range: [0, 1],
  elsewhere: ["Xplique"],
  measure: async (subject) => {
    const [whole, masked] = await maskedProbability(subject);
    return whole >= 1 ? 0 : Math.max(0, masked - whole) / (1 - whole);
  },
};
