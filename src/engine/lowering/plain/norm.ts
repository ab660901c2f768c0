import type { GraphBuilder } from "../../../graph/index.js";
import type { Lowering } from "../contract.js";
import { floatOf } from "../attributes.js";
import { castLike } from "./cast-like.js";

/** Every axis but the channels'. */
function otherAxes(builder: GraphBuilder, value: string): number[] {
  return builder.shape(value).map((_, axis) => axis).filter((axis) => axis !== 1);
}

/** [C] as [C, 1, ...], which broadcasts against [N, C, ...]. */
function alongChannels(builder: GraphBuilder, vector: string, like: string): string {
  const rank = builder.shape(like).length;
  if (rank <= 2) return vector;
  return builder.op("Unsqueeze", [vector, builder.constant(Array.from({ length: rank - 2 }, (_, i) => i + 1))]);
}

function channelMean(builder: GraphBuilder, value: string): string {
  return builder.op("ReduceMean", [value], { axes: otherAxes(builder, value), keepdims: 0 });
}

function sumChannels(builder: GraphBuilder, value: string): string {
  return builder.op("ReduceSum", [value, builder.constant(otherAxes(builder, value))], { keepdims: 0 });
}

/** Sum over every axis but 1: [N, C, ...] to [C]. */
export const channelSum: Lowering = ({ builder, inputs: [value] }) => [sumChannels(builder, value!)];

/**
 * Images of a narrower type than their statistics, in the type of those. Seen as [N, C, P]: the runtime takes equal nodes for one, and would keep
 * the wide images of the forward pass for the backward pass.
 */
function widened(builder: GraphBuilder, images: string, like: string): string {
  if (builder.dtype(images) === builder.dtype(like)) return images;
  const [, channels, ...rest] = builder.shape(images) as number[];
  const rows = rest.length === 0 ? images : builder.op("Reshape", [images, builder.constant([0, channels!, -1])]);
  return castLike(builder, rows, like);
}

/** Y = (X - mean) · scale · invStd + bias with the statistics of this batch; the variance is the biased one. */
export const batchNormTraining: Lowering = ({ builder, node, inputs: [images, scale, bias] }) => {
  const epsilon = builder.constant(floatOf(node, "epsilon", 1e-5), builder.dtype(scale!));
  const x = castLike(builder, images!, scale!);
  const mean = channelMean(builder, x);
  const centered = builder.op("Sub", [x, alongChannels(builder, mean, x)]);
  const variance = channelMean(builder, builder.op("Mul", [centered, centered]));
  const invStd = builder.op("Reciprocal", [builder.op("Sqrt", [builder.op("Add", [variance, epsilon])])]);
  const slope = alongChannels(builder, builder.op("Mul", [scale!, invStd]), x);
  const y = builder.op("Add", [builder.op("Mul", [centered, slope]), alongChannels(builder, bias!, x)]);
  return [castLike(builder, y, images!), mean, variance, invStd];
};

/**
 * With x̂ = (X - mean) · invStd: dBias = Σ dY, dScale = Σ dY · x̂,
 * dX = scale · invStd · (dY - mean(dY) - x̂ · mean(dY · x̂)).
 */
export const batchNormTrainingGradient: Lowering = ({ builder, inputs: [images, scale, mean, invStd, gradient] }) => {
  const [x, dy] = [widened(builder, images!, scale!), widened(builder, gradient!, scale!)];
  const wide = (vector: string) => alongChannels(builder, vector, x);
  const centered = builder.op("Sub", [x, wide(mean!)]);
  const normalized = builder.op("Mul", [centered, wide(invStd!)]);
  const product = builder.op("Mul", [dy, normalized]);
  const projection = builder.op("Mul", [normalized, wide(channelMean(builder, product))]);
  const residue = builder.op("Sub", [builder.op("Sub", [dy, wide(channelMean(builder, dy))]), projection]);
  const dx = builder.op("Mul", [residue, wide(builder.op("Mul", [scale!, invStd!]))]);
  const shape = builder.shape(images!).map((n, axis) => (axis === 0 ? 0 : Number(n)));
  const narrow = castLike(builder, dx, images!);
  const whole = x === images ? narrow : builder.op("Reshape", [narrow, builder.constant(shape)]);
  return [whole, sumChannels(builder, product), sumChannels(builder, dy)];
};
