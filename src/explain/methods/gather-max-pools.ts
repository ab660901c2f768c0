import { GraphBuilder, type Graph } from "../../graph/index.js";

/**
 * Writes every MaxPool behind a value as reading its input at the positions of the maxima, which is the same function with
 * the positions as constants: so it has a second derivative, zero, and can be weighted position by position.
 */
export function gatherMaxPools(graph: Graph, behind: string): Graph {
  const dependent = new Set([behind]);
  const builder = new GraphBuilder({ name: graph.name });
  for (const { name, dtype, shape } of graph.inputs) builder.input(name, dtype, shape);
  for (const [name, value] of graph.initializers) builder.initializer(name, value);
  for (const node of graph.nodes) {
    const reached = node.inputs.some((name) => dependent.has(name));
    if (reached) node.outputs.forEach((name) => dependent.add(name));
    if (reached && node.op === "MaxPool" && node.domain === "") {
      const pooled = `${node.outputs[0]}/maximum`;
      const positions = `${node.outputs[0]}/positions`;
      builder.append({ ...node, name: pooled, outputs: [pooled, positions] });
      gatherAt(builder, node.inputs[0]!, positions, node.outputs[0]);
    } else builder.append(node, graph.values);
  }
  for (const { name } of graph.outputs) builder.output(name);
  return builder.build();
}

/**
 * Elements of [N, C, H, W] at flat positions [N, C, h, w] of the whole tensor.
 * @param output name of the result; a fresh one where left out
 */
export function gatherAt(builder: GraphBuilder, value: string, positions: string, output?: string): string {
  const flat = (name: string) => builder.op("Reshape", [name, builder.constant([-1])]);
  const gathered = builder.op("GatherElements", [flat(value), flat(positions)], { axis: 0 });
  const extents = builder.shape(positions).slice(1).map(Number);
  const named = output === undefined ? {} : { name: output, output };
  return builder.op("Reshape", [gathered, builder.constant([-1, ...extents])], {}, named);
}
