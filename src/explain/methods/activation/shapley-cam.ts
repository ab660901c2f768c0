import { differentiate } from "../../../autodiff/index.js";
import { GraphBuilder } from "../../../graph/index.js";
import type { GraphMethod } from "../contract.js";
import { gatherMaxPools } from "../gather-max-pools.js";
import { camFacts, weightedSum } from "./contract.js";

/**
 * ShapleyCAM: the weight of a channel is the mean over space of g - H A / 2, the Shapley value of its activation under a second-order
 * expansion of the score; g is the gradient and H A the product of the Hessian with the activations. Behind a piecewise linear
 * tail the Hessian of a logit is zero and the map that of Grad-CAM: the authors explain the ReST score (`scale: "rest"`).
 * @see H. Cai, CAMs as Shapley Value-based Explainers, 2025, arXiv 2501.06261, equation 13
 */
export const shapleyCam: GraphMethod = {
  ...camFacts,
  kind: "graph",
  title: "ShapleyCAM",
  summary: "Channels weighted by gradient less half the curvature along the activations.",
  reference: "Cai 2025, arXiv 2501.06261",
  cost: { forward: 0, backward: 2 },
  explain({ graph, total, layer }) {
    const first = differentiate(gatherMaxPools(graph, layer), total, [layer]);
    const gradient = first.gradients[layer]!;
    const forward = GraphBuilder.from(first.graph);
    // d/dA sum(g A) = H A + g
    const along = forward.op("ReduceSum", [forward.op("Mul", [gradient, layer])], { keepdims: 0 });
    const second = differentiate(forward.build(), along, [layer]);
    const builder = GraphBuilder.from(second.graph);
    const half = (value: string, factor: number) => builder.op("Mul", [value, builder.constant(factor)]);
    const weights = builder.op("Sub", [half(gradient, 1.5), half(second.gradients[layer]!, 0.5)]);
    const map = weightedSum(builder, layer, builder.op("ReduceMean", [weights], { axes: [2, 3], keepdims: 1 }));
    return { graph: builder.build(), map };
  },
};
