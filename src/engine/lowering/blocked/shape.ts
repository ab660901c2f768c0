import type { Node } from "../../../graph/index.js";
import { intOf } from "../attributes.js";
import { afterValue } from "../plain/after.js";
import type { BlockedGraph } from "./blocked-graph.js";
import type { BlockedRule } from "./contract.js";

/** Integers that are constants of the graph. */
function constantIntegers(graph: BlockedGraph, value: string | undefined): number[] | undefined {
  const tensor = value ? graph.builder.constantValue(graph.plain(value)) : undefined;
  return tensor && Array.from(tensor.data as Iterable<number | bigint>, Number);
}

/** Features side by side: with whole blocks of channels, an image's memory is one part's after the other's in both orders. */
export const concat: BlockedRule = (graph, node) => {
  const rank = graph.shape(node.outputs[0]!).length;
  const axis = intOf(node, "axis", 0);
  const fits = rank === 4 && (axis === 1 || axis === -3) && node.inputs.every((value) => graph.blockable(value));
  if (!fits || !node.inputs.some((value) => graph.isBlocked(value))) return false;
  graph.setFromNode(node, node.inputs.map((value) => graph.blocked(value)));
  return true;
};

/** Whole blocks of channels, from a constant first to a constant last. */
export const slice: BlockedRule = (graph, node) => {
  const [x, ...rest] = node.inputs as [string, ...string[]];
  const image = graph.blockable(x);
  if (!image || !graph.isBlocked(x) || !graph.blockable(node.outputs[0]!)) return false;
  const [starts, ends, axes, steps] = rest.map((value) => constantIntegers(graph, value));
  if (starts?.length !== 1 || ends?.length !== 1 || axes?.length !== 1 || ![1, -3].includes(axes[0]!)) return false;
  if ((rest[3] && steps?.[0] !== 1) || starts[0]! < 0 || starts[0]! % graph.block !== 0) return false;
  // The number of channels that come out is a multiple of the block, or this place would not be reached.
  graph.setFromNode(node, [graph.blocked(x), ...rest.map((value) => graph.plain(value))]);
  return true;
};

/** Whether a value has one number per image and channel, [N, C, 1, 1]: its memory is the same in both orders. */
export function isPerImageChannel(graph: BlockedGraph, value: string): boolean {
  const image = graph.blockable(value);
  return image !== undefined && image.height * image.width === 1;
}

/** One number per image and channel repeated over the positions. */
export const expand: BlockedRule = (graph, node: Node) => {
  const [x] = node.inputs as [string];
  const output = node.outputs[0]!;
  const image = graph.blockable(output);
  if (!image || !isPerImageChannel(graph, x) || image.height * image.width === 1 || graph.shape(x)[0] !== image.batch) return false;
  const b = graph.block;
  const { batch, channels, height, width } = image;
  const narrow = graph.view(graph.plain(x), [-1, 1, b]);
  const wide = graph.builder.op("Expand", [narrow, graph.builder.constant([1, height * width, 1])]);
  graph.setBlocked(output, graph.view(wide, [typeof batch === "number" ? batch : -1, channels, height, width]));
  return true;
};

/** A wait does not look at the order of what it waits with, nor of what it waits for. */
export const after: BlockedRule = (graph, node) => {
  const [x, dy] = node.inputs as [string, string];
  if (!graph.blockable(x) || !graph.isBlocked(x)) return false;
  const awaited = graph.isBlocked(dy) ? graph.blocked(dy) : graph.plain(dy);
  graph.setBlocked(node.outputs[0]!, afterValue(graph.builder, graph.blocked(x), awaited));
  return true;
};
