import type { Graph, Node } from "../../graph/index.js";
import { alignChannels } from "./aligned/align-channels.js";
import { floatOf } from "./attributes.js";
import { BlockedGraph } from "./blocked/blocked-graph.js";
import { blockedRules } from "./blocked/index.js";
import { beginCopy, copyNode, emitPlain, isComposite, scopeOf } from "./rewriter.js";

function boundOf(graph: Graph, value: string | undefined, fallback: number): number {
  const tensor = value ? graph.initializers.get(value) : undefined;
  return value ? (tensor?.data.length === 1 ? Number(tensor.data[0]) : Number.NaN) : fallback;
}

/** Clip's gradient may look at Clip's output instead of its input, which then need not be kept. */
function readClipOutputs(graph: Graph): Graph {
  const clips = graph.nodes.filter(({ op, domain }) => op === "Clip" && domain === "");
  const outputs = new Map(
    clips.map((node) => {
      const [x, min, max] = node.inputs;
      return [`${x} ${boundOf(graph, min, Number.NEGATIVE_INFINITY)} ${boundOf(graph, max, Number.POSITIVE_INFINITY)}`, node.outputs[0]!];
    }),
  );
  const nodes = graph.nodes.map((node): Node => {
    if (node.op !== "ClipGradient") return node;
    const [x, dy] = node.inputs;
    const output = outputs.get(`${x} ${floatOf(node, "min", Number.NaN)} ${floatOf(node, "max", Number.NaN)}`);
    return output === undefined ? node : { ...node, inputs: [output, dy!] };
  });
  return { ...graph, nodes };
}

/**
 * Keeps convolutions and what lies between them in the runtime's blocked memory order; nodes that the order cannot serve
 * are written plain, with one reorder per value between the two.
 */
export function lowerBlocked(graph: Graph, options: { readonly block: number; readonly extents?: Readonly<Record<string, number>> }): Graph {
  const source = alignChannels(readClipOutputs(graph), options.block);
  const builder = beginCopy(source, options.extents);
  const blocked = new BlockedGraph(builder, source, { block: options.block, extents: options.extents ?? {} });
  for (const node of source.nodes) {
    // com.microsoft is where the runtime keeps activations that ONNX lacks.
    const rule = ["", "com.microsoft"].includes(node.domain) || isComposite(node) ? blockedRules.get(node.op) : undefined;
    if (rule && builder.scope(scopeOf(node), () => rule(blocked, node))) continue;
    const inputs = builder.scope(scopeOf(node), () => node.inputs.map((value) => blocked.plain(value)));
    if (isComposite(node)) {
      const results = emitPlain(builder, node, { inputs, device: "cpu" });
      node.outputs.forEach((output, i) => output !== "" && blocked.setPlain(output, results[i]!));
    } else {
      copyNode(builder, node, inputs);
      node.outputs.forEach((output) => output !== "" && blocked.setPlain(output, output));
    }
  }
  builder.scope("lowered/outputs", () => {
    for (const { name } of source.outputs) builder.output(blocked.plain(name), name);
  });
  return builder.build();
}
