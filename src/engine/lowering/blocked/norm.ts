import type { Node } from "../../../graph/index.js";
import { floatOf } from "../attributes.js";
import type { BlockedGraph } from "./blocked-graph.js";
import type { BlockedRule } from "./contract.js";
import { affine } from "./elementwise.js";

/** Sum over pixels and images of a blocked value, [C]: the runtime's blocked mean is the fastest way through memory. */
function sumOf(graph: BlockedGraph, blocked: string, pixels: number): string {
  const { builder } = graph;
  const means = builder.op("nchwc.GlobalAveragePool", [blocked]);
  const total = builder.op("ReduceSum", [means, builder.constant([0, 2, 3])], { keepdims: 0 });
  return builder.op("Mul", [total, builder.constant(pixels)]);
}

/**
 * Σ over pixels and images of a · b, [C]. One depthwise convolution whose "images" are a and whose "weights" are b, of
 * the size of the image: the memory of a blocked value is that of depthwise weights for N · C channels.
 */
function dotOf(graph: BlockedGraph, a: string, b: string, shape: { batch: number; channels: number; height: number; width: number }): string {
  const { builder } = graph;
  const { batch, channels, height, width } = shape;
  const all = batch * channels;
  const products = builder.op("nchwc.Conv", [graph.view(a, [1, all, height, width]), graph.view(b, [all, 1, height, width])], {
    kernel_shape: [height, width],
    group: all,
  });
  return builder.op("ReduceSum", [graph.view(products, [batch, channels]), builder.constant([0])], { keepdims: 0 });
}

export const channelSum: BlockedRule = (graph, node) => {
  const [x] = node.inputs as [string];
  const image = graph.blockable(x);
  if (!image || !graph.isBlocked(x)) return false;
  graph.setPlain(node.outputs[0]!, sumOf(graph, graph.blocked(x), image.height * image.width));
  return true;
};

function statics(graph: BlockedGraph, x: string) {
  const image = graph.blockable(x);
  return image && typeof image.batch === "number" ? { ...image, batch: image.batch } : undefined;
}

function setVectors(graph: BlockedGraph, node: Node, from: number, vectors: readonly string[]): void {
  vectors.forEach((vector, i) => {
    const output = node.outputs[from + i];
    if (output) graph.setPlain(output, vector);
  });
}

/**
 * Batch statistics, then one affine pass that the activation joins. The variance is that of centered values, mean((x - mean)²):
 * mean(x²) - mean(x)² would save a pass over memory and lose the variance of channels far from zero.
 */
export const batchNormTraining: BlockedRule = (graph, node) => {
  const [x, scale, bias] = node.inputs as [string, string, string];
  const image = statics(graph, x);
  if (!image || !graph.isBlocked(x)) return false;
  const { builder } = graph;
  const pixels = image.height * image.width;
  const blocked = graph.blocked(x);
  const share = builder.constant(1 / (image.batch * pixels));
  const mean = builder.op("Mul", [sumOf(graph, blocked, pixels), share]);
  const centered = graph.emitConv(affine(graph, x, undefined, builder.op("Neg", [mean])));
  const variance = builder.op("Mul", [dotOf(graph, centered, centered, image), share]);
  const epsilon = builder.constant(floatOf(node, "epsilon", 1e-5));
  const invStd = builder.op("Reciprocal", [builder.op("Sqrt", [builder.op("Add", [variance, epsilon])])]);
  const slope = builder.op("Mul", [graph.plain(scale), invStd]);
  const offset = builder.op("Sub", [graph.plain(bias), builder.op("Mul", [mean, slope])]);
  graph.setPending(node.outputs[0]!, affine(graph, x, slope, offset));
  setVectors(graph, node, 1, [mean, variance, invStd]);
  return true;
};

/** dX = a · dY + b · X + c per channel: two affine passes, the second adds onto the first. */
export const batchNormTrainingGradient: BlockedRule = (graph, node) => {
  const [x, scale, mean, invStd, dy] = node.inputs as [string, string, string, string, string];
  const image = statics(graph, x);
  if (!image || (!graph.isBlocked(x) && !graph.isBlocked(dy))) return false;
  const { builder } = graph;
  const pixels = image.height * image.width;
  const [m, s] = [graph.plain(mean), graph.plain(invStd)];
  const total = sumOf(graph, graph.blocked(dy), pixels);
  const dot = dotOf(graph, graph.blocked(dy), graph.blocked(x), image);
  const dScale = builder.op("Mul", [s, builder.op("Sub", [dot, builder.op("Mul", [m, total])])]);
  const share = builder.constant(1 / (image.batch * pixels));
  const a = builder.op("Mul", [graph.plain(scale), s]);
  const b = builder.op("Neg", [builder.op("Mul", [builder.op("Mul", [a, s]), builder.op("Mul", [dScale, share])])]);
  const c = builder.op("Neg", [builder.op("Add", [builder.op("Mul", [a, builder.op("Mul", [total, share])]), builder.op("Mul", [b, m])])]);
  if (node.outputs[0]) {
    const base = graph.emitConv(affine(graph, x, b, c));
    graph.setPending(node.outputs[0], { ...affine(graph, dy, a), sum: base });
  }
  setVectors(graph, node, 1, [dScale, total]);
  return true;
};

/** Batch normalization with given statistics: one affine pass. */
export const batchNormalization: BlockedRule = (graph, node) => {
  const [x, ...vectors] = node.inputs as [string, ...string[]];
  if (!graph.blockable(x) || !graph.isBlocked(x) || node.outputs.length !== 1) return false;
  const [scale, bias, mean, variance] = vectors.map((value) => graph.plain(value)) as [string, string, string, string];
  const { builder } = graph;
  const epsilon = builder.constant(floatOf(node, "epsilon", 1e-5));
  const slope = builder.op("Div", [scale, builder.op("Sqrt", [builder.op("Add", [variance, epsilon])])]);
  const offset = builder.op("Sub", [bias, builder.op("Mul", [mean, slope])]);
  graph.setPending(node.outputs[0]!, affine(graph, x, slope, offset));
  return true;
};
