import { InputError } from "../../base/index.js";
import type { GraphBuilder } from "../graph-builder.js";
import type { Graph } from "../model.js";

export interface InlineOptions {
  /** Put before every name of the copied graph that is not bound. */
  readonly prefix?: string;
  /** Values of the builder that stand for inputs of the graph; other inputs become inputs of the builder. */
  readonly bind?: Readonly<Record<string, string>>;
}

/**
 * Copies a graph into a builder.
 * @returns by output name of the graph, the value in the builder
 */
export function inlineInto(
  builder: GraphBuilder,
  graph: Graph,
  { prefix = "", bind = {} }: InlineOptions = {},
): Record<string, string> {
  const names = new Map<string, string>([["", ""]]);
  for (const [input, value] of Object.entries(bind)) {
    if (!graph.inputs.some(({ name }) => name === input)) {
      const known = graph.inputs.map(({ name }) => name).join(", ");
      throw new InputError(
        "unknown-value",
        `${graph.name}: expected an input to bind, got "${input}". Its inputs are ${known}.`,
      );
    }
    names.set(input, value);
  }
  for (const { name, dtype, shape } of graph.inputs)
    if (!names.has(name)) names.set(name, builder.input(prefix + name, dtype, shape));
  for (const [name, value] of graph.initializers) names.set(name, builder.initializer(prefix + name, value));
  const stated = new Map([...graph.values].map(([name, info]) => [prefix + name, info]));
  for (const node of graph.nodes) {
    for (const output of node.outputs) if (output !== "") names.set(output, prefix + output);
    const renamed = {
      ...node,
      name: prefix + node.name,
      inputs: node.inputs.map((input) => names.get(input)!),
      outputs: node.outputs.map((output) => names.get(output)!),
    };
    builder.append(renamed, stated);
  }
  return Object.fromEntries(graph.outputs.map(({ name }) => [name, names.get(name)!]));
}
