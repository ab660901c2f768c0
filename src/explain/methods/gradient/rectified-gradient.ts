import { UnsupportedError } from "../../../base/index.js";
import { differentiate } from "../../../autodiff/index.js";
import { GraphBuilder, type Graph, type Node } from "../../../graph/index.js";
import type { Subject } from "../contract.js";

/** What a rectifier passes back: gradients that are positive, where it was open ("guided") or everywhere ("deconvnet"). */
export type Rectification = "guided" | "deconvnet";

/** Backward nodes of rectifiers, by the index of the gradient among their inputs. */
const gates: Readonly<Record<string, number>> = { ReluGradient: 1, ClipGradient: 1 };

/**
 * Gradient of the score by the image with another rule for rectifiers (ReLU, and Clip as in ReLU6).
 * @returns the graph and the gradient's name, [N, C, H, W]
 * @throws UnsupportedError `no-rectifier` where the network has none: the rule would change nothing
 */
export function rectifiedGradient({ graph, total }: Subject, rule: Rectification): { graph: Graph; gradient: string } {
  const { graph: backward, gradients } = differentiate(graph, total, ["input"]);
  const before = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  const isGate = (node: Node) => node.domain === "ai.osteon" && node.op in gates && !before.has(node.outputs[0]!);
  if (!backward.nodes.some(isGate)) {
    throw new UnsupportedError(
      "no-rectifier",
      `${graph.name}: expected rectifiers (Relu, Clip) between the image and the target, got none. Smooth activations have no such rule: use saliency or integrated gradients.`,
    );
  }
  const builder = new GraphBuilder({ name: backward.name });
  for (const { name, dtype, shape } of backward.inputs) builder.input(name, dtype, shape);
  for (const [name, value] of backward.initializers) builder.initializer(name, value);
  for (const node of backward.nodes) {
    if (!isGate(node)) {
      builder.append(node, backward.values);
      continue;
    }
    const at = gates[node.op]!;
    const [name, output] = [node.name, node.outputs[0]!];
    if (rule === "deconvnet") builder.op("Relu", [node.inputs[at]!], {}, { name, output });
    else {
      const positive = builder.op("Relu", [node.inputs[at]!], {}, { name: `${output}/positive` });
      builder.append({ ...node, inputs: node.inputs.with(at, positive) });
    }
  }
  for (const { name } of backward.outputs) builder.output(name);
  return { graph: builder.build(), gradient: gradients["input"]! };
}
