import { float32 } from "../../base/index.js";
import type { Tensor } from "../../base/index.js";
import { GraphBuilder } from "../graph-builder.js";
import type { Graph, Node } from "../model.js";
import { eliminateDeadNodes } from "./eliminate-dead-nodes.js";
import type { PassResult } from "./contract.js";

interface Folded {
  readonly weight: Tensor;
  readonly bias: Tensor;
}

/** W' = W s and b' = (b - mean) s + shift, with s = scale / sqrt(variance + epsilon) per output channel. */
function foldInto(
  weight: Tensor,
  bias: Tensor | undefined,
  [scale, shift, mean, variance]: readonly Tensor[],
  epsilon: number,
): Folded {
  const channels = weight.shape[0]!;
  const perChannel = weight.data.length / channels;
  const newWeight = new Float32Array(weight.data.length);
  const newBias = new Float32Array(channels);
  for (let k = 0; k < channels; k++) {
    const factor = Number(scale!.data[k]) / Math.sqrt(Number(variance!.data[k]) + epsilon);
    for (let i = k * perChannel; i < (k + 1) * perChannel; i++) newWeight[i] = Number(weight.data[i]) * factor;
    newBias[k] = (Number(bias?.data[k] ?? 0) - Number(mean!.data[k])) * factor + Number(shift!.data[k]);
  }
  return { weight: float32(weight.shape, newWeight), bias: float32([channels], newBias) };
}

/**
 * Folds a BatchNormalization with constant parameters into the Conv with constant weights before it, where nothing else
 * reads the Conv's output. Arithmetic in double precision.
 */
export function foldBatchNormalization(graph: Graph): PassResult {
  const readers = new Map<string, number>();
  const count = (value: string): void => void readers.set(value, (readers.get(value) ?? 0) + 1);
  for (const node of graph.nodes) node.inputs.forEach(count);
  for (const { name } of graph.outputs) count(name);
  const producers = new Map<string, Node>(
    graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)),
  );
  const constant = (name: string | undefined): Tensor | undefined => {
    const value = name === undefined ? undefined : graph.initializers.get(name);
    return value?.dtype === "float32" ? value : undefined;
  };

  const folds = new Map<Node, { conv: Node; folded: Folded }>();
  for (const node of graph.nodes) {
    if (node.op !== "BatchNormalization" || node.domain !== "") continue;
    const conv = producers.get(node.inputs[0]!);
    if (conv?.op !== "Conv" || conv.domain !== "" || readers.get(node.inputs[0]!) !== 1) continue;
    const weight = constant(conv.inputs[1]);
    const hasBias = (conv.inputs[2] ?? "") !== "";
    const bias = hasBias ? constant(conv.inputs[2]) : undefined;
    const parameters = node.inputs.slice(1).map(constant);
    if (
      weight === undefined ||
      (hasBias && bias === undefined) ||
      !parameters.every((parameter) => parameter !== undefined)
    )
      continue;
    const epsilon = (node.attributes["epsilon"]?.value as number | undefined) ?? 1e-5;
    folds.set(node, { conv, folded: foldInto(weight, bias, parameters, epsilon) });
  }
  if (folds.size === 0) return { graph, modified: false };

  const replaced = new Set([...folds.values()].map(({ conv }) => conv));
  const builder = new GraphBuilder({ name: graph.name });
  for (const { name, dtype, shape } of graph.inputs) builder.input(name, dtype, shape);
  for (const [name, value] of graph.initializers) builder.initializer(name, value);
  for (const node of graph.nodes) {
    if (replaced.has(node)) continue;
    const fold = folds.get(node);
    if (fold === undefined) {
      builder.append(node, graph.values);
      continue;
    }
    const { conv, folded } = fold;
    const weight = builder.initializer(`${node.outputs[0]!}/weight`, folded.weight);
    const bias = builder.initializer(`${node.outputs[0]!}/bias`, folded.bias);
    builder.append({ ...conv, inputs: [conv.inputs[0]!, weight, bias], outputs: [node.outputs[0]!] }, graph.values);
  }
  for (const { name } of graph.outputs) builder.output(name);
  return { graph: eliminateDeadNodes(builder.build()).graph, modified: true };
}
