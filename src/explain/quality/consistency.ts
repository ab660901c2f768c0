import { float32, seededRandom } from "../../base/index.js";
import { rangeOf } from "../baselines.js";
import type { HeatMap } from "../upsample.js";
import type { Measure, MeasureSettings, MeasureSubject } from "./contract.js";
import { aligned, moveImage, type Motion } from "./move-image.js";
import { samplesOf, strengthOf } from "./settings.js";
import { similarityOf } from "./similarity.js";

/** Mean rank correlation between the map and the maps of moved images, moved back. */
async function underMotions({ map, model, method }: MeasureSubject, motions: readonly Motion[]): Promise<number> {
  const { image, channels, height, width } = model!;
  const images = float32([motions.length, channels, height, width], new Float32Array(motions.length * image.length));
  motions.forEach((motion, i) => images.data.set(moveImage(image, model!, motion), i * image.length));
  const maps = await method!.maps(images);
  return mean(maps.map((moved, i) => similarityOf(...aligned(map, moved, motions[i]!, { height, width }), "rank")));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Images with normal noise, [N, C, H, W]. */
export function addNoise(image: Float32Array, copies: number, share: number, seed: number): Float32Array {
  const [low, high] = rangeOf(image);
  const random = seededRandom("noise", seed);
  return Float32Array.from({ length: copies * image.length }, (_, i) => image[i % image.length]! + share * (high - low) * random.normal());
}

async function underNoise({ map, model, method }: MeasureSubject, { seed = 0, samples, strength }: MeasureSettings): Promise<number> {
  const { image, channels, height, width } = model!;
  const copies = samplesOf(samples, 4);
  const maps: readonly HeatMap[] = await method!.maps(float32([copies, channels, height, width], addNoise(image, copies, strengthOf(strength, 0.02), seed)));
  return mean(maps.map((noisy) => similarityOf(map, noisy, "rank")));
}

const shared = {
  property: "robustness",
  direction: "higher",
  range: [-1, 1],
  needs: ["model", "method"],
  reads: "size",
  passes: "4 maps",
  elsewhere: [],
} as const;

const compared = "maps moved back, cut to what stays in sight, averaged to 32 x 32";

export const shiftConsistency: Measure = {
  ...shared,
  title: "Consistency under shifts",
  summary: "Whether the map moves with the image when it is shifted a little.",
  formula: `mean of Spearman's correlation over shifts up, down, left and right by 2 % of the side; ${compared}`,
  reference: "the equivariance asked of attributions in J. Crabbé, M. van der Schaar, Evaluating the Robustness of Interpretability Methods through Explanation Invariance and Equivariance, NeurIPS 2023, arXiv:2304.06715",
  applies: "Any method that can be asked again. The position of a film in its cassette should not matter.",
  measure: (subject, { strength }) => {
    const step = strengthOf(strength, 0.02) * Math.max(subject.model!.height, subject.model!.width);
    return underMotions(subject, ([[step, 0], [-step, 0], [0, step], [0, -step]] as const).map((shiftPx) => ({ angleDeg: 0, shiftPx })));
  },
};

export const rotationConsistency: Measure = {
  ...shared,
  title: "Consistency under rotations",
  summary: "Whether the map turns with the image when it is turned a little.",
  formula: `mean of Spearman's correlation over turns of −3°, −1.5°, 1.5° and 3°; ${compared}`,
  reference: "as consistency under shifts",
  applies: "Any method that can be asked again.",
  measure: (subject, { strength }) => {
    const angle = strengthOf(strength, 3);
    return underMotions(subject, [-angle, -angle / 2, angle / 2, angle].map((angleDeg) => ({ angleDeg, shiftPx: [0, 0] })));
  },
};

export const noiseConsistency: Measure = {
  ...shared,
  title: "Consistency under noise",
  summary: "Whether the map's order of places stays when the image gets a little noise.",
  formula: "mean of Spearman's correlation over 4 copies with normal noise of 2 % of the image's range; maps averaged to 32 x 32",
  reference: "A. Ghorbani, A. Abid, J. Zou, Interpretation of Neural Networks is Fragile, AAAI 2019, section 2 (rank-order correlation), arXiv:1710.10547",
  applies: "Any method that can be asked again. Noise of this size is below that of a film taken twice.",
  measure: underNoise,
};
