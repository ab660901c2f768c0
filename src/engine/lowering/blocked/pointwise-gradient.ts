import type { BlockedGraph } from "./blocked-graph.js";
import type { BlockedConv } from "./conv-geometry.js";
import type { WeightGradientForm } from "./weight-gradient.js";

interface Extents {
  readonly batch: number;
  readonly filters: number;
  readonly channels: number;
  readonly pixels: number;
}

/** X at the pixels that a strided 1x1 convolution sees: a pool over windows of one pixel. */
function seen(graph: BlockedGraph, x: string, { window }: BlockedConv): string {
  const blocked = graph.blocked(x);
  if (window.strides.every((s) => s === 1)) return blocked;
  return graph.once(`every ${window.strides.join(" ")} of ${x}`, () =>
    graph.builder.op("nchwc.MaxPool", [blocked], { kernel_shape: [1, 1], strides: window.strides }),
  );
}

/** dW = Σ over images of dY[n] · X[n]ᵀ in plain order: best where an image has many more pixels than the layer channels. */
function perImage(graph: BlockedGraph, x: string, dy: string, { batch, filters, channels, pixels }: Extents): string {
  const { builder } = graph;
  const left = graph.view(dy, [batch, filters, pixels]);
  const right = graph.view(x, [batch, channels, pixels]);
  const products = builder.op("FusedMatMul", [left, right], { transB: 1 });
  return builder.op("ReduceSum", [products, builder.constant([0])], { keepdims: 0 });
}

/**
 * a · bᵀ over all pixels of all images, [A, B], as one blocked 1x1 convolution whose channels are the pixels: `a`, with
 * images and channel blocks exchanged (whole rows move), has the memory of its weights; `b`, pixels first and then
 * blocked by pixels, is its input. The result is blocked along A.
 */
function overPixels(graph: BlockedGraph, a: string, b: string, extents: { batch: number; pixels: number; left: number; right: number }): string {
  const { builder } = graph;
  const { batch, pixels, left, right } = extents;
  const block = graph.block;
  const all = batch * pixels;
  const rows = builder.op("Transpose", [graph.view(a, [batch, left / block, pixels * block])], { perm: [1, 0, 2] });
  const last = builder.op("nchwc.ReorderOutput", [b], { channels: right, channels_last: 1 });
  const byPixel = builder.op("nchwc.ReorderInput", [graph.view(last, [1, all, right, 1])]);
  return builder.op("nchwc.Conv", [byPixel, graph.view(rows, [left, all, 1, 1])], { kernel_shape: [1, 1] });
}

/** dW of a 1x1 convolution. */
export const pointwiseGradient: WeightGradientForm = (graph, { x, dy }, read) => {
  const { builder } = graph;
  const filters = read.output.channels;
  const channels = read.input.channels;
  if (channels % graph.block !== 0) return undefined;
  const extents = { batch: Number(read.input.batch), filters, channels, pixels: read.output.height * read.output.width };
  const { batch, pixels } = extents;
  const seenX = seen(graph, x, read);
  if (Math.max(filters, channels) < 0.6 * pixels || (batch * pixels) % graph.block !== 0) {
    const plainX = seenX === graph.blocked(x) ? graph.plain(x) : builder.op("nchwc.ReorderOutput", [seenX], { channels });
    return graph.view(perImage(graph, plainX, graph.plain(dy), extents), [filters, channels, 1, 1]);
  }
  const blockedDy = graph.blocked(dy);
  const gradient =
    filters >= channels
      ? builder.op("nchwc.ReorderOutput", [overPixels(graph, blockedDy, seenX, { batch, pixels, left: filters, right: channels })], { channels: filters })
      : builder.op("nchwc.ReorderOutput", [overPixels(graph, seenX, blockedDy, { batch, pixels, left: channels, right: filters })], { channels, channels_last: 1 });
  return graph.view(gradient, [filters, channels, 1, 1]);
};
