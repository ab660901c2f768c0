import type { Node, OperatorName } from "../../../graph/index.js";
import { floatOf } from "../attributes.js";
import type { BlockedGraph, PendingConv } from "./blocked-graph.js";
import type { BlockedRule } from "./contract.js";
import { isPerImageChannel } from "./shape.js";

/** Larger than the reciprocal of any number an activation may take, and a power of two, so that products with it are exact. */
const steep = 2 ** 100;

function hasSize(graph: BlockedGraph, value: string, size: number): boolean {
  return graph.shape(value).every((n) => typeof n === "number") && graph.shape(value).reduce<number>((p, n) => p * Number(n), 1) === size;
}

function sameShape(graph: BlockedGraph, a: string, b: string): boolean {
  const [x, y] = [graph.shape(a), graph.shape(b)];
  return x.length === y.length && x.every((n, axis) => n === y[axis]);
}

/** A number that is a constant of the graph. */
function constantNumber(graph: BlockedGraph, value: string | undefined): number | undefined {
  if (!value) return undefined;
  const tensor = graph.builder.constantValue(graph.plain(value));
  return tensor?.data.length === 1 ? Number(tensor.data[0]) : undefined;
}

/** A vector [C, 1, 1] or [1, C, 1, 1] that broadcasts over the images of a value. */
function isPerChannel(graph: BlockedGraph, vector: string, images: string): boolean {
  const channels = graph.blockable(images)?.channels;
  const shape = graph.shape(vector);
  if (channels === undefined || channels === 1 || !hasSize(graph, vector, channels)) return false;
  return (shape.length === 3 && shape[0] === channels) || (shape.length === 4 && shape[1] === channels);
}

/** Operators that treat every element alike: memory order does not matter. */
export const unary: BlockedRule = (graph, node) => {
  const [x, ...parameters] = node.inputs as [string, ...string[]];
  if (!graph.blockable(x) || !graph.isBlocked(x)) return false;
  graph.setFromNode(node, [graph.blocked(x), ...parameters.map((value) => graph.plain(value))]);
  return true;
};

function withActivation(graph: BlockedGraph, node: Node, activation: PendingConv["activation"]): boolean {
  const pending = graph.pendingFor(node.inputs[0]!);
  if (!pending || pending.activation) return false;
  graph.setPending(node.outputs[0]!, { ...pending, activation });
  return true;
}

/** Relu joins the convolution before it. */
export const relu: BlockedRule = (graph, node) => withActivation(graph, node, { kind: "Relu" }) || unary(graph, node);

/** Clip with constant bounds joins the convolution before it. */
export const clip: BlockedRule = (graph, node) => {
  const [min, max] = [constantNumber(graph, node.inputs[1]), constantNumber(graph, node.inputs[2])];
  if (min !== undefined && max !== undefined && withActivation(graph, node, { kind: "Clip", params: [min, max] })) return true;
  return unary(graph, node);
};

/** x · scale + bias with one scale and bias per channel, as a depthwise 1x1 convolution: nothing broadcasts faster here. */
export function affine(graph: BlockedGraph, x: string, scale: string | undefined, bias?: string): PendingConv {
  const channels = graph.image(x)!.channels;
  const ones = () => graph.builder.constant({ dtype: "float32", shape: [channels, 1, 1, 1], data: new Float32Array(channels).fill(1) });
  return {
    x: graph.blocked(x),
    weights: scale === undefined ? graph.once(`ones ${channels}`, ones) : graph.view(scale, [channels, 1, 1, 1]),
    ...(bias !== undefined && { bias: graph.view(bias, [channels]) }),
    attributes: { kernel_shape: [1, 1], group: channels },
  };
}

/** x · scale with one scale per image and channel, [N, C, 1, 1]: all channels of all images as channels of one image. */
function scaleEach(graph: BlockedGraph, node: Node): boolean {
  const [a, b] = node.inputs as [string, string];
  const [images, scale] = isPerImageChannel(graph, b) ? [a, b] : isPerImageChannel(graph, a) ? [b, a] : [];
  if (node.op !== "Mul" || images === undefined || scale === undefined || isPerImageChannel(graph, images)) return false;
  const image = graph.blockable(images);
  if (!image || !graph.isBlocked(images) || typeof image.batch !== "number") return false;
  if (graph.shape(scale)[0] !== image.batch || graph.shape(scale)[1] !== image.channels) return false;
  const { batch, channels, height, width } = image;
  const all = batch * channels;
  const product = graph.emitConv({
    x: graph.view(graph.blocked(images), [1, all, height, width]),
    weights: graph.view(graph.plain(scale), [all, 1, 1, 1]),
    attributes: { kernel_shape: [1, 1], group: all },
  });
  graph.setBlocked(node.outputs[0]!, graph.view(product, [batch, channels, height, width]));
  return true;
}

/** One number per image, [N, 1, 1, 1]: it broadcasts over any order of the rest. */
function isPerImage(graph: BlockedGraph, vector: string, images: string): boolean {
  const [batch, ...rest] = graph.shape(vector);
  return rest.length === 3 && batch === graph.shape(images)[0] && rest.every((n) => n === 1);
}

function perChannel(graph: BlockedGraph, node: Node): boolean {
  const [a, b] = node.inputs as [string, string];
  const [images, vector] = isPerChannel(graph, b, a) ? [a, b] : isPerChannel(graph, a, b) ? [b, a] : [];
  if (images === undefined || vector === undefined || !graph.isBlocked(images)) return false;
  const plain = graph.plain(vector);
  if (node.op === "Mul") graph.setPending(node.outputs[0]!, affine(graph, images, plain));
  else if (node.op === "Add") graph.setPending(node.outputs[0]!, affine(graph, images, undefined, plain));
  else return false;
  return true;
}

/** Add of two values of one shape joins the convolution that computes one of them, unless an activation came between. */
function residual(graph: BlockedGraph, node: Node): boolean {
  const [a, b] = node.inputs as [string, string];
  const choose = (value: string) => {
    const pending = graph.pendingFor(value);
    return pending && !pending.activation && !pending.sum ? pending : undefined;
  };
  const [pending, other] = choose(b) ? [choose(b)!, a] : choose(a) ? [choose(a)!, b] : [];
  if (!pending || other === undefined || a === b) return false;
  graph.setPending(node.outputs[0]!, { ...pending, sum: graph.blocked(other) });
  return true;
}

/** Two values of one shape, a value and a scalar, or a value and one number per channel. */
export const binary: BlockedRule = (graph, node) => {
  const [a, b] = node.inputs as [string, string];
  if (!graph.isBlocked(a) && !graph.isBlocked(b)) return false;
  if (perChannel(graph, node) || scaleEach(graph, node)) return true;
  const form = (value: string) => (graph.blockable(value) ? graph.blocked(value) : graph.plain(value));
  const same = sameShape(graph, a, b) && graph.blockable(a) !== undefined;
  const scalar = [a, b].some((value) => hasSize(graph, value, 1)) && [a, b].some((value) => graph.blockable(value));
  const perImage = (isPerImage(graph, a, b) && graph.blockable(b)) || (isPerImage(graph, b, a) && graph.blockable(a));
  if (!same && !scalar && !perImage) return false;
  if (same && node.op === "Add" && residual(graph, node)) return true;
  graph.setFromNode(node, [form(a), form(b)]);
  return true;
};

function multiply(graph: BlockedGraph, node: Node, mask: string, dy: string): true {
  graph.setBlocked(node.outputs[0]!, graph.builder.op("Mul", [graph.blocked(dy), mask]));
  return true;
}

function step(graph: BlockedGraph, value: string, slope: number, offset: number): string {
  return graph.builder.op("HardSigmoid", [value], { alpha: slope, beta: offset });
}

/** dY · step(Y): a steep hard sigmoid is 0 at 0 and below, 1 above, and three times as fast as a selection. */
export const reluGradient: BlockedRule = (graph, node) => {
  const [y, dy] = node.inputs as [string, string];
  if (!graph.blockable(y) || (!graph.isBlocked(y) && !graph.isBlocked(dy))) return false;
  const mask = graph.once(`step ${y}`, () => step(graph, graph.blocked(y), steep, 0));
  return multiply(graph, node, mask, dy);
};

/** The same number for every channel, as a constant. */
export function perChannelConstant(graph: BlockedGraph, channels: number, value: number): string {
  const data = () => ({ dtype: "float32", shape: [channels], data: new Float32Array(channels).fill(value) }) as const;
  return graph.once(`${channels} times ${value}`, () => graph.builder.constant(data()));
}

/**
 * dY where min < X < max, in three passes. The first gives u = room where X > min, else 0, however small X - min is; the
 * second is 1 where max - X - room + u > 0, which needs both; the third multiplies.
 */
export const clipGradient: BlockedRule = (graph, node) => {
  const [x, dy] = node.inputs as [string, string];
  const [min, max] = [floatOf(node, "min", Number.NaN), floatOf(node, "max", Number.NaN)];
  const image = graph.blockable(x);
  if (!image || (!graph.isBlocked(x) && !graph.isBlocked(dy)) || !Number.isFinite(max - min) || max <= min) return false;
  const room = 2 ** Math.ceil(Math.log2(max - min));
  // Where these are rounded, X = max would not give exactly 0.
  if ([min, max, max - room].some((n) => Math.fround(n) !== n)) return false;
  const mask = graph.once(`inside ${min} ${max} ${x}`, () => {
    const vector = (value: number) => perChannelConstant(graph, image.channels, value);
    const above = graph.emitConv({ ...affine(graph, x, vector(steep), vector(-min * steep)), activation: { kind: "Clip", params: [0, room] } });
    return graph.emitConv({
      ...affine(graph, x, vector(-1), vector(max - room)),
      sum: above,
      activation: { kind: "HardSigmoid", params: [steep, 0] },
    });
  });
  return multiply(graph, node, mask, dy);
};

/** Elementwise operators that the blocked layout passes through. */
export const unaryNames = [
  "Abs", "Neg", "Exp", "Log", "Sqrt", "Reciprocal", "Tanh", "Sigmoid", "LeakyRelu", "HardSigmoid", "Erf", "Sign", "Floor", "Round", "Identity", "Gelu", "QuickGelu",
] as const satisfies readonly OperatorName[];
