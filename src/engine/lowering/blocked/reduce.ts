import type { Node } from "../../../graph/index.js";
import { intOf, intsOf } from "../attributes.js";
import type { BlockedGraph } from "./blocked-graph.js";
import type { BlockedRule } from "./contract.js";

/** Whether a reduction runs over all positions and keeps its axes. */
function isOverPositions(graph: BlockedGraph, node: Node): boolean {
  const [x, given] = node.inputs as [string, string?];
  if (!graph.blockable(x) || !graph.isBlocked(x) || intOf(node, "keepdims", 1) !== 1) return false;
  const constant = given ? graph.builder.constantValue(graph.plain(given)) : undefined;
  const axes = constant ? Array.from(constant.data as Iterable<number | bigint>, Number) : intsOf(node, "axes");
  const counted = axes?.map((axis) => (axis < 0 ? axis + 4 : axis)).toSorted((a, b) => a - b);
  return counted?.length === 2 && counted[0] === 2 && counted[1] === 3;
}

/** Mean over positions, [N, C, 1, 1]: the runtime's blocked mean is the fastest way through memory. */
export const reduceMean: BlockedRule = (graph, node) => {
  if (!isOverPositions(graph, node)) return false;
  graph.setPlain(node.outputs[0]!, graph.builder.op("nchwc.GlobalAveragePool", [graph.blocked(node.inputs[0]!)]));
  return true;
};

/** Sum over positions, [N, C, 1, 1]. */
export const reduceSum: BlockedRule = (graph, node) => {
  if (!isOverPositions(graph, node)) return false;
  const { builder } = graph;
  const { height, width } = graph.blockable(node.inputs[0]!)!;
  const mean = builder.op("nchwc.GlobalAveragePool", [graph.blocked(node.inputs[0]!)]);
  graph.setPlain(node.outputs[0]!, builder.op("Mul", [mean, builder.constant(height * width)]));
  return true;
};
