import { UnsupportedError } from "../../../base/index.js";
import { GraphBuilder, type Graph, type Node } from "../../../graph/index.js";
import type { GraphMethod } from "../contract.js";

/** Operators that pass features on, between the mean over space and the linear layer. */
const passing = new Set(["Identity", "Dropout", "Flatten", "Reshape", "Squeeze"]);

/** Weight [K, C] or [C, K] of the one linear layer behind the mean over space of `layer`. */
function linearHead(graph: Graph, layer: string): { weight: string; transposed: boolean } {
  const producers = new Map<string, Node>(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const back = (value: string): string => {
    const node = producers.get(value);
    return node && passing.has(node.op) ? back(node.inputs[0]!) : value;
  };
  const head = producers.get(back("logits"));
  const mean = head && producers.get(back(head.inputs[0]!));
  const isMean = mean?.op === "GlobalAveragePool" && back(mean.inputs[0]!) === back(layer);
  const weight = head?.op === "Gemm" ? head.inputs[1] : undefined;
  if (isMean && weight !== undefined && graph.initializers.has(weight)) return { weight, transposed: head!.attributes["transB"]?.value === 1 };
  throw new UnsupportedError(
    "cam-structure",
    `CAM, layer "${layer}": expected a mean over space and one linear layer behind it, got ${mean?.op ?? head?.op ?? "other operators"}. Use Grad-CAM, which is the same where CAM exists.`,
  );
}

/**
 * CAM: the features of the last layer weighted by the class's row of the linear layer, sum_c W_kc A_c. Its mean over space is
 * the logit less the bias. Only for a layer that is averaged over space and followed by one linear layer.
 * @see B. Zhou et al., Learning Deep Features for Discriminative Localization, CVPR 2016, doi 10.1109/CVPR.2016.319, equation 2
 */
export const cam: GraphMethod = {
  kind: "graph",
  title: "CAM",
  summary: "Features of the last layer weighted by the class's row of the linear layer behind their mean.",
  reference: "Zhou et al. 2016, doi 10.1109/CVPR.2016.319",
  signed: true,
  sign: "positive: the position adds to the score; negative: it takes from it",
  needs: ["activations", "weights"],
  extent: "layer",
  cost: { forward: 0, backward: 0 },
  explain({ graph, selector, layer }) {
    if (selector === undefined)
      throw new UnsupportedError("cam-target", "CAM: expected a class or a difference of classes by their logits as target, got another. Use Grad-CAM.");
    const { weight, transposed } = linearHead(graph, layer);
    const builder = GraphBuilder.from(graph);
    const map = builder.scope("cam", () => {
      const rows = builder.op("MatMul", [selector, transposed ? weight : builder.op("Transpose", [weight], { perm: [1, 0] })]);
      const weights = builder.op("Unsqueeze", [rows, builder.constant([2, 3])]);
      return builder.op("ReduceSum", [builder.op("Mul", [layer, weights]), builder.constant([1])], { keepdims: 0 });
    });
    return { graph: builder.build(), map };
  },
};
