import { float32, seededRandom, type Tensor } from "../base/index.js";
import type { HeatMap } from "../explain/index.js";
import { resizeBilinear } from "../images/index.js";
import { NetworkBuilder } from "../models/architectures/network-builder.js";
import { initializeWeights, type Network } from "../models/index.js";
import { makeRadiograph } from "../phantom/index.js";
import { defaultRecipes, trainFold, type CaseSource } from "../train/index.js";

/** Side of the images, in pixels. */
export const side = 64;

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
      size: 96, marker: marked ? "R" : "none", markerPlace: "top", objects: [], acquisition: { inverted: false, film: false },
    });
    const fit = (values: Float32Array): Float32Array => resizeBilinear(values, { height: film.height, width: film.width }, { height: side, width: side });
    return { pixels: fit(film.pixels), curved, marked, spine: { values: fit(Float32Array.from(film.truth.region, (value) => value / 255)), height: side, width: side } };
  });
}

/** Four convolutions, the last one's map 8 x 8, its mean over space, one linear layer. */
export function tinyNetwork(): Network {
  const builder = new NetworkBuilder("explanation-truth", { batch: "N", size: side });
  let features = "input";
  [8, 16, 32, 32].forEach((outputs, i) => {
    features = builder.stage(`conv${i + 1}`, () => {
      const convolved = builder.convolution(`conv${i + 1}`, features, { outputs, kernel: 3, stride: i < 3 ? 2 : 1 });
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
    architecture: "explanation-truth", graph: builder.build(logits), parameters: builder.parameters, stages: builder.stages, camLayer: "relu4",
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
  const size = 3 * side * side;
  const source: CaseSource = {
    labels: cases.map((one) => (one[label] ? 1 : 0)),
    classNames: ["no", "yes"],
    augmented: false,
    key: (index) => `${label} ${seed} ${index}`,
    read: async (indices) => float32([indices.length, 3, side, side], Float32Array.from({ length: indices.length * size }, (_, i) => images.data[indices[Math.floor(i / size)]! * size + (i % size)]!)),
  };
  const trained = await trainFold({
    network, startWeights: initializeWeights(network, seededRandom("explanation truth", seed, label)), regime: { name: "scratch" },
    recipe: { ...defaultRecipes.scratch, epochs, batchSize: 16, optimizer: { ...defaultRecipes.scratch.optimizer, learningRate: 0.005 }, augmentation: false },
    source, train: cases.map((_, i) => i), seed, engine: { threads: 1 },
  });
  return { network, weights: trained.weights, trainingAccuracy: trained.history.at(-1)!.accuracy, seconds: trained.seconds };
}
