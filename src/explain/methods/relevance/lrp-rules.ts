import { UnsupportedError, float32, type Tensor } from "../../../base/index.js";
import type { GraphBuilder, Node } from "../../../graph/index.js";
import type { StandIn } from "./surrogate.js";

/**
 * How a linear layer z_j = sum_i a_i w_ij + b_j shares R_j among its inputs. With c_ij = a_i w_ij, c⁺ and c⁻ their positive and negative
 * parts, z⁺ and z⁻ their sums with the bias's:
 * - `epsilon`: R_i = sum_j c_ij R_j / (z_j + e sign z_j), e = `share` times the root mean square of z over the image's layer;
 * - `gamma`: as with c + gamma c⁺ instead of c where z_j > 0, with c + gamma c⁻ where z_j < 0;
 * - `alpha-beta`: R_i = sum_j (alpha c⁺_ij / z⁺_j - beta c⁻_ij / z⁻_j) R_j, alpha - beta = 1; `z-plus` is alpha = 1, beta = 0;
 * - `flat`: R_i = sum_j R_j / (number of inputs of j); for the layer that sees the image, others take `z-plus` instead.
 * @see S. Bach et al., PLoS ONE 2015, doi 10.1371/journal.pone.0130140; G. Montavon et al., Layer-Wise Relevance Propagation: An Overview,
 *   2019, doi 10.1007/978-3-030-28954-6_10; gamma for both signs: L. Andéol et al., 2021
 */
export type LrpRule =
  | { readonly rule: "epsilon"; readonly share: number }
  | { readonly rule: "gamma"; readonly gamma: number }
  | { readonly rule: "alpha-beta"; readonly alpha: number; readonly beta: number }
  | { readonly rule: "z-plus" }
  | { readonly rule: "flat" };

/** Denominators smaller than this hand nothing back. */
const tiny = 1e-9;

/** a / b, 0 where b is next to nothing. */
export function safeRatio(builder: GraphBuilder, a: string, b: string): string {
  const isTiny = builder.op("Less", [builder.op("Abs", [b]), builder.constant(tiny)]);
  const ratio = builder.op("Div", [a, builder.op("Where", [isTiny, builder.constant(1), b])]);
  return builder.op("Where", [isTiny, builder.constant(0), ratio]);
}

/** The linear node with another weight, on another input. */
interface LinearLayer {
  readonly builder: GraphBuilder;
  readonly node: Node;
  readonly data: number;
  readonly weight: Tensor;
  readonly bias: string | undefined;
}

function linearLayer({ builder, node, x, live }: StandIn): LinearLayer {
  const data = live[0] === undefined ? 1 : 0;
  const weight = builder.constantValue(x[1 - data]!);
  if (weight?.dtype === "float32") return { builder, node, data, weight, bias: x[2] || undefined };
  throw new UnsupportedError("no-relevance-rule", `lrp, ${node.op} "${node.name}": expected a constant weight, got a computed one. Use integrated gradients, which needs none.`);
}

/** Applies the layer without bias, or with `bias`. */
function apply({ builder, node, data }: LinearLayer, input: string, weight: string, bias?: string): string {
  const inputs = data === 0 ? [input, weight] : [weight, input];
  if (bias !== undefined) inputs.push(bias);
  let name = `${node.name || node.outputs[0]}/part`;
  for (let i = 2; builder.has(name); i++) name = `${node.name || node.outputs[0]}/part-${i}`;
  builder.append({ ...node, name, inputs, outputs: [name] });
  return name;
}

/** The constant with each number replaced. */
function mapped(builder: GraphBuilder, value: Tensor, change: (value: number) => number): string {
  return builder.constant(float32(value.shape, Float32Array.from(value.data as Float32Array, change)));
}

const positive = (value: number) => Math.max(0, value);
const negative = (value: number) => Math.min(0, value);

/** Whether a value is >= 0 whatever the image: behind a rectifier. */
function isRectified(builder: GraphBuilder, value: string): boolean {
  const node = builder.producer(value);
  if (node === undefined) return false;
  if (node.op === "Relu") return true;
  if (node.op === "Clip") return Number(builder.constantValue(node.inputs[1] ?? "")?.data[0] ?? -1) >= 0;
  const passes = ["MaxPool", "AveragePool", "GlobalAveragePool", "Flatten", "Reshape", "Dropout", "Identity", "Concat"].includes(node.op);
  return passes && node.inputs.every((input, i) => (i > 0 && node.op !== "Concat") || isRectified(builder, input));
}

/** Sum of the positive (or negative) contributions: on the first path with the bias's part, on the second without. */
function signedParts(layer: LinearLayer, { first, second }: { readonly first: string; readonly second: string }, sign: "positive" | "negative"): { z: string; live: string } {
  const { builder, weight, bias } = layer;
  const [same, other] = sign === "positive" ? [positive, negative] : [negative, positive];
  const biasValue = bias === undefined ? undefined : builder.constantValue(bias);
  const biasPart = biasValue && mapped(builder, biasValue, same);
  const [straight, crossed] = [mapped(builder, weight, same), mapped(builder, weight, other)];
  const half = (value: string, part: "above" | "below") => (part === "above" ? builder.op("Relu", [value]) : builder.op("Neg", [builder.op("Relu", [builder.op("Neg", [value])])]));
  if (isRectified(builder, first)) return { z: apply(layer, first, straight, biasPart), live: apply(layer, second, straight) };
  const of = (value: string, b?: string) => builder.op("Add", [apply(layer, half(value, "above"), straight, b), apply(layer, half(value, "below"), crossed)]);
  return { z: of(first, biasPart), live: of(second) };
}

/** The image's extent filled with ones: on the second path, and held constant. */
export interface Ones {
  readonly live: string;
  readonly held: string;
}

/** A linear layer with what its rules read. */
interface Shared {
  readonly layer: LinearLayer;
  readonly builder: GraphBuilder;
  readonly first: string;
  readonly second: string;
  readonly weight: string;
  /** The layer's output. */
  readonly z: string;
}

function standByEpsilon({ layer, builder, second, weight, z }: Shared, share: number): string {
  const axes = builder.shape(z).flatMap((_, axis) => (axis === 0 ? [] : [axis]));
  const size = builder.op("Sqrt", [builder.op("ReduceMean", [builder.op("Mul", [z, z])], { axes, keepdims: 1 })]);
  const epsilon = builder.op("Add", [builder.op("Mul", [size, builder.constant(share)]), builder.constant(tiny)]);
  const isNegative = builder.op("Less", [z, builder.constant(0)]);
  const sign = builder.op("Where", [isNegative, builder.constant(-1), builder.constant(1)]);
  const ratio = builder.op("Div", [z, builder.op("Add", [z, builder.op("Mul", [sign, epsilon])])]);
  return builder.op("Mul", [apply(layer, second, weight), ratio]);
}

function standByGamma({ layer, builder, first, second, weight, z }: Shared, share: number): string {
  const times = (a: string, b: string) => builder.op("Mul", [a, b]);
  const up = signedParts(layer, { first, second }, "positive");
  const down = signedParts(layer, { first, second }, "negative");
  const gamma = builder.constant(share);
  const isNegative = builder.op("Less", [z, builder.constant(0)]);
  const none = builder.constant(0);
  const ratioTo = (part: string) => safeRatio(builder, z, builder.op("Add", [z, times(part, gamma)]));
  const above = builder.op("Where", [isNegative, none, ratioTo(up.z)]);
  const below = builder.op("Where", [isNegative, ratioTo(down.z), none]);
  const whole = times(apply(layer, second, weight), builder.op("Add", [above, below]));
  const extra = builder.op("Add", [times(up.live, above), times(down.live, below)]);
  return builder.op("Add", [whole, times(extra, gamma)]);
}

function standBySign({ layer, builder, first, second, z }: Shared, alpha: number, beta: number): string {
  const part = (sign: "positive" | "negative", factor: number) => {
    const { z: sum, live } = signedParts(layer, { first, second }, sign);
    return builder.op("Mul", [live, builder.op("Mul", [safeRatio(builder, z, sum), builder.constant(factor)])]);
  };
  return beta === 0 ? part("positive", alpha) : builder.op("Add", [part("positive", alpha), part("negative", -beta)]);
}

function standFlat({ layer, builder, z }: Shared, ones: Ones): string {
  const equal = mapped(builder, layer.weight, () => 1);
  return builder.op("Mul", [apply(layer, ones.live, equal), safeRatio(builder, z, apply(layer, ones.held, equal))]);
}

/**
 * Stand-in of a linear layer under a rule.
 * @param ones of the layer that sees the image
 */
export function standForLinear(context: StandIn, rule: LrpRule, ones: Ones | undefined): string {
  const layer = linearLayer(context);
  const { x, live, y: z, builder } = context;
  const shared = { layer, builder, first: x[layer.data]!, second: live[layer.data]!, weight: x[1 - layer.data]!, z };
  if (rule.rule === "epsilon") return standByEpsilon(shared, rule.share);
  if (rule.rule === "gamma") return standByGamma(shared, rule.gamma);
  if (rule.rule === "alpha-beta") return standBySign(shared, rule.alpha, rule.beta);
  return rule.rule === "flat" && ones ? standFlat(shared, ones) : standBySign(shared, 1, 0);
}
