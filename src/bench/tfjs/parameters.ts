import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "../../base/index.js";
import type { Graph, Node } from "../../graph/index.js";
import { isDepthwise } from "./operators.js";

/** The form in which tfjs takes what a node reads as its input number `index`. */
function inFormOf(node: Node, index: number, tensor: tf.Tensor): tf.Tensor {
  // Filters: [K, C, kh, kw] as [kh, kw, C, K]; depthwise [C, 1, kh, kw] as [kh, kw, C, 1].
  if (node.op === "Conv" && index === 1) return tf.transpose(tensor, isDepthwise(node) ? [2, 3, 0, 1] : [2, 3, 1, 0]);
  // Linear layers as [inputs, outputs]: products with a transposed matrix are slower in wasm.
  if (node.op === "Gemm" && index === 1 && node.attributes["transB"]?.value === 1) return tf.transpose(tensor);
  // A factor per channel, [C, 1, 1]: channels are last.
  return tensor.rank === 3 ? tf.reshape(tensor, [-1]) : tensor;
}

/** The parameters that a graph reads, each in the form that its reader wants. Constants of the graph itself are taken from there. */
export function parametersOf(graph: Graph, weights: ReadonlyMap<string, Tensor> = new Map()): Map<string, tf.Tensor> {
  const found = new Map<string, tf.Tensor>();
  for (const node of graph.nodes) {
    for (const [index, name] of node.inputs.entries()) {
      const value = graph.initializers.get(name) ?? weights.get(name);
      if (value?.dtype !== "float32" || found.has(name)) continue;
      found.set(name, tf.tidy(() => inFormOf(node, index, tf.tensor(value.data as Float32Array, [...value.shape]))));
    }
  }
  return found;
}
