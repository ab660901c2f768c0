import { InternalError, UnsupportedError } from "../../../base/index.js";
import { differentiate } from "../../../autodiff/index.js";
import { GraphBuilder, type Graph, type Node } from "../../../graph/index.js";

/**
 * A second path from the image to the score, with the same values and other derivatives. Where a rule says that an operator hands back
 * relevance by a ratio, its stand-in multiplies by the ratio, taken from the first path as a constant; so one
 * ordinary backward pass through the second path carries relevance instead of slopes.
 */
export interface StandIn {
  readonly builder: GraphBuilder;
  readonly node: Node;
  /** Value on the first path: what the network computes. */
  readonly x: readonly string[];
  readonly y: string;
  /** Value on the second path; undefined for an input that does not depend on the image. */
  readonly live: readonly (string | undefined)[];
  /** The node again on the second path, as it is. */
  readonly copy: () => string;
}

/** @returns the stand-in for the node's output; undefined where it is held constant */
export type StandInRule = (context: StandIn) => string | undefined;

/** Operators that are linear, or choose among their inputs: their own derivative hands relevance back in proportion. */
const linear = new Set([
  "Add", "Sum", "Sub", "Neg", "Identity", "Dropout", "Cast", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Transpose", "Concat", "Slice", "Split", "Pad", "Expand", "Tile",
  "Gather", "GlobalAveragePool", "AveragePool", "ReduceSum", "ReduceMean", "Resize", "BatchNormalization", "Conv", "Gemm", "MatMul", "ConvTranspose",
]);

/** The operator as it is. */
export const asItIs: StandInRule = ({ copy }) => copy();

/**
 * Differentiates the second path of a graph.
 * @param start adds what stands for the image on the second path, and names what is differentiated by
 * @param rules by operator; one that has none is followed as it is where it is linear
 * @returns the graph and the derivative of the score
 * @throws UnsupportedError `no-relevance-rule` naming the node
 */
export function differentiateStandIn(
  graph: Graph,
  { total, method, rules, start }: { readonly total: string; readonly method: string; readonly rules: Readonly<Record<string, StandInRule>>; readonly start: (builder: GraphBuilder) => { readonly image: string; readonly by: string } },
): { graph: Graph; derivative: string } {
  const builder = GraphBuilder.from(graph);
  const { image, by } = builder.scope(method, () => start(builder));
  const live = new Map<string, string>([["input", image]]);
  for (const node of neededNodes(graph, total)) {
    if (!node.inputs.some((name) => live.has(name))) continue;
    const y = node.outputs[0]!;
    if (!builder.dtype(y).startsWith("float")) continue;
    const copy = () => copyNode(builder, node, live, graph);
    const rule = rules[node.op] ?? (linear.has(node.op) ? asItIs : undefined);
    if (rule === undefined) {
      throw new UnsupportedError(
        "no-relevance-rule",
        `${method}, ${node.op} "${node.name}": expected an operator that it has a rule for, got one without. Use integrated gradients, which needs none.`,
      );
    }
    const stood = builder.scope(`${method}/${node.name || y}`, () => rule({ builder, node, x: node.inputs, y, live: node.inputs.map((name) => live.get(name)), copy }));
    if (stood !== undefined) live.set(y, stood);
  }
  const score = live.get(total);
  if (score === undefined)
    throw new UnsupportedError("relevance-target", `${method}: expected a target by its logits, or a unit, got one behind a softmax. Choose the scale "logit".`);
  const before = builder.build();
  const { graph: backward, gradients } = differentiate(before, score, [by]);
  return { graph: readFirstPath(backward, before.nodes.length, new Map([...live].map(([first, second]) => [second, first]))), derivative: gradients[by]! };
}

function neededNodes(graph: Graph, total: string): Node[] {
  const needed = new Set([total]);
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    node.inputs.forEach((name) => needed.add(name));
    nodes.unshift(node);
  }
  return nodes;
}

function copyNode(builder: GraphBuilder, node: Node, names: ReadonlyMap<string, string>, graph: Graph): string {
  if (node.outputs.filter((name) => name !== "").length > 1)
    throw new InternalError("copied-node", `${node.op} "${node.name}": expected one output, got ${node.outputs.length}.`);
  let name = `live/${node.outputs[0]}`;
  while (builder.has(name)) name = `live/${name}`;
  const stated = new Map([[name, graph.values.get(node.outputs[0]!)!]]);
  builder.append({ ...node, name, inputs: node.inputs.map((input) => names.get(input) ?? input), outputs: [name] }, stated);
  return name;
}

/** Both paths have the same values: the backward pass reads the first, so that the second need not be computed. */
function readFirstPath(graph: Graph, forwardNodes: number, first: ReadonlyMap<string, string>): Graph {
  const nodes = graph.nodes.map((node, i) => (i < forwardNodes ? node : { ...node, inputs: node.inputs.map((name) => first.get(name) ?? name) }));
  return { ...graph, nodes };
}

/**
 * A copy of the network that sees other values, with the same constants.
 * @param given by name of a value, what stands for it in the copy: the image, and what else is given
 * @returns by name of a value, its name in the copy; values that do not depend on the image have none
 */
export function copyNetwork(builder: GraphBuilder, graph: Graph, given: ReadonlyMap<string, string>, prefix: string): Map<string, string> {
  const names = new Map(given);
  for (const node of graph.nodes) {
    if (!node.inputs.some((name) => names.has(name))) continue;
    // What is chosen by the image, such as the predicted class, stays that of the image.
    if (!graph.values.get(node.outputs[0]!)?.dtype.startsWith("float")) continue;
    const outputs = node.outputs.map((name) => (name === "" ? "" : `${prefix}/${name}`));
    const stated = new Map(node.outputs.flatMap((name, i) => (name === "" ? [] : [[outputs[i]!, graph.values.get(name)!] as const])));
    builder.append({ ...node, name: `${prefix}/${node.name || node.outputs[0]}`, inputs: node.inputs.map((name) => names.get(name) ?? name), outputs }, stated);
    node.outputs.forEach((name, i) => name !== "" && names.set(name, outputs[i]!));
  }
  return names;
}
