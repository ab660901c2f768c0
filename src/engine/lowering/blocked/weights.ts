import { float32 } from "../../../base/index.js";
import type { BlockedGraph } from "./blocked-graph.js";
import { blockWeights } from "./constant-weights.js";

/** Extents of convolution weights: K filters, C channels per group, kernel positions. */
export interface WeightShape {
  readonly filters: number;
  readonly channels: number;
  readonly kernel: readonly [number, number];
}

function positions({ kernel: [height, width] }: WeightShape): number {
  return height * width;
}

/**
 * Weights as a blocked convolution reads them, [K / b, C / b, kh, kw, b of C, b of K]; with fewer channels than a block,
 * [K / b, C, kh, kw, b of K]. The runtime's own reorder does the part that moves single numbers.
 */
export function forwardWeights(graph: BlockedGraph, weights: string, shape: WeightShape): string {
  const { filters, channels } = shape;
  const b = graph.block;
  const spots = positions(shape);
  return graph.once(`forward ${weights}`, () => {
    const known = graph.builder.constantValue(weights);
    // The runtime would move them in every run.
    if (known !== undefined) return graph.builder.constant(float32([filters, channels, ...shape.kernel], blockWeights(known.data as Float32Array, shape, b)));
    const byFilter = graph.builder.op("nchwc.ReorderInput", [graph.view(weights, [1, filters, channels * spots, 1])]);
    if (channels < b || spots === 1) return graph.view(byFilter, [filters, channels, ...shape.kernel]);
    const split = graph.view(byFilter, [(filters / b) * (channels / b), b, spots, b]);
    return graph.view(graph.builder.op("Transpose", [split], { perm: [0, 2, 1, 3] }), [filters, channels, ...shape.kernel]);
  });
}

/** Depthwise weights [C, 1, kh, kw] as [C / b, kh, kw, b]. */
export function depthwiseWeights(graph: BlockedGraph, weights: string, channels: number, kernel: readonly [number, number]): string {
  return graph.once(`depthwise ${weights}`, () => {
    const known = graph.builder.constantValue(weights);
    if (known !== undefined) return graph.builder.constant(float32([channels, 1, ...kernel], blockWeights(known.data as Float32Array, { filters: channels, channels: 1, kernel }, graph.block)));
    const reordered = graph.builder.op("nchwc.ReorderInput", [graph.view(weights, [1, channels, ...kernel])]);
    return graph.view(reordered, [channels, 1, ...kernel]);
  });
}

/** Weights with the roles of C and K exchanged, [C / b, K / b, positions, b of K times b of C]. */
function transposed(graph: BlockedGraph, weights: string, shape: WeightShape): string {
  const { filters, channels } = shape;
  const b = graph.block;
  const spots = positions(shape);
  return graph.once(`transposed ${weights}`, () => {
    if (spots === 1) {
      const rows = graph.view(weights, [1, filters, 1, channels]);
      const byChannel = graph.builder.op("nchwc.ReorderInput", [rows], { channels_last: 1 });
      return graph.view(byChannel, [channels / b, filters / b, 1, b * b]);
    }
    const tiles = graph.view(forwardWeights(graph, weights, shape), [(filters / b) * (channels / b) * spots, b, b, 1]);
    const turned = graph.view(graph.builder.op("nchwc.ReorderInput", [tiles]), [filters / b, channels / b, spots, b * b]);
    return graph.builder.op("Transpose", [turned], { perm: [1, 0, 2, 3] });
  });
}

/**
 * Weights of the convolution that carries dY back to dX, with only the kernel positions asked for, in the order given
 * (row-major over `kernel`).
 */
export function backwardWeights(
  graph: BlockedGraph,
  weights: string,
  options: { readonly shape: WeightShape; readonly depthwise: boolean; readonly taps: readonly number[]; readonly kernel: readonly [number, number] },
): string {
  const { shape, depthwise, taps, kernel } = options;
  const { filters, channels } = shape;
  const spots = positions(shape);
  const all = taps.length === spots && taps.every((tap, i) => tap === i);
  if (depthwise) {
    const source = graph.view(depthwiseWeights(graph, weights, filters, shape.kernel), [filters / graph.block, spots, graph.block]);
    const picked = all ? source : graph.builder.op("Gather", [source, graph.builder.constant(taps)], { axis: 1 });
    return graph.view(picked, [filters, 1, ...kernel]);
  }
  const source = transposed(graph, weights, shape);
  const picked = all ? source : graph.builder.op("Gather", [source, graph.builder.constant(taps)], { axis: 2 });
  return graph.view(picked, [channels, filters, ...kernel]);
}
