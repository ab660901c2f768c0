import type { Attribute, Dim, Graph, Node } from "../../../graph/index.js";
import { intOf, intsOf } from "../attributes.js";
import { AlignedGraph } from "./aligned-graph.js";

/** Writes one node on wide values. Returns false, having emitted nothing, where nothing about it is wide. */
type Rule = (graph: AlignedGraph, node: Node) => boolean;

const integer = (value: number): Attribute => ({ kind: "int", value });

/** What a convolution between two images becomes; undefined where neither is uneven, or the groups cannot be widened. */
function widening(graph: AlignedGraph, node: Node, { x, y }: { readonly x: string; readonly y: string }) {
  const [fromUneven, toUneven] = [graph.isUneven(x), graph.isUneven(y)];
  if (!fromUneven && !toUneven) return undefined;
  const count = (value: string): number => graph.shape(value)[1] as number;
  const isDepthwise = intOf(node, "group", 1) === count(x) && count(x) === count(y);
  if (!isDepthwise && intOf(node, "group", 1) !== 1) return undefined;
  const counts = [toUneven ? graph.wideCount(count(y)) : undefined, fromUneven && !isDepthwise ? graph.wideCount(count(x)) : undefined];
  const operand = (value: string): string => (graph.isUneven(value) ? graph.wide(value) : graph.exact(value));
  return { counts, operand, attributes: { ...node.attributes, ...(isDepthwise && { group: integer(graph.wideCount(count(x))) }) }, channels: fromUneven ? graph.wideCount(count(x)) : count(x) };
}

const conv: Rule = (graph, node) => {
  const [x, w, bias] = node.inputs as [string, string, string?];
  const y = node.outputs[0]!;
  const wider = widening(graph, node, { x, y });
  if (wider === undefined) return false;
  const isWide = graph.isUneven(y);
  const inputs = [wider.operand(x), graph.widened(w, wider.counts), ...(bias ? [isWide ? graph.wide(bias) : graph.exact(bias)] : [])];
  graph.repeat(node, inputs, { attributes: wider.attributes, isWide });
  return true;
};

const convInputGradient: Rule = (graph, node) => {
  const [dy, w] = node.inputs as [string, string];
  const dx = node.outputs[0]!;
  const wider = widening(graph, node, { x: dx, y: dy });
  if (wider === undefined) return false;
  const [, ...extents] = intsOf(node, "input_shape")!;
  const attributes: Node["attributes"] = { ...wider.attributes, input_shape: { kind: "ints", value: [wider.channels, ...extents] } };
  graph.repeat(node, [wider.operand(dy), graph.widened(w, wider.counts)], { attributes, isWide: graph.isUneven(dx) });
  return true;
};

const convWeightGradient: Rule = (graph, node) => {
  const [x, dy] = node.inputs as [string, string];
  const dw = node.outputs[0]!;
  const wider = widening(graph, node, { x, y: dy });
  if (wider === undefined) return false;
  const wide = `wide/${dw}`;
  graph.builder.append({ ...node, inputs: [wider.operand(x), wider.operand(dy)], outputs: [wide], attributes: wider.attributes });
  graph.setExact(dw, graph.cut(wide, [0, 1].map((axis) => ({ axis, count: graph.shape(dw)[axis] as number }))));
  return true;
};

/** Whether a value is the same for all channels of an image. */
function isShared(shape: readonly Dim[]): boolean {
  return shape.length < 4 ? shape.every((extent) => extent === 1) : shape.slice(1).every((extent) => extent === 1);
}

/** What is done channel by channel: on images, numbers of their channels, and numbers for all. */
const channelwise: Rule = (graph, node) => {
  if (!node.inputs.some((value) => value !== "" && graph.hasWide(value))) return false;
  const wide = node.inputs.find((value) => graph.hasWide(value))!;
  const channels = graph.shape(wide)[graph.shape(wide).length === 1 ? 0 : 1];
  const kindOf = (value: string): "wide" | "exact" | undefined => {
    const shape = graph.shape(value);
    if (value === "" || isShared(shape)) return "exact";
    return shape[shape.length === 1 ? 0 : 1] === channels && [1, 4].includes(shape.length) ? "wide" : undefined;
  };
  const kinds = node.inputs.map(kindOf);
  if (kinds.includes(undefined)) return false;
  graph.repeat(node, node.inputs.map((value, i) => (kinds[i] === "wide" ? graph.wide(value) : graph.exact(value))), { isWide: true });
  return true;
};

/** A vector beside an image is broadcast along its last axis, not its channels. */
const elementwise: Rule = (graph, node) => (node.inputs.every((value) => graph.shape(value).length === 4 || isShared(graph.shape(value))) ? channelwise(graph, node) : false);

/** X, and a gradient that is only waited for, of whatever channels. */
const after: Rule = (graph, node) => {
  const [x, dy] = node.inputs as [string, string];
  if (!graph.hasWide(x)) return false;
  graph.repeat(node, [graph.wide(x), graph.hasWide(dy) ? graph.wide(dy) : graph.exact(dy)], { isWide: true });
  return true;
};

const rules: ReadonlyMap<string, Rule> = new Map([
  ["Conv", conv],
  ["ConvInputGradient", convInputGradient],
  ["ConvWeightGradient", convWeightGradient],
  ["After", after],
  ...["Add", "Sub", "Mul", "Relu", "Clip", "Sigmoid", "QuickGelu", "MaxPool", "ReluGradient", "ClipGradient", "MaxPoolGradient"].map((op) => [op, elementwise] as const),
  ...["ChannelSum", "BatchNormalization", "BatchNormTraining", "BatchNormTrainingGradient"].map((op) => [op, channelwise] as const),
]);

const domains: readonly string[] = ["", "com.microsoft", "ai.osteon"];

/**
 * Gives images whose channels do not fill whole blocks (728 in Xception, 24 in MobileNetV2, with blocks of 16) more of them, so that all of a network can stay in the blocked order. The
 * weights of what is added are zero, so that no other channel sees it, and its gradients are cut off.
 */
export function alignChannels(graph: Graph, block: number): Graph {
  const aligned = new AlignedGraph(graph, block);
  for (const node of graph.nodes) {
    const rule = domains.includes(node.domain) ? rules.get(node.op) : undefined;
    if (rule?.(aligned, node)) continue;
    aligned.repeat(node, node.inputs.map((value) => aligned.exact(value)));
  }
  return aligned.build();
}
