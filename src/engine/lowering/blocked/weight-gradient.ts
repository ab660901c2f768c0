import { intsOf } from "../attributes.js";
import type { BlockedGraph } from "./blocked-graph.js";
import { type BlockedConv, readConv } from "./conv-geometry.js";
import type { BlockedRule } from "./contract.js";
import { depthwiseGradient } from "./depthwise-gradient.js";
import { pointwiseGradient } from "./pointwise-gradient.js";
import { tapsGradient } from "./taps-gradient.js";

/** The two values a weight gradient is made of, by their old names. */
export interface GradientOperands {
  readonly x: string;
  readonly dy: string;
}

export type WeightGradientForm = (graph: BlockedGraph, operands: GradientOperands, read: BlockedConv) => string | undefined;

function isPointwise({ window, kind }: BlockedConv): boolean {
  const zero = [...window.before, ...window.after].every((p) => p === 0);
  return kind === "full" && window.kernel.every((k) => k === 1) && zero;
}

/** dW of a convolution, in the form that was measured to be fastest for its shape. */
export const convWeightGradient: BlockedRule = (graph, node) => {
  const [x, dy] = node.inputs as [string, string];
  if (!graph.isFloat(x) || (!graph.isBlocked(dy) && !graph.isBlocked(x))) return false;
  const read = readConv(graph, node, { x: graph.shape(x), kernel: intsOf(node, "kernel_shape")!, y: graph.shape(dy) });
  if (!read || typeof read.input.batch !== "number") return false;
  const form = read.kind === "depthwise" ? depthwiseGradient : isPointwise(read) ? pointwiseGradient : tapsGradient;
  const result = form(graph, { x, dy }, read);
  if (result === undefined) return false;
  graph.setPlain(node.outputs[0]!, result);
  return true;
};
