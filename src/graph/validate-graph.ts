import { InternalError } from "../base/index.js";
import { nodeTitle } from "./infer-node.js";
import type { Graph } from "./model.js";

/**
 * Checks that a graph is in static single assignment form, its nodes in topological order and its outputs defined.
 * @throws InternalError `invalid-graph` naming the value and the node
 */
export function validateGraph(graph: Graph): void {
  const defined = new Set<string>();
  const define = (name: string, where: string): void => {
    if (name === "" || defined.has(name)) {
      throw new InternalError(
        "invalid-graph",
        `${graph.name}, ${where}: expected a value with a name of its own, got "${name}".`,
      );
    }
    defined.add(name);
  };
  for (const { name } of graph.inputs) define(name, "inputs");
  for (const name of graph.initializers.keys()) define(name, "initializers");
  for (const node of graph.nodes) {
    for (const input of node.inputs) {
      if (input !== "" && !defined.has(input)) {
        throw new InternalError(
          "invalid-graph",
          `${graph.name}, ${nodeTitle(node)}: expected inputs defined before, got "${input}".`,
        );
      }
    }
    for (const output of node.outputs) if (output !== "") define(output, nodeTitle(node));
  }
  for (const { name } of graph.outputs) {
    if (!defined.has(name))
      throw new InternalError("invalid-graph", `${graph.name}: expected outputs that are defined, got "${name}".`);
  }
}
