import { dataTypeOf } from "../data-type.js";
import { GraphBuilder } from "../graph-builder.js";
import type { Graph, Node } from "../model.js";
import type { PassResult } from "./contract.js";

function targetOf(node: Node): string {
  return dataTypeOf(Number(node.attributes["to"]?.value), node.name);
}

/**
 * Takes out casts from float32 to float16 and back, where nothing else reads the float16 values: a sum that was made in float32 need not be
 * rounded on its way to who wants it in float32. Values that are asked for by name are kept under it; the first cast is left where it is, to nobody's use.
 * @param kept names that have to be there afterwards, beside those of the outputs
 */
export function joinCasts(graph: Graph, kept: readonly string[] = []): PassResult {
  const producers = new Map(graph.nodes.filter(({ op, domain }) => op === "Cast" && domain === "").map((node) => [node.outputs[0]!, node]));
  const readers = new Map<string, number>();
  for (const { inputs } of graph.nodes) for (const input of inputs) readers.set(input, (readers.get(input) ?? 0) + 1);
  const named = new Set([...kept, ...graph.outputs.map(({ name }) => name)]);
  const sources = new Map<string, string>();
  for (const node of producers.values()) {
    const [input] = node.inputs as [string];
    const before = producers.get(input);
    if (before === undefined || targetOf(before) !== "float16" || targetOf(node) !== "float32" || readers.get(input) !== 1 || named.has(input)) continue;
    if (graph.values.get(before.inputs[0]!)?.dtype === "float32") sources.set(node.outputs[0]!, before.inputs[0]!);
  }
  if (sources.size === 0) return { graph, modified: false };
  const now = (value: string): string => sources.get(value) ?? value;
  const builder = GraphBuilder.from({ ...graph, nodes: [], outputs: [] });
  for (const node of graph.nodes) {
    const [output] = node.outputs as [string];
    if (!sources.has(output)) builder.append({ ...node, inputs: node.inputs.map(now) }, graph.values);
    else if (named.has(output)) builder.op("Identity", [now(output)], {}, { name: node.name, output });
  }
  for (const { name } of graph.outputs) builder.output(name);
  return { graph: builder.build(), modified: true };
}
