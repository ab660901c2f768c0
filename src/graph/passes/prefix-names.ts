import type { Graph, ValueInfo } from "../model.js";
import type { PassResult } from "./contract.js";

/** Puts a prefix before the name of every node and value, so that graphs can be joined without clashes. */
export function prefixNames(graph: Graph, prefix: string): PassResult {
  if (prefix === "") return { graph, modified: false };
  const renamed = (name: string): string => (name === "" ? "" : prefix + name);
  const value = (info: ValueInfo): ValueInfo => ({ ...info, name: renamed(info.name) });
  return {
    graph: {
      name: graph.name,
      inputs: graph.inputs.map(value),
      outputs: graph.outputs.map(value),
      initializers: new Map([...graph.initializers].map(([name, tensor]) => [renamed(name), tensor])),
      nodes: graph.nodes.map((node) => ({
        ...node,
        name: renamed(node.name),
        inputs: node.inputs.map(renamed),
        outputs: node.outputs.map(renamed),
      })),
      values: new Map([...graph.values].map(([name, info]) => [renamed(name), value(info)])),
    },
    modified: true,
  };
}
