import { InputError, float32, seededRandom, type Tensor } from "../base/index.js";
import { createExplainer, judgeAudit, measureAudit, relevanceMass, type AuditedModel, type CriterionResult, type HeatMap, type MethodName } from "../explain/index.js";
import { resizeBilinear } from "../images/index.js";
import { NetworkBuilder } from "../models/architectures/network-builder.js";
import { initializeWeights, type Network } from "../models/index.js";
import { makeRadiograph } from "../phantom/index.js";
import { pairedPermutationTest } from "../stats/index.js";
import { defaultRecipes, trainFold, type CaseSource } from "../train/index.js";

/** Side of the images, in pixels. */
export const side = 64;
/** Films of a seed, in equal parts of the four kinds; and films drawn once where many seeds share a pool. */
export const filmCounts = { training: 112, test: 60, pool: 400 };

/** A simulated radiograph with two labels that know nothing of each other: the curve of the spine, and a lead letter. */
export interface TruthCase {
  /** [side, side] in 0..1. */
  readonly pixels: Float32Array;
  readonly curved: boolean;
  readonly marked: boolean;
  /** The column of vertebrae. */
  readonly spine: HeatMap;
}

/** Simulated whole-spine films: half of them curved, half of either with a letter at the top. */
export function drawCases(seed: number, count: number, part: string): TruthCase[] {
  return Array.from({ length: count }, (_, index) => {
    const [curved, marked] = [index % 2 === 1, index % 4 >= 2];
    const film = makeRadiograph({
      seed: `explanation truth ${part} ${seed}`, index, condition: curved ? "scoliosis" : "normal", view: "whole-spine-ap", cobbDeg: curved ? [45, 65] : [0, 5],
      size: side, marker: marked ? "R" : "none", markerPlace: "top", objects: [], acquisition: { inverted: false, film: false },
    });
    const fit = (values: Float32Array): Float32Array => resizeBilinear(values, { height: film.height, width: film.width }, { height: side, width: side });
    return { pixels: fit(film.pixels), curved, marked, spine: { values: fit(Float32Array.from(film.truth.region, (value) => value / 255)), height: side, width: side } };
  });
}

/** A seed's films of a pool, in equal parts of the four kinds (curved or not, with a letter or not); none is both trained on and tested. */
function share(pool: readonly TruthCase[], seed: number, training: number, test: number): { training: TruthCase[]; test: TruthCase[] } {
  const kinds = [0, 1, 2, 3].map((kind) => seededRandom("films of a seed", seed, kind).shuffle(pool.filter((one) => (one.curved ? 1 : 0) + (one.marked ? 2 : 0) === kind)));
  return { training: kinds.flatMap((films) => films.slice(0, training / 4)), test: kinds.flatMap((films) => films.slice(training / 4, (training + test) / 4)) };
}

/** The same films again, mirrored: twice the cases for the price of one. */
export function withMirrored(cases: readonly TruthCase[]): TruthCase[] {
  const mirrored = (values: Float32Array): Float32Array => values.map((_, i) => values[i - (i % side) + side - 1 - (i % side)]!);
  return cases.flatMap((one) => [one, { ...one, pixels: mirrored(one.pixels), spine: { ...one.spine, values: mirrored(one.spine.values) } }]);
}

/** Six convolutions, the last one's map 8 x 8, its mean over space, one linear layer. */
export function tinyNetwork(): Network {
  const builder = new NetworkBuilder("explanation-truth", { batch: "N", size: side });
  let features = "input";
  [8, 8, 16, 16, 32, 32].forEach((outputs, i) => {
    features = builder.stage(`conv${i + 1}`, () => {
      const convolved = builder.convolution(`conv${i + 1}`, features, { outputs, kernel: 3, stride: i % 2 === 0 ? 2 : 1 });
      return builder.relu(`relu${i + 1}`, builder.normalization(`norm${i + 1}`, convolved));
    });
  });
  const logits = builder.stage("classifier", () => {
    const bound = 1 / Math.sqrt(32);
    return builder.linear("classifier", builder.globalAverage("mean", features), {
      outputs: 2, init: () => ({ weight: { distribution: "uniform", bound }, bias: { distribution: "uniform", bound } }), output: "logits",
    });
  });
  return {
    architecture: "explanation-truth", graph: builder.build(logits), parameters: builder.parameters, stages: builder.stages, camLayer: "relu6",
    headParameters: ["classifier.weight", "classifier.bias"], inputSize: side, classes: 2,
  };
}

/** Images as the network takes them: the grey three times, normalized by the training images. */
export function imagesOf(cases: readonly TruthCase[], { mean, std }: { readonly mean: number; readonly std: number }): Tensor<"float32"> {
  const plane = side * side;
  const data = new Float32Array(cases.length * 3 * plane);
  cases.forEach(({ pixels }, n) => {
    for (let c = 0; c < 3; c++) for (let i = 0; i < plane; i++) data[(n * 3 + c) * plane + i] = (pixels[i]! - mean) / std;
  });
  return float32([cases.length, 3, side, side], data);
}

export function normalizationOf(cases: readonly TruthCase[]): { mean: number; std: number } {
  const n = cases.length * side * side;
  const mean = cases.reduce((sum, { pixels }) => sum + pixels.reduce((a, b) => a + b, 0), 0) / n;
  const square = cases.reduce((sum, { pixels }) => sum + pixels.reduce((a, b) => a + (b - mean) ** 2, 0), 0) / n;
  return { mean, std: Math.sqrt(square) };
}

/** Some images of a batch. */
function pick(images: Tensor<"float32">, indices: readonly number[]): Tensor<"float32"> {
  const size = 3 * side * side;
  const data = new Float32Array(indices.length * size);
  indices.forEach((index, n) => data.set(images.data.subarray(index * size, (index + 1) * size), n * size));
  return float32([indices.length, 3, side, side], data);
}

export interface TruthNetwork {
  readonly network: Network;
  readonly weights: ReadonlyMap<string, Tensor<"float32">>;
  readonly trainingAccuracy: number;
  readonly seconds: number;
}

/** Trains the tiny network on one of the two labels. */
export async function trainOn(cases: readonly TruthCase[], label: "curved" | "marked", seed: number, epochs: number): Promise<TruthNetwork> {
  const network = tinyNetwork();
  const images = imagesOf(cases, normalizationOf(cases));
  const source: CaseSource = {
    labels: cases.map((one) => (one[label] ? 1 : 0)),
    classNames: ["no", "yes"],
    augmented: false,
    key: (index) => `${label} ${seed} ${index}`,
    read: async (indices) => pick(images, indices),
  };
  const trained = await trainFold({
    network, startWeights: initializeWeights(network, seededRandom("explanation truth", seed, label)), regime: { name: "scratch" },
    recipe: { ...defaultRecipes.scratch, epochs, batchSize: 16, optimizer: { ...defaultRecipes.scratch.optimizer, learningRate: 0.005 }, augmentation: false },
    source, train: cases.map((_, i) => i), seed, engine: { threads: 1 },
  });
  return { network, weights: trained.weights, trainingAccuracy: trained.history.at(-1)!.accuracy, seconds: trained.seconds };
}

/** What one seed shows. */
export interface TruthFigures {
  readonly seed: number;
  /** Share of the test films named right. */
  readonly accuracy: { readonly anatomy: number; readonly marker: number };
  /** Mean share of Grad-CAM's map on the spine, of films on which both networks' maps hold any evidence. */
  readonly relevance: { readonly anatomy: number; readonly marker: number; readonly p: number; readonly films: number };
  /** What an even map would have. */
  readonly spineShare: number;
  /** The audit's answer whether a method depends on the weights, of the network trained on the anatomy. */
  readonly weights: Readonly<Partial<Record<MethodName, CriterionResult>>>;
  readonly seconds: number;
}

export interface TruthOptions {
  /** Films to take the seed's from, drawn once for many seeds; drawn anew for the seed where left out. */
  readonly pool?: readonly TruthCase[];
  readonly trainingFilms?: number;
  readonly testFilms?: number;
  readonly epochs?: { readonly anatomy: number; readonly marker: number };
  readonly methods?: readonly MethodName[];
}

/**
 * Trains two networks on the same films, one on the curve of the spine and one on a lead letter, and looks where both look on
 * films of other patients; then audits methods on the first.
 */
export async function runTruth(seed: number, { pool, trainingFilms = filmCounts.training, testFilms = filmCounts.test, epochs = { anatomy: 20, marker: 20 }, methods = ["grad-cam", "guided-backpropagation"] }: TruthOptions = {}): Promise<TruthFigures> {
  const start = performance.now();
  const films = pool === undefined ? { training: drawCases(seed, trainingFilms, "training"), test: drawCases(seed, testFilms, "test") } : share(pool, seed, trainingFilms, testFilms);
  const train = withMirrored(films.training);
  const { test } = films;
  const images = imagesOf(test, normalizationOf(train));
  const anatomy = await trainOn(train, "curved", seed, epochs.anatomy);
  const marker = await trainOn(train, "marked", seed, epochs.marker);
  const [ofAnatomy, ofMarker] = [await look(anatomy, test, images, "curved"), await look(marker, test, images, "marked")];
  const both = test.flatMap((_, i) => (ofAnatomy.onSpine[i] === undefined || ofMarker.onSpine[i] === undefined ? [] : [[ofAnatomy.onSpine[i], ofMarker.onSpine[i]] as const]));
  const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
  const { p } = pairedPermutationTest(mean, both.map(([a]) => a), both.map(([, b]) => b), { random: seededRandom("explanation truth", seed) });

  const subject: AuditedModel = {
    name: "anatomy", architecture: anatomy.network.architecture, network: anatomy.network, weights: anatomy.weights, labels: ["normal", "scoliosis"],
    read: async (indices) => pick(images, indices),
  };
  const cases = test.map(({ spine, curved }, i) => ({ id: String(i), region: spine, label: curved ? "scoliosis" : "normal" }));
  const audit = judgeAudit([await measureAudit(subject, cases, { methods, seed, engine: { threads: 1 } })], { model: subject, seed });
  return {
    seed,
    accuracy: { anatomy: ofAnatomy.accuracy, marker: ofMarker.accuracy },
    relevance: { anatomy: mean(both.map(([a]) => a)), marker: mean(both.map(([, b]) => b)), p, films: both.length },
    spineShare: audit.regionShare ?? 0,
    weights: Object.fromEntries(audit.methods.map(({ method, criteria }) => [method, criteria.weights])),
    seconds: (performance.now() - start) / 1000,
  };
}

/** Where a network looks: Grad-CAM of the predicted class, its share on the spine; none where the map is zero. */
async function look({ network, weights }: TruthNetwork, test: readonly TruthCase[], images: Tensor<"float32">, label: "curved" | "marked"): Promise<{ accuracy: number; onSpine: (number | undefined)[] }> {
  const explainer = await createExplainer(network, weights, "grad-cam", { engine: { threads: 1 } });
  const { maps, logits } = await explainer.explain(images);
  await explainer.release();
  const right = test.filter((one, i) => Number(logits.data[2 * i + 1]) > Number(logits.data[2 * i]) === one[label]).length;
  const onSpine = maps.map((map, i) => {
    try {
      return relevanceMass(map, test[i]!.spine);
    } catch (error) {
      if (error instanceof InputError && error.code === "not-estimable") return undefined;
      throw error;
    }
  });
  return { accuracy: right / test.length, onSpine };
}
