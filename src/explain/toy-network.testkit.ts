import { readFileSync } from "node:fs";
import path from "node:path";
import { float32, seededRandom, type Tensor } from "../base/index.js";
import { GraphBuilder, type Graph } from "../graph/index.js";
import type { Network } from "../models/index.js";

interface Fixture {
  readonly tensors: Record<string, { shape: number[]; data: number[] }>;
  readonly logits: number[];
  readonly baselineLogits: number[];
  readonly maps: Record<string, number[]>;
}

/** Maps by PyTorch and NumPy, each method written out on its own. */
export const fixture = JSON.parse(readFileSync(path.resolve("test/fixtures/explain/methods.json"), "utf8")) as Fixture;

export function stored(name: string): Tensor<"float32"> {
  const { shape, data } = fixture.tensors[name]!;
  return float32(shape, data);
}

/** A graph with "input" and "logits" as a network; its weights are constants already. */
export function networkOf(graph: Graph, camLayer: string, classes: number): Network {
  return { architecture: graph.name, graph, parameters: [], stages: [], camLayer, headParameters: [], inputSize: 8, classes };
}

const square3 = { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [1, 1], dilations: [1, 1], group: 1 };

/** The network of the stored maps: conv, ReLU, max pool, conv, ReLU ("features"), mean pool, dense, ReLU, dense. */
export function referenceNetwork(): Network {
  const builder = new GraphBuilder({ name: "reference" });
  builder.input("input", "float32", ["N", 2, 8, 8]);
  const constant = (name: string) => builder.initializer(name, stored(name));
  const z1 = builder.op("Conv", ["input", constant("conv1.weight"), constant("conv1.bias")], square3, { output: "conv1" });
  const pooled = builder.op("MaxPool", [builder.op("Relu", [z1], {}, { output: "relu1" })], { kernel_shape: [2, 2], strides: [2, 2] }, { output: "pool" });
  const z2 = builder.op("Conv", [pooled, constant("conv2.weight"), constant("conv2.bias")], square3, { output: "conv2" });
  const features = builder.op("Relu", [z2], {}, { output: "features" });
  const mean = builder.op("AveragePool", [features], { kernel_shape: [2, 2], strides: [2, 2] });
  const flat = builder.op("Flatten", [mean], { axis: 1 });
  const hidden = builder.op("Relu", [builder.op("Gemm", [flat, constant("fc1.weight"), constant("fc1.bias")], { transB: 1 })], {}, { output: "hidden" });
  builder.op("Gemm", [hidden, constant("fc2.weight"), constant("fc2.bias")], { transB: 1 }, { output: "logits" });
  builder.output("logits");
  return networkOf(builder.build(), "features", 3);
}

/** f_k(x) = sum w_k x + b_k on images [C, H, W]; its layer "features" is the image itself. */
export function linearNetwork(shape: readonly [number, number, number], weights: readonly (readonly number[])[], bias: readonly number[]): Network {
  const builder = new GraphBuilder({ name: "linear" });
  builder.input("input", "float32", ["N", ...shape]);
  const features = builder.op("Identity", ["input"], {}, { output: "features" });
  const flat = builder.op("Flatten", [features], { axis: 1 });
  const weight = builder.initializer("weight", float32([weights.length, weights[0]!.length], weights.flat()));
  builder.op("Gemm", [flat, weight, builder.initializer("bias", float32([bias.length], bias))], { transB: 1 }, { output: "logits" });
  builder.output("logits");
  return networkOf(builder.build(), "features", weights.length);
}

/** conv 3x3, ReLU, mean over space, linear: CAM applies. Weights by seed; without biases where said. */
export function averagingNetwork(seed: number, { biased = true, zeroHead = false } = {}): Network {
  const random = seededRandom("averaging network", seed);
  const normal = (shape: readonly number[], scale: number) => float32(shape, Array.from({ length: shape.reduce((product, n) => product * n, 1) }, () => scale * random.normal()));
  const builder = new GraphBuilder({ name: "averaging" });
  builder.input("input", "float32", ["N", 2, 8, 8]);
  const weight = builder.initializer("conv.weight", normal([5, 2, 3, 3], 0.4));
  const bias = builder.initializer("conv.bias", normal([5], biased ? 0.3 : 0));
  const features = builder.op("Relu", [builder.op("Conv", ["input", weight, bias], square3)], {}, { output: "features" });
  const mean = builder.op("Flatten", [builder.op("GlobalAveragePool", [features])], { axis: 1 });
  const head = builder.initializer("head.weight", normal([3, 5], zeroHead ? 0 : 1));
  const headBias = builder.initializer("head.bias", normal([3], biased ? 0.2 : 0));
  builder.op("Gemm", [mean, head, headBias], { transB: 1 }, { output: "logits" });
  builder.output("logits");
  return networkOf(builder.build(), "features", 3);
}

export function normalImages(count: number, shape: readonly number[], seed: number): Tensor<"float32"> {
  const random = seededRandom("toy images", seed);
  return float32([count, ...shape], Array.from({ length: count * shape.reduce((product, n) => product * n, 1) }, () => random.normal()));
}

export const noWeights: ReadonlyMap<string, Tensor> = new Map();

export function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0);
}

/** Largest difference over the largest size of what is expected. */
export function relativeError(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  const size = Math.max(1e-12, ...Array.from(expected, Math.abs));
  return Math.max(...Array.from(expected, (value, i) => Math.abs(value - got[i]!))) / size;
}
