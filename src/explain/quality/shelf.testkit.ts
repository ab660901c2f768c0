import { float32, seededRandom, type Tensor } from "../../base/index.js";
import type { HeatMap } from "../upsample.js";
import { askModel } from "./asked-model.js";
import type { MeasureSubject, MethodProbe, Variant } from "./contract.js";
import type { MeasureName } from "./index.js";

export const side = 16;
const plane = side * side;

/** Rows 3 to 10, columns 5 to 11: 56 of 256 pixels. */
export const region: HeatMap = mapOf((i) => (Math.floor(i / side) >= 3 && Math.floor(i / side) <= 10 && i % side >= 5 && i % side <= 11 ? 1 : 0));

/** Weights of class 1: a twentieth for each pixel of the region, a little against it elsewhere. Class 0 always scores 0.5. */
export const weights = mapOf((i) => (region.values[i] === 1 ? 0.05 : -0.004));

export const image: Float32Array = mapOf((i, random) => (region.values[i] === 1 ? 1.5 : 0.5) + random.between(-0.2, 0.2), "image").values;

export function mapOf(value: (i: number, random: ReturnType<typeof seededRandom>) => number, ...keys: (string | number)[]): HeatMap {
  const random = seededRandom("quality scene", ...keys);
  return { values: Float32Array.from({ length: plane }, (_, i) => value(i, random)), height: side, width: side };
}

export const randomMap = (...keys: (string | number)[]): HeatMap => mapOf((_, random) => random.uniform(), ...keys);

/** f_1(x) = Σ w x, f_0 = 0.5. */
export function predict(images: Tensor<"float32">): Promise<Tensor<"float32">> {
  const count = images.shape[0]!;
  const logits = Array.from({ length: count }, (_, n) => [0.5, weights.values.reduce((sum, w, i) => sum + w * images.data[n * plane + i]!, 0)]).flat();
  return Promise.resolve(float32([count, 2], logits));
}

export const model = askModel(predict, image, { shape: [1, side, side], class: 1, batchSize: 7 });

/** A method written as a function of one image and the variant. */
export function probeOf(explain: (image: Float32Array, variant: Variant | undefined) => HeatMap, stages: readonly string[] = ["body", "head"]): MethodProbe {
  return {
    stages,
    classes: 3,
    class: 1,
    maps: (images, variant) => Promise.resolve(Array.from({ length: images.shape[0]! }, (_, n) => explain(images.data.slice(n * plane, (n + 1) * plane), variant))),
  };
}

export const weightsTimesImage: HeatMap = mapOf((i) => weights.values[i]! * image[i]!);
export const bumpyImage: Float32Array = mapOf((i) => 1 + Math.sin(i * 0.8) * Math.cos(Math.floor(i / side) * 0.9)).values;

const steady = probeOf(() => weights);
const restless = probeOf((pixels) => randomMap("restless", pixels.reduce((sum, value, i) => sum + value * Math.sin(i), 0)));
const sees: MethodProbe = probeOf((_, variant) => (variant === undefined ? weights : randomMap("changed", JSON.stringify(variant))));
/** Draws the image, and so moves with it. */
const mirror = probeOf((pixels) => ({ values: pixels, height: side, width: side }));
const bumpy = askModel(predict, bumpyImage, { shape: [1, side, side], class: 1 });
const drawn: HeatMap = { values: bumpyImage, height: side, width: side };

const ofRegion = { good: { map: weights, region }, poor: (k: number): MeasureSubject => ({ map: randomMap(k), region }) };
const ofModel = { good: { map: weights, model }, poor: (k: number): MeasureSubject => ({ map: randomMap(k), model }) };
const ofSteadiness = { good: { map: weights, model, method: steady }, poor: (k: number): MeasureSubject => ({ map: randomMap(k), model, method: restless }) };
const ofMotion = { good: { map: drawn, model: bumpy, method: mirror }, poor: (k: number): MeasureSubject => ({ map: randomMap(k), model: bumpy, method: restless }) };
const ofWeights = { good: { map: weights, model, method: sees }, poor: (): MeasureSubject => ({ map: weights, model, method: steady }) };
const ofSize = { good: { map: mapOf((i) => (i === 40 ? 1 : 0)) }, poor: (k: number): MeasureSubject => ({ map: randomMap(k) }) };
const alike = { predicted: 1, others: Array.from({ length: 8 }, (_, k) => ({ map: k < 4 ? weights : randomMap("other", k % 2), predicted: k < 4 ? 1 : 0 })) };
const anyone = { predicted: 1, others: Array.from({ length: 8 }, (_, k) => ({ map: weights, predicted: k % 2 })) };

/** For each measure a subject as good as can be, and poor ones. */
export const scenes: Readonly<Record<MeasureName, { readonly good: MeasureSubject; readonly poor: (k: number) => MeasureSubject; readonly best?: number }>> = {
  "pointing-game": { ...ofRegion, best: 1 },
  "energy-inside": { ...ofRegion, best: 1 },
  "relevance-mass": { ...ofRegion, best: 1 },
  "relevance-rank": { ...ofRegion, best: 1 },
  iou: { ...ofRegion, best: 1 },
  dice: { ...ofRegion, best: 1 },
  "average-precision": { ...ofRegion, best: 1 },
  "top-k-intersection": { ...ofRegion, best: 1 },
  deletion: ofModel,
  insertion: ofModel,
  "road-most-relevant-first": ofModel,
  "road-least-relevant-first": ofModel,
  "pixel-flipping": ofModel,
  "average-drop": { ...ofModel, best: 0 },
  "average-increase": { ...ofModel, best: 1 },
  "average-gain": ofModel,
  "faithfulness-correlation": ofModel,
  infidelity: { ...ofModel, best: 0 },
  monotonicity: ofModel,
  sufficiency: { good: { map: weights, cohort: alike }, poor: () => ({ map: weights, cohort: anyone }), best: 1 },
  "max-sensitivity": { ...ofSteadiness, best: 0 },
  "average-sensitivity": { ...ofSteadiness, best: 0 },
  "local-lipschitz": { ...ofSteadiness, best: 0 },
  "shift-consistency": ofMotion,
  "rotation-consistency": ofMotion,
  "noise-consistency": { ...ofSteadiness, best: 1 },
  "cascading-randomization-ssim": ofWeights,
  "cascading-randomization-rank": ofWeights,
  "independent-randomization-ssim": ofWeights,
  "independent-randomization-rank": ofWeights,
  "random-logit": ofWeights,
  sparseness: { ...ofSize, best: 255 / 256 },
  entropy: { ...ofSize, best: 0 },
  "effective-complexity": { ...ofSize, best: 1 },
  completeness: { good: { map: weightsTimesImage, model }, poor: ofModel.poor, best: 0 },
  "input-invariance": { ...ofSteadiness, best: 0 },
  "reproducibility-ssim": { good: { map: weights, peers: [weights, weights] }, poor: (k) => ({ map: weights, peers: [randomMap(k), randomMap(k, 1)] }), best: 1 },
  "reproducibility-rank": { good: { map: weights, peers: [weights, weights] }, poor: (k) => ({ map: weights, peers: [randomMap(k), randomMap(k, 1)] }), best: 1 },
};

export type ShelfTest = "a good map scores better than a random one" | "the map's scale does not matter";

/** Where a measure cannot pass a test of the shelf, and why. */
export const exclusions: readonly { readonly item: MeasureName; readonly test: ShelfTest; readonly reason: string }[] = [
  { item: "monotonicity", test: "a good map scores better than a random one", reason: "evidence against the class that comes first lowers the score, in whatever order a random map has it mixed; it has a scene of its own" },
  { item: "completeness", test: "the map's scale does not matter", reason: "it is about the numbers themselves" },
  ...(["max-sensitivity", "average-sensitivity", "local-lipschitz", "input-invariance"] as const).map((item) => ({
    item, test: "the map's scale does not matter" as const, reason: "the method's other maps would have to be scaled as well",
  })),
];

export function reasonAgainst(item: string, test: ShelfTest): string | undefined {
  return exclusions.find((row) => row.item === item && row.test === test)?.reason;
}
