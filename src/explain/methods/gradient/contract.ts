import type { GraphBuilder } from "../../../graph/index.js";
import type { GraphMethod } from "../contract.js";

/** Facts that methods of one backward pass to the image share. */
export const gradientFacts = {
  kind: "graph",
  needs: ["gradients"],
  extent: "image",
  cost: { forward: 0, backward: 1 },
} as const satisfies Partial<GraphMethod>;

/** Sign of methods whose map sums, exactly or nearly, to a difference of scores. */
export const contributionSign = "positive: the pixel raises the score against the baseline; negative: it lowers it";

/** Sign of methods that say how much and not in which direction. */
export const sensitivitySign = "large: the score changes fast with the pixel, in either direction";

/** max_c |x_c|: [N, C, H, W] -> [N, H, W]. */
export function largestOverChannels(builder: GraphBuilder, value: string): string {
  return builder.op("ReduceMax", [builder.op("Abs", [value])], { axes: [1], keepdims: 0 });
}

/** sum_c x_c: [N, C, H, W] -> [N, H, W]. */
export function sumOverChannels(builder: GraphBuilder, value: string): string {
  return builder.op("ReduceSum", [value, builder.constant([1])], { keepdims: 0 });
}
