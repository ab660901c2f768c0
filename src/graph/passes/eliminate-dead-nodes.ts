import type { Graph, ValueInfo } from "../model.js";
import type { PassResult } from "./contract.js";

/** Values that some outputs need, themselves included. */
export function neededFor(graph: Graph, outputs: readonly string[]): Set<string> {
  const needed = new Set(outputs);
  for (const node of graph.nodes.toReversed()) {
    if (node.outputs.some((output) => needed.has(output)))
      node.inputs.forEach((input) => input !== "" && needed.add(input));
  }
  return needed;
}

/** Keeps only the nodes and constants that the outputs need. Inputs stay, they are the graph's signature. */
export function eliminateDeadNodes(graph: Graph): PassResult {
  const needed = neededFor(
    graph,
    graph.outputs.map(({ name }) => name),
  );
  const nodes = graph.nodes.filter(({ outputs }) => outputs.some((output) => output !== "" && needed.has(output)));
  const initializers = new Map([...graph.initializers].filter(([name]) => needed.has(name)));
  if (nodes.length === graph.nodes.length && initializers.size === graph.initializers.size)
    return { graph, modified: false };
  const alive = new Set([
    ...graph.inputs.map(({ name }) => name),
    ...initializers.keys(),
    ...nodes.flatMap(({ outputs }) => outputs),
  ]);
  const values = new Map<string, ValueInfo>([...graph.values].filter(([name]) => alive.has(name)));
  return { graph: { ...graph, nodes, initializers, values }, modified: true };
}
