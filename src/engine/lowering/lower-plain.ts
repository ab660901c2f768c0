import type { Device } from "../options.js";
import type { Graph } from "../../graph/index.js";
import { beginCopy, copyNode, emitPlain, isComposite } from "./rewriter.js";

/** Replaces every composite by ONNX's own operators; everything else stays as it is. */
export function lowerPlain(graph: Graph, options: { readonly device: Device; readonly extents?: Readonly<Record<string, number>> }): Graph {
  const { device, extents } = options;
  const builder = beginCopy(graph, extents);
  const renamed = new Map<string, string>();
  const now = (value: string) => renamed.get(value) ?? value;
  for (const node of graph.nodes) {
    const inputs = node.inputs.map(now);
    if (!isComposite(node)) {
      copyNode(builder, node, inputs);
      continue;
    }
    const results = emitPlain(builder, node, { inputs, device });
    node.outputs.forEach((output, i) => renamed.set(output, results[i]!));
  }
  for (const { name } of graph.outputs) builder.output(now(name), name);
  return builder.build();
}
