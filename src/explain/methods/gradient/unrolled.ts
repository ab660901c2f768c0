import { differentiate } from "../../../autodiff/index.js";
import { InputError, float32, seededRandom } from "../../../base/index.js";
import { GraphBuilder, type Graph } from "../../../graph/index.js";
import type { GraphMethod, GraphMethodOptions, Subject } from "../contract.js";
import { copyNetwork } from "../relevance/surrogate.js";
import { largestOverChannels, sumOverChannels } from "./contract.js";

/** Points at which the gradient is taken: image n's point s is scale_s x_n + offset_s, the offset times the image's range where relative. */
interface Points {
  /** [S] */
  readonly scales: readonly number[];
  /** [C, H, W] per point. */
  readonly offsets: readonly Float32Array[];
  readonly relative: boolean;
}

interface Unrolled {
  readonly builder: GraphBuilder;
  /** Gradients at the points, [S, N, C, H, W]. */
  readonly gradients: string;
}

/** Adds a copy of the network that sees several points for every image, and their gradients. */
function unroll({ graph, total, selector }: Subject, { scales, offsets, relative }: Points): Unrolled {
  const count = scales.length;
  if (count < 1) throw new InputError("method-option", `${graph.name}, samples: expected a whole number of 1 or more, got ${count}.`);
  const builder = GraphBuilder.from(graph);
  const [, channels, height, width] = builder.shape("input").map(Number) as [number, number, number, number];
  const extent = [channels, height, width];
  const image = builder.op("Unsqueeze", ["input", builder.constant([0])]);
  const scaled = builder.op("Mul", [image, builder.constant(float32([count, 1, 1, 1, 1], scales))]);
  const offset = builder.constant(float32([count, 1, ...extent], Float32Array.from(offsets.flatMap((values) => [...values]))));
  const spread = () => {
    const largest = builder.op("ReduceMax", [image], { axes: [2, 3, 4], keepdims: 1 });
    return builder.op("Sub", [largest, builder.op("ReduceMin", [image], { axes: [2, 3, 4], keepdims: 1 })]);
  };
  const moved = builder.op("Add", [scaled, relative ? builder.op("Mul", [offset, spread()]) : offset]);
  const points = builder.op("Reshape", [moved, builder.constant([-1, ...extent])]);
  const given = new Map([["input", points]]);
  if (selector !== undefined && builder.shape(selector)[0] !== 1) given.set(selector, repeated(builder, selector, count));
  const names = copyNetwork(builder, upTo(graph, total, selector), given, "points");
  const { graph: backward, gradients } = differentiate(builder.build(), names.get(total)!, [points]);
  const after = GraphBuilder.from(backward);
  return { builder: after, gradients: after.op("Reshape", [gradients[points]!, after.constant([count, -1, ...extent])]) };
}

/** Rows [N, K] for each of the points, [count N, K]. */
function repeated(builder: GraphBuilder, rows: string, count: number): string {
  const ones = builder.constant(float32([count, 1, 1], Array.from({ length: count }, () => 1)));
  const all = builder.op("Mul", [builder.op("Unsqueeze", [rows, builder.constant([0])]), ones]);
  return builder.op("Reshape", [all, builder.constant([-1, Number(builder.shape(rows)[1])])]);
}

/** The graph with only the nodes that the score needs, the selector taken as given. */
function upTo(graph: Graph, total: string, selector: string | undefined): Graph {
  const needed = new Set([total]);
  const nodes = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((name) => needed.has(name) && name !== selector)) return false;
    node.inputs.forEach((name) => needed.add(name));
    return true;
  });
  return { ...graph, nodes: nodes.toReversed() };
}

function meanOf({ builder, gradients }: Unrolled, value = gradients): string {
  return builder.op("ReduceMean", [value], { axes: [0], keepdims: 0 });
}

function imageShape({ graph }: Subject): { shape: number[]; size: number } {
  const shape = graph.values.get("input")!.shape.slice(1).map(Number);
  return { shape, size: shape.reduce((product, n) => product * n, 1) };
}

/** The network at noisy copies of the image, the same draws as when it is asked one by one. */
function atNoise(subject: Subject, { samples = 16, noise = 0.15, seed = 0 }: GraphMethodOptions): Unrolled {
  const { size } = imageShape(subject);
  const offsets = Array.from({ length: samples }, (_, i) => {
    const random = seededRandom("noise", seed, i);
    return Float32Array.from({ length: size }, () => noise * random.normal());
  });
  return unroll(subject, { scales: offsets.map(() => 1), offsets, relative: true });
}

/** SmoothGrad in one graph; the noise is part of it. */
export const smoothGradInGraph: GraphMethod["explain"] = (subject, options) => {
  const noisy = atNoise(subject, options);
  const map = largestOverChannels(noisy.builder, meanOf(noisy));
  return { graph: noisy.builder.build(), map };
};

/** SmoothGrad-squared in one graph. */
export const smoothGradSquaredInGraph: GraphMethod["explain"] = (subject, options) => {
  const noisy = atNoise(subject, options);
  const { builder, gradients } = noisy;
  const map = sumOverChannels(builder, meanOf(noisy, builder.op("Mul", [gradients, gradients])));
  return { graph: builder.build(), map };
};

/** VarGrad in one graph; of the gradients less their mean, which loses no digits. */
export const varGradInGraph: GraphMethod["explain"] = (subject, options) => {
  const noisy = atNoise(subject, options);
  const { builder, gradients } = noisy;
  const centered = builder.op("Sub", [gradients, builder.op("ReduceMean", [gradients], { axes: [0], keepdims: 1 })]);
  const map = sumOverChannels(builder, meanOf(noisy, builder.op("Mul", [centered, centered])));
  return { graph: builder.build(), map };
};

/** Integrated gradients in one graph, from one constant baseline. */
export const integratedGradientsInGraph: GraphMethod["explain"] = (subject, { samples = 16, baseline = 0 }) => {
  const { shape, size } = imageShape(subject);
  const start = typeof baseline === "number" ? new Float32Array(size).fill(baseline) : baseline.data;
  const scales = Array.from({ length: samples }, (_, i) => (i + 0.5) / samples);
  const path = unroll(subject, { scales, offsets: scales.map((share) => start.map((value) => (1 - share) * value)), relative: false });
  const { builder } = path;
  const way = builder.op("Sub", ["input", builder.constant(float32([1, ...shape], start))]);
  const map = sumOverChannels(builder, builder.op("Mul", [way, meanOf(path)]));
  return { graph: builder.build(), map };
};
