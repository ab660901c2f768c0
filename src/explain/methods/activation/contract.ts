import type { GraphBuilder } from "../../../graph/index.js";
import type { CamMethod } from "../contract.js";

/** Facts that methods made of activations and gradients share. */
export const camFacts = {
  kind: "cam",
  signed: false,
  sign: "large: the position speaks for the target; 0: nothing does, or something speaks against it",
  needs: ["activations", "gradients"],
  extent: "layer",
  cost: { forward: 0, backward: 1 },
} as const satisfies Partial<CamMethod>;

/** ReLU(sum_c value_c): [N, C, h, w] -> [N, h, w]. */
export function positiveSum(builder: GraphBuilder, value: string): string {
  return builder.op("Relu", [builder.op("ReduceSum", [value, builder.constant([1])], { keepdims: 0 })]);
}

/** ReLU(sum_c w_c A_c) for weights [N, C, 1, 1] or [N, C, h, w]. */
export function weightedSum(builder: GraphBuilder, activations: string, weights: string): string {
  return positiveSum(builder, builder.op("Mul", [activations, weights]));
}

/** Sum over space, [N, C, 1, 1]. */
export function spatialSum(builder: GraphBuilder, value: string): string {
  return builder.op("ReduceSum", [value, builder.constant([2, 3])], { keepdims: 1 });
}
