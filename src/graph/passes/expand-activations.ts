import { GraphBuilder } from "../graph-builder.js";
import type { Graph, Node } from "../model.js";
import type { PassResult } from "./contract.js";

type Expansion = (builder: GraphBuilder, x: string, node: Node) => { factors: readonly [string, string] };

/** What an activation of the runtime's own operator set is in ONNX's: a product of two values. */
const expansions: Readonly<Record<string, Expansion>> = {
  // x / 2 · (1 + erf(x / √2))
  Gelu: (builder, x) => {
    const error = builder.op("Erf", [builder.op("Mul", [x, builder.constant(Math.SQRT1_2)])]);
    const half = builder.op("Mul", [x, builder.constant(0.5)]);
    return { factors: [half, builder.op("Add", [error, builder.constant(1)])] };
  },
  // x · sigmoid(alpha · x)
  QuickGelu: (builder, x, node) => {
    const alpha = node.attributes["alpha"]?.kind === "float" ? node.attributes["alpha"].value : 1.702;
    return { factors: [x, builder.op("Sigmoid", [alpha === 1 ? x : builder.op("Mul", [x, builder.constant(alpha)])])] };
  },
};

function expansionOf({ domain, op }: Node): Expansion | undefined {
  return domain === "com.microsoft" ? expansions[op] : undefined;
}

/** Writes Gelu and QuickGelu, which only ONNX Runtime has in this opset, in ONNX's own operators; for files that any runtime can run. */
export function expandActivations(graph: Graph): PassResult {
  if (!graph.nodes.some(expansionOf)) return { graph, modified: false };
  const builder = new GraphBuilder({ name: graph.name });
  for (const { name, dtype, shape } of graph.inputs) builder.input(name, dtype, shape);
  for (const [name, value] of graph.initializers) builder.initializer(name, value);
  for (const node of graph.nodes) {
    const expansion = expansionOf(node);
    if (expansion === undefined) {
      builder.append(node, graph.values);
      continue;
    }
    const scope = `expanded/${node.name || node.op}`;
    const { factors } = builder.scope(scope, () => expansion(builder, node.inputs[0]!, node));
    builder.op("Mul", factors, {}, { name: node.name, output: node.outputs[0]! });
  }
  for (const { name } of graph.outputs) builder.output(name);
  return { graph: builder.build(), modified: true };
}
