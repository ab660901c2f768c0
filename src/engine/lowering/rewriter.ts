import { GraphBuilder, type Graph, type Node } from "../../graph/index.js";
import { plainLowerings } from "./plain/index.js";
import type { CompositeName } from "./contract.js";

/** Copies a graph's inputs, with numbers for named extents, and its constants. */
export function beginCopy(graph: Graph, extents: Readonly<Record<string, number>> = {}): GraphBuilder {
  const builder = new GraphBuilder({ name: graph.name });
  for (const { name, dtype, shape } of graph.inputs) {
    builder.input(name, dtype, shape.map((dim) => (typeof dim === "string" ? (extents[dim] ?? dim) : dim)));
  }
  for (const [name, value] of graph.initializers) builder.initializer(name, value);
  return builder;
}

export function isComposite(node: Node): node is Node & { readonly op: CompositeName } {
  return node.domain === "ai.osteon";
}

/** Names of nodes written here can't meet names of the graph that is copied. */
export function scopeOf(node: Node): string {
  return `lowered/${node.name || node.op}`;
}

/** Writes a composite in ONNX's own operators. */
export function emitPlain(builder: GraphBuilder, node: Node & { readonly op: CompositeName }, inputs: readonly string[]): readonly string[] {
  return builder.scope(scopeOf(node), () => plainLowerings[node.op]({ builder, node, inputs }));
}
