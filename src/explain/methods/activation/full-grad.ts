import { differentiate } from "../../../autodiff/index.js";
import { GraphBuilder, foldBatchNormalization, type Graph } from "../../../graph/index.js";
import type { GraphMethod } from "../contract.js";
import { resizeMap } from "../resize-map.js";

/** A value [N, C, h, w] that a constant bias [C] was added to. */
interface Biased {
  readonly value: string;
  readonly bias: string;
}

/** Outputs of convolutions with a bias, and of batch normalizations that are not part of one. */
function biasedLayers(graph: Graph): Biased[] {
  const builder = GraphBuilder.from(graph);
  return graph.nodes.flatMap((node) => {
    const bias = node.op === "Conv" ? node.inputs[2] : undefined;
    if (node.domain !== "" || !bias || !graph.initializers.has(bias) || builder.shape(node.outputs[0]!).length !== 4) return [];
    return [{ value: node.outputs[0]!, bias }];
  });
}

/**
 * FullGrad: the input's gradient times the input, and every convolution's bias times the gradient of its output; of each the
 * absolute value, stretched to 0..1 per image and layer, brought to the image's extent and summed over channels. Batch
 * normalization is folded into the convolution before it and so part of its bias. For a network of ReLUs without
 * biases elsewhere the sum of the terms, before their absolute values, is the score.
 * @see S. Srinivas, F. Fleuret, Full-Gradient Representation for Neural Network Visualization, NeurIPS 2019, arXiv 1905.00780, equation 8
 */
export const fullGrad: GraphMethod = {
  kind: "graph",
  title: "FullGrad",
  summary: "Input times gradient and every bias times its gradient, their sizes summed over all layers.",
  reference: "Srinivas and Fleuret 2019, arXiv 1905.00780",
  signed: false,
  sign: "large: the score depends on the position, in either direction",
  needs: ["gradients", "weights"],
  extent: "image",
  cost: { forward: 0, backward: 1 },
  explain({ graph, total }) {
    const folded = foldBatchNormalization(graph).graph;
    const layers = biasedLayers(folded);
    const { graph: backward, gradients } = differentiate(folded, total, ["input", ...new Set(layers.map(({ value }) => value))]);
    const builder = GraphBuilder.from(backward);
    const [, , height, width] = builder.shape("input").map(Number) as [number, number, number, number];
    const map = builder.scope("full-grad", () => {
      const terms = [builder.op("Mul", ["input", gradients["input"]!])];
      for (const { value, bias } of layers) {
        const perChannel = builder.op("Unsqueeze", [bias, builder.constant([1, 2])]);
        terms.push(builder.op("Mul", [gradients[value]!, perChannel]));
      }
      // Resizing is linear, so the sum over channels comes first.
      const maps = terms.map((term) => {
        const stretched = stretch(builder, builder.op("Abs", [term]));
        return resizeMap(builder, builder.op("ReduceSum", [stretched, builder.constant([1])], { keepdims: 0 }), { height, width });
      });
      return maps.length === 1 ? maps[0]! : builder.op("Sum", maps);
    });
    return { graph: builder.build(), map };
  },
};

/** (x - min) / (max - min) per image; zeros where x does not vary. */
function stretch(builder: GraphBuilder, value: string): string {
  const low = builder.op("ReduceMin", [value], { axes: [1, 2, 3], keepdims: 1 });
  const range = builder.op("Sub", [builder.op("ReduceMax", [value], { axes: [1, 2, 3], keepdims: 1 }), low]);
  return builder.op("Div", [builder.op("Sub", [value, low]), builder.op("Max", [range, builder.constant(1e-20)])]);
}
