import type { Dim, Node } from "../../../graph/index.js";
import { intOf } from "../attributes.js";
import { type SlidingWindow, windowOf } from "../window.js";
import type { BlockedGraph, ImageShape } from "./blocked-graph.js";
import type { WeightShape } from "./weights.js";

/** A two-dimensional convolution that the blocked layout can serve. */
export interface BlockedConv {
  readonly kind: "full" | "depthwise";
  readonly weights: WeightShape;
  readonly window: SlidingWindow;
  readonly input: ImageShape;
  readonly output: ImageShape;
}

function imageOf(shape: readonly Dim[]): ImageShape | undefined {
  const [batch, channels, height, width, ...more] = shape;
  if (batch === undefined || typeof channels !== "number" || typeof height !== "number" || typeof width !== "number") return undefined;
  return more.length > 0 ? undefined : { batch, channels, height, width };
}

/**
 * Reads a convolution, or one of its gradients, from the shapes of X [N, C, H, W], W [K, C / group, kh, kw] and
 * Y [N, K, oh, ow]; undefined where channels do not fill blocks.
 */
export function readConv(
  graph: BlockedGraph,
  node: Node,
  shapes: { readonly x: readonly Dim[]; readonly kernel: readonly number[]; readonly y: readonly Dim[] },
): BlockedConv | undefined {
  const input = imageOf(shapes.x);
  const output = imageOf(shapes.y);
  const [height, width] = shapes.kernel;
  if (!input || !output || shapes.kernel.length !== 2) return undefined;
  const group = intOf(node, "group", 1);
  const depthwise = group > 1 && group === input.channels && group === output.channels;
  if ((group !== 1 && !depthwise) || output.channels % graph.block !== 0) return undefined;
  const fewChannels = input.channels < graph.block && group === 1;
  if (input.channels % graph.block !== 0 && !fewChannels) return undefined;
  const window = windowOf(node, shapes.kernel, [input.height, input.width], [output.height, output.width]);
  const weights = { filters: output.channels, channels: input.channels / group, kernel: [height!, width!] as const };
  return { kind: depthwise ? "depthwise" : "full", weights, window, input, output };
}
