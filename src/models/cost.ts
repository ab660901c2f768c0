import { sizeOf } from "../base/index.js";
import { divideDims, multiplyDims } from "../graph/index.js";
import type { Graph, Node } from "../graph/index.js";
import type { Network } from "./network.js";

/** Number of learnable values: weights, biases, scales; running statistics are not learned. */
export function countParameters(network: Pick<Network, "parameters">): number {
  return network.parameters
    .filter(({ role }) => role !== "runningMean" && role !== "runningVariance")
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/**
 * Multiply-add operations of one node for one image. A convolution costs K h w (C / groups) kh kw, a linear layer K C for
 * every row, a product of matrices its elements times the extent summed over. Pooling written as a product with a constant
 * counts as pooling, which costs nothing; so does every other operator.
 */
export function multiplyAddsOf(graph: Graph, { op, inputs, outputs }: Node): number {
  const shapeOf = (value: string) => graph.values.get(value)!.shape;
  const isProduct = op === "MatMul" && !graph.initializers.has(inputs[1]!);
  if (op !== "Conv" && op !== "Gemm" && !isProduct) return 0;
  const perElement = isProduct ? Number(shapeOf(inputs[0]!).at(-1)) : sizeOf(shapeOf(inputs[1]!).slice(1).map(Number));
  return Number(divideDims(multiplyDims(shapeOf(outputs[0]!)), graph.inputs[0]!.shape[0]!)) * perElement;
}

/** Multiply-add operations of convolutions, linear layers and products of features for one image, the figure torchvision publishes as "GFLOPS". */
export function countMultiplyAdds(graph: Graph): number {
  return graph.nodes.reduce((sum, node) => sum + multiplyAddsOf(graph, node), 0);
}
