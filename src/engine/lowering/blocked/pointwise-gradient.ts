import type { BlockedGraph } from "./blocked-graph.js";
import type { BlockedConv } from "./conv-geometry.js";
import type { GradientOperands } from "./weight-gradient.js";

/** X at the pixels that a strided 1x1 convolution sees: a pool over windows of one pixel. */
function seen(graph: BlockedGraph, x: string, { window }: BlockedConv): string {
  const blocked = graph.blocked(x);
  if (window.strides.every((s) => s === 1)) return blocked;
  return graph.once(`every ${window.strides.join(" ")} of ${x}`, () =>
    graph.builder.op("nchwc.MaxPool", [blocked], { kernel_shape: [1, 1], strides: window.strides }),
  );
}

/** dW = Σ over images of dY[n] · X[n]ᵀ in plain order: for images whose pixels do not fill blocks. */
export function pointwiseByImage(graph: BlockedGraph, { x, dy }: GradientOperands, read: BlockedConv): string {
  const { builder } = graph;
  const { batch, filters, channels, pixels } = extentsOf(read);
  const seenX = seen(graph, x, read);
  const plainX = seenX === graph.blocked(x) ? graph.plain(x) : builder.op("nchwc.ReorderOutput", [seenX], { channels });
  const [left, right] = [graph.view(graph.plain(dy), [batch, filters, pixels]), graph.view(plainX, [batch, channels, pixels])];
  const products = builder.op("FusedMatMul", [left, right], { transB: 1 });
  const sum = builder.op("ReduceSum", [products, builder.constant([0])], { keepdims: 0 });
  return graph.view(sum, [filters, channels, 1, 1]);
}

function extentsOf({ input, output }: BlockedConv) {
  return { batch: Number(input.batch), filters: output.channels, channels: input.channels, pixels: output.height * output.width };
}

/** One side of a product over pixels, blocked. */
interface Side {
  readonly value: string;
  readonly channels: number;
  /** Whether it is dY, along the weight's first axis. */
  readonly isFirst: boolean;
}

/** The side with more channels becomes the weights of a convolution, the other one its image. */
function sidesOf(graph: BlockedGraph, { x, dy }: GradientOperands, read: BlockedConv): readonly [weights: Side, image: Side] {
  const X = { value: seen(graph, x, read), channels: read.input.channels, isFirst: false };
  const dY = { value: graph.blocked(dy), channels: read.output.channels, isFirst: true };
  return dY.channels >= X.channels ? [dY, X] : [X, dY];
}

/** The product in the order of weights; it comes blocked along the side that was the weights. */
function toWeights(graph: BlockedGraph, product: string, [weights, image]: readonly [Side, Side], { input, output }: BlockedConv): string {
  const whole = graph.view(product, [1, weights.channels, image.channels, 1]);
  const plain = graph.builder.op("nchwc.ReorderOutput", [whole], { channels: weights.channels, ...(!weights.isFirst && { channels_last: 1 }) });
  return graph.view(plain, [output.channels, input.channels, 1, 1]);
}

/**
 * dY · Xᵀ over all pixels of all images as one blocked 1x1 convolution whose channels are the pixels: one side, with images and channel blocks
 * exchanged (whole rows move), has the memory of its weights; the other one, pixels first and then blocked by pixels, is its input.
 */
export function pointwiseOverPixels(graph: BlockedGraph, operands: GradientOperands, read: BlockedConv): string {
  const { builder, block } = graph;
  const { batch, pixels } = extentsOf(read);
  const all = batch * pixels;
  const sides = sidesOf(graph, operands, read);
  const [weights, image] = sides;
  const rows = builder.op("Transpose", [graph.view(weights.value, [batch, weights.channels / block, pixels * block])], { perm: [1, 0, 2] });
  const last = builder.op("nchwc.ReorderOutput", [image.value], { channels: image.channels, channels_last: 1 });
  const byPixel = builder.op("nchwc.ReorderInput", [graph.view(last, [1, all, image.channels, 1])]);
  const product = builder.op("nchwc.Conv", [byPixel, graph.view(rows, [weights.channels, all, 1, 1])], { kernel_shape: [1, 1] });
  return toWeights(graph, product, sides, read);
}

/**
 * The same with every image as a group of the convolution: the larger side is read where it lies, as each image has the memory of one group's
 * weights, and the sum over images follows. For images whose pixels fill blocks.
 */
export function pointwiseByGroup(graph: BlockedGraph, operands: GradientOperands, read: BlockedConv): string {
  const { builder } = graph;
  const { batch, pixels } = extentsOf(read);
  const sides = sidesOf(graph, operands, read);
  const [weights, image] = sides;
  const last = builder.op("nchwc.ReorderOutput", [image.value], { channels: image.channels, channels_last: 1 });
  const byPixel = builder.op("nchwc.ReorderInput", [graph.view(last, [batch, pixels, image.channels, 1])]);
  const inputs = [graph.view(byPixel, [1, batch * pixels, image.channels, 1]), graph.view(weights.value, [batch * weights.channels, pixels, 1, 1])];
  const products = builder.op("nchwc.Conv", inputs, { kernel_shape: [1, 1], group: batch });
  const sum = builder.op("ReduceSum", [graph.view(products, [batch, weights.channels * image.channels]), builder.constant([0])], { keepdims: 0 });
  return toWeights(graph, sum, sides, read);
}
