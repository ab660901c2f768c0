import { InputError } from "../../base/index.js";
import type { Graph } from "../model.js";
import { GraphBuilder } from "../graph-builder.js";

/**
 * The part of a graph between some values and some others. Values before `inputs` are cut off; inputs and constants of
 * the whole that the part needs come along.
 * @throws InputError `unknown-value`
 */
export function extractSubgraph(graph: Graph, inputs: readonly string[], outputs: readonly string[]): Graph {
  for (const name of [...inputs, ...outputs]) {
    if (graph.values.has(name)) continue;
    throw new InputError(
      "unknown-value",
      `${graph.name}: expected a value of the graph, got "${name}". Name one of its values.`,
    );
  }
  const cut = new Set(inputs);
  const needed = new Set(outputs);
  const kept = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((output) => needed.has(output) && !cut.has(output))) return false;
    node.inputs.forEach((input) => input !== "" && needed.add(input));
    return true;
  });
  const builder = new GraphBuilder({ name: graph.name });
  for (const name of inputs) {
    const { dtype, shape } = graph.values.get(name)!;
    builder.input(name, dtype, shape);
  }
  for (const { name, dtype, shape } of graph.inputs)
    if (needed.has(name) && !cut.has(name)) builder.input(name, dtype, shape);
  for (const [name, value] of graph.initializers)
    if (needed.has(name) && !cut.has(name)) builder.initializer(name, value);
  for (const node of kept.toReversed()) {
    builder.append({ ...node, outputs: node.outputs.map((output) => (cut.has(output) ? "" : output)) }, graph.values);
  }
  for (const name of outputs) builder.output(name);
  return builder.build();
}
