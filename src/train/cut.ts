import { sizeOf } from "../base/index.js";
import type { Dim, Graph, Node } from "../graph/index.js";
import type { Network } from "../models/index.js";

/** Nodes that lie between a value and an output, in order. Parameters and constants are taken for granted. */
export function nodesBetween(graph: Graph, start: string, output: string): Node[] {
  const needed = new Set([output]);
  const kept: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => name !== start && needed.has(name))) continue;
    kept.push(node);
    for (const name of node.inputs) if (name !== "" && name !== start) needed.add(name);
  }
  return kept.reverse();
}

/** Elements per case: the extents after the first. */
export function sizePerCase(shape: readonly Dim[]): number {
  return sizeOf(shape.slice(1) as number[]);
}

/**
 * The place where frozen features are cheapest to keep: from the end of the frozen stages on, as long as the one node that follows has no parameter,
 * draws nothing at random and makes the value no larger. Global average pooling is so taken into the frozen part.
 * @param boundary value at the end of the last frozen stage
 */
export function narrowestCut(network: Network, boundary: string): string {
  const { graph } = network;
  const parameters = new Set(network.parameters.map(({ name }) => name));
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  let cut = boundary;
  for (;;) {
    const consumers = graph.nodes.filter(({ inputs }) => inputs.includes(cut));
    const [node] = consumers;
    if (node === undefined || consumers.length > 1 || node.op === "Dropout" || outputs.has(cut)) return cut;
    const others = node.inputs.filter((name) => name !== cut && name !== "");
    const [next] = node.outputs;
    if (next === undefined || node.outputs.length > 1 || outputs.has(next)) return cut;
    if (others.some((name) => parameters.has(name) || !graph.initializers.has(name))) return cut;
    if (network.droppedBranches?.has(next)) return cut;
    if (sizePerCase(graph.values.get(next)!.shape) > sizePerCase(graph.values.get(cut)!.shape)) return cut;
    cut = next;
  }
}
