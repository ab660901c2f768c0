import type { Device } from "../options.js";
import type { Graph } from "../../graph/index.js";
import { absentOperators } from "./plain/index.js";
import { beginCopy, copyNode, emitPlain, isComposite, scopeOf } from "./rewriter.js";

/** Replaces every composite by ONNX's own operators; everything else stays as it is. */
export function lowerPlain(graph: Graph, options: { readonly device: Device; readonly extents?: Readonly<Record<string, number>> }): Graph {
  const { device, extents } = options;
  const builder = beginCopy(graph, extents);
  const renamed = new Map<string, string>();
  const now = (value: string) => renamed.get(value) ?? value;
  for (const node of graph.nodes) {
    const inputs = node.inputs.map(now);
    const absent = node.domain === "" ? absentOperators[device]?.[node.op] : undefined;
    if (absent !== undefined) {
      const results = builder.scope(scopeOf(node), () => absent({ builder, node, inputs }));
      node.outputs.forEach((output, i) => renamed.set(output, results[i]!));
      continue;
    }
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
