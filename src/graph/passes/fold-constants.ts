import type { Tensor } from "../../base/index.js";
import { sizeOf } from "../../base/index.js";
import { isStatic } from "../dim.js";
import { GraphBuilder } from "../graph-builder.js";
import type { Graph, Node } from "../model.js";
import { operatorOf } from "../operators/index.js";
import type { PassResult } from "./contract.js";
import { eliminateDeadNodes } from "./eliminate-dead-nodes.js";
import { evaluators } from "./evaluate-constant.js";

export interface FoldOptions {
  /** Most elements a result may have that is larger than its inputs. */
  readonly maxGrowth?: number;
}

/**
 * Replaces nodes whose results are known by constants: shape arithmetic, views and transposes of constants, and exact
 * arithmetic. Nothing changes to the last bit; nodes that compute outputs of the graph stay.
 */
export function foldConstants(graph: Graph, { maxGrowth = 4096 }: FoldOptions = {}): PassResult {
  const builder = GraphBuilder.from(graph);
  const folded = new Map<string, Tensor>();
  const constant = (value: string): Tensor | undefined => folded.get(value) ?? builder.constantValue(value);
  const kept = new Set(graph.outputs.map(({ name }) => name));

  const evaluate = (node: Node): Tensor | undefined => {
    const output = node.outputs[0]!;
    const known = builder.constantValue(output);
    if (known !== undefined) return known;
    const key = operatorOf(node);
    const evaluator = key === undefined ? undefined : evaluators[key];
    const info = graph.values.get(output);
    if (evaluator === undefined || info === undefined || !isStatic(info.shape)) return undefined;
    const inputs = node.inputs.map((input) => (input === "" ? undefined : constant(input)));
    if (!inputs.every((input) => input !== undefined)) return undefined;
    const largest = Math.max(maxGrowth, ...inputs.map(({ data }) => data.length));
    if (sizeOf(info.shape) > largest) return undefined;
    return evaluator({ node, inputs, dtype: info.dtype, shape: info.shape });
  };

  for (const node of graph.nodes) {
    const isSingle = node.outputs.filter((output) => output !== "").length === 1 && node.outputs[0] !== "";
    if (!isSingle || kept.has(node.outputs[0]!)) continue;
    const value = evaluate(node);
    if (value !== undefined) folded.set(node.outputs[0]!, value);
  }
  if (folded.size === 0) return { graph, modified: false };
  const nodes = graph.nodes.filter(({ outputs }) => !folded.has(outputs[0]!));
  const initializers = new Map([...graph.initializers, ...folded]);
  return { graph: eliminateDeadNodes({ ...graph, nodes, initializers }).graph, modified: true };
}
