import { float32 } from "../../base/index.js";
import type { GraphBuilder } from "../../graph/index.js";

/** Sum over all elements, of shape []. */
export function total(builder: GraphBuilder, value: string): string {
  return builder.op("ReduceSum", [value], { keepdims: 0 });
}

/** One weight per class, to be multiplied with [N, K]. */
export function weightRow(builder: GraphBuilder, weights: readonly number[]): string {
  return builder.constant(float32([weights.length], weights));
}

/** Sum over the batch of each case's class weight: the denominator of PyTorch's weighted mean. */
export function totalWeight(builder: GraphBuilder, targets: string, weights: readonly number[] | undefined): string {
  return total(builder, weights === undefined ? targets : builder.op("Mul", [targets, weightRow(builder, weights)]));
}
