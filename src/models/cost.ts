import { sizeOf } from "../base/index.js";
import type { Graph } from "../graph/index.js";
import type { Network } from "./network.js";

/** Number of learnable values: weights, biases, scales; running statistics are not learned. */
export function countParameters(network: Pick<Network, "parameters">): number {
  return network.parameters
    .filter(({ role }) => role !== "runningMean" && role !== "runningVariance")
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/**
 * Multiply-add operations of convolutions and linear layers for one image, the figure torchvision publishes as
 * "GFLOPS". A convolution costs K h w (C / groups) kh kw, a linear layer K C.
 */
export function countMultiplyAdds(graph: Graph): number {
  const extents = (value: string): number[] => graph.values.get(value)!.shape.slice(1).map(Number);
  let sum = 0;
  for (const node of graph.nodes) {
    if (node.op !== "Conv" && node.op !== "Gemm") continue;
    const weight = graph.values.get(node.inputs[1]!)!.shape.map(Number);
    sum += sizeOf(extents(node.outputs[0]!)) * sizeOf(weight.slice(1));
  }
  return sum;
}
