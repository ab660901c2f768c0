import * as tf from "@tensorflow/tfjs-core";
import { UnsupportedError } from "../../base/index.js";
import type { Graph, Node } from "../../graph/index.js";

/** A value of the graph. What the graph calls an image [N, C, H, W] is kept as tfjs wants it, [N, H, W, C]. */
export interface Value {
  readonly tensor: tf.Tensor;
  readonly isImage: boolean;
}

export interface Circumstance {
  readonly graph: Graph;
  /** Normalization by the statistics of the batch instead of the stored ones. */
  readonly batchStatistics: boolean;
  /** Of the node that follows a convolution, computed with it. */
  readonly activation: "linear" | "relu" | "relu6";
}

type Operator = (inputs: readonly Value[], node: Node, circumstance: Circumstance) => Value;

const image = (tensor: tf.Tensor): Value => ({ tensor, isImage: true });
const plain = (tensor: tf.Tensor): Value => ({ tensor, isImage: false });

/** Element by element; a clone where nothing is to be done, so that every value may be disposed of by itself. */
const each = (apply: (x: tf.Tensor) => tf.Tensor): Operator => ([x]) => ({ ...x!, tensor: apply(x!.tensor) });

const pair = (apply: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Operator => ([a, b]) => ({ tensor: apply(a!.tensor, b!.tensor), isImage: a!.isImage || b!.isImage });

const numbers = (node: Node, name: string): [number, number] | undefined => node.attributes[name]?.value as [number, number] | undefined;

/** Where a filter or a pool looks; ONNX's [top, left, bottom, right] in tfjs's order. */
function windowOf(node: Node) {
  const [top, left, bottom, right] = (node.attributes["pads"]?.value ?? [0, 0, 0, 0]) as [number, number, number, number];
  const pad: tf.backend_util.ExplicitPadding = [[0, 0], [top, bottom], [left, right], [0, 0]];
  return { pad, strides: numbers(node, "strides") ?? [1, 1], dilations: numbers(node, "dilations") ?? [1, 1], size: numbers(node, "kernel_shape") ?? [1, 1] } as const;
}

export const isDepthwise = (node: Node): boolean => node.attributes["group"]?.value !== undefined && node.attributes["group"].value !== 1;

const convolution: Operator = ([x, filter, bias], node, { activation }) => {
  const { pad, strides, dilations } = windowOf(node);
  const shared = { x: x!.tensor as tf.Tensor4D, filter: filter!.tensor as tf.Tensor4D, strides, dilations, activation, ...(bias && { bias: bias.tensor }) };
  // Depthwise ones take explicit padding too; their declaration forgets it.
  return image(isDepthwise(node) ? tf.fused.depthwiseConv2d({ ...shared, pad: pad as unknown as number }) : tf.fused.conv2d({ ...shared, pad }));
};

const pool = (apply: typeof tf.maxPool): Operator => ([x], node) => {
  const { size, strides, pad } = windowOf(node);
  return image(apply(x!.tensor as tf.Tensor4D, size, strides, pad));
};

const normalization: Operator = ([x, scale, offset, mean, variance], node, { batchStatistics }) => {
  const statistics = batchStatistics ? tf.moments(x!.tensor, [0, 1, 2]) : { mean: mean!.tensor, variance: variance!.tensor };
  const epsilon = node.attributes["epsilon"]!.value as number;
  return image(tf.batchNorm(x!.tensor, statistics.mean, statistics.variance, offset!.tensor, scale!.tensor, epsilon));
};

const layerNormalization: Operator = ([x, scale, offset], node) => {
  const { mean, variance } = tf.moments(x!.tensor, -1, true);
  const deviation = tf.sqrt(tf.add(variance, node.attributes["epsilon"]!.value as number));
  return { ...x!, tensor: tf.add(tf.mul(tf.div(tf.sub(x!.tensor, mean), deviation), scale!.tensor), offset!.tensor) };
};

/** Between the graph's [N, C, H, W] and [N, H, W, C] nothing is moved: images are kept that way. */
const transposition: Operator = ([x], node) => {
  const order = (node.attributes["perm"]!.value as readonly number[]).join(",");
  if (x!.isImage && order === "0,2,3,1") return plain(tf.clone(x!.tensor));
  if (!x!.isImage && order === "0,3,1,2") return image(tf.clone(x!.tensor));
  throw new UnsupportedError("tfjs-operator", `Transpose: expected one between [N, C, H, W] and [N, H, W, C], got [${order}].`);
};

const flattening: Operator = ([x]) => {
  const [count] = x!.tensor.shape as [number];
  return plain(tf.reshape(x!.isImage ? tf.transpose(x!.tensor, [0, 3, 1, 2]) : x!.tensor, [count, -1]));
};

const bound = (graph: Graph, name: string | undefined): number => graph.initializers.get(name!)!.data[0] as number;

/** How tfjs computes an ONNX operator of the studies' networks. */
export const operators: Readonly<Record<string, Operator>> = {
  Add: pair(tf.add),
  AveragePool: pool(tf.avgPool),
  BatchNormalization: normalization,
  Clip: ([x], { inputs }, { graph }) => ({ ...x!, tensor: tf.clipByValue(x!.tensor, bound(graph, inputs[1]), bound(graph, inputs[2])) }),
  Concat: ([...values]) => image(tf.concat(values.map(({ tensor }) => tensor), 3)),
  Conv: convolution,
  Flatten: flattening,
  Gelu: each((x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1))),
  Gemm: ([x, weight, bias]) => plain(tf.add(tf.matMul(x!.tensor as tf.Tensor2D, weight!.tensor as tf.Tensor2D), bias!.tensor)),
  GlobalAveragePool: ([x]) => image(tf.mean(x!.tensor, [1, 2], true)),
  Identity: each(tf.clone),
  LayerNormalization: layerNormalization,
  MaxPool: pool(tf.maxPool),
  Mul: pair(tf.mul),
  QuickGelu: each((x) => tf.mul(x, tf.sigmoid(x))),
  Relu: each(tf.relu),
  Reshape: ([x], { outputs }, { graph }) => plain(tf.reshape(x!.tensor, graph.values.get(outputs[0]!)!.shape as number[])),
  Sigmoid: each(tf.sigmoid),
  Transpose: transposition,
};
