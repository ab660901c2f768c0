import type { OperatorName } from "../../graph/index.js";
import { floatOf, intOf, positiveAxis } from "../attributes.js";
import { type GradientContext, type GradientRule, type NoGradient, noGradient } from "../contract.js";
import { UnsupportedError } from "../../base/index.js";

/** y = exp(x) / Σ exp(x): dX = y · (dY - Σ dY · y) */
const softmax: GradientRule = ({ node, emit, y, dy }) => {
  const axis = intOf(node, "axis", -1);
  const inner = emit.sum(emit.mul(dy[0]!, y[0]!), [axis], "keep");
  return [emit.op("Mul", [y[0]!, emit.sub(dy[0]!, inner)])];
};

/** y = x - ln Σ exp(x): dX = dY - exp(y) · Σ dY */
const logSoftmax: GradientRule = ({ node, emit, y, dy }) => {
  const total = emit.sum(dy[0]!, [intOf(node, "axis", -1)], "keep");
  return [emit.sub(dy[0]!, emit.op("Mul", [emit.op("Exp", [y[0]!]), total]))];
};

/**
 * y = (x - m) · k + bias with k = scale · s and s = 1 / √(variance + ε), all given: an affine map per channel.
 * dScale = s · (Σ dY · x - m · Σ dY) needs no centered copy of x.
 */
const batchNormalization: GradientRule = ({ node, emit, x, dy, wants }) => {
  const [input, scale, , mean, variance] = x as [string, string, string, string, string];
  const g = dy[0]!;
  const epsilon = emit.scalar(floatOf(node, "epsilon", 1e-5), variance);
  const s = emit.op("Reciprocal", [emit.op("Sqrt", [emit.add(variance, epsilon)])]);
  const k = () => emit.op("Mul", [scale, s]);
  const total = [1, 2, 3, 4].some(wants) ? emit.channelSum(g) : undefined;
  const centered =
    wants(1) || wants(4)
      ? emit.sub(emit.channelSum(emit.mul(g, input)), emit.op("Mul", [mean, total!]))
      : undefined;
  return [
    wants(0) ? emit.mul(g, emit.alongChannels(k(), input)) : undefined,
    wants(1) ? emit.op("Mul", [s, centered!]) : undefined,
    wants(2) ? total : undefined,
    wants(3) ? emit.neg(emit.op("Mul", [k(), total!])) : undefined,
    wants(4) ? emit.scale(emit.op("Mul", [emit.op("Mul", [k(), emit.op("Mul", [s, s])]), centered!]), -0.5) : undefined,
  ];
};

/** Batch statistics leave the graph as numbers: only Y carries a gradient, as in PyTorch. */
const batchNormTraining: GradientRule = ({ node, emit, x, y, dy }) => {
  const stray = dy.findIndex((value, i) => i > 0 && value !== undefined);
  if (stray > 0) {
    throw new UnsupportedError(
      "no-gradient",
      `${node.op} "${node.name}": expected a loss that depends on its output Y alone, got one that uses its statistics ` +
        `("${y[stray]}"). Use them for running statistics only.`,
    );
  }
  const [input, scale, bias] = x as [string, string, string];
  const known = y.length >= 4 && y[1] !== "" && y[3] !== "";
  const epsilon = floatOf(node, "epsilon", 1e-5);
  const [, mean, , invStd] = known ? y : emit.ops("BatchNormTraining", [input, scale, bias], { epsilon }, 4);
  return emit.ops("BatchNormTrainingGradient", [input, scale, mean!, invStd!, dy[0]!], {}, 3);
};

/**
 * y = x̂ · scale + bias, x̂ = (x - mean) · s over the axes from `axis` on. With g = dY · scale:
 * dX = s · (g - mean(g) - x̂ · mean(g · x̂)), dScale = Σ dY · x̂, dBias = Σ dY.
 * @see J. L. Ba, J. R. Kiros, G. E. Hinton, Layer Normalization, 2016, arXiv:1607.06450
 */
const layerNormalization: GradientRule = (context) => {
  const { node, emit, x, dy, wants } = context;
  const [input, scale, g] = [x[0]!, x[1]!, dy[0]!];
  const rank = emit.rank(input);
  const first = positiveAxis(intOf(node, "axis", -1), rank);
  const axes = Array.from({ length: rank - first }, (_, i) => first + i);
  const { normalized, invStd } = layerStatistics(context, axes);
  const weighted = emit.mul(g, scale);
  const mean = (value: string) => emit.op("ReduceMean", [value], { axes, keepdims: 1 });
  const slope = () => {
    const projection = emit.op("Mul", [normalized, mean(emit.op("Mul", [weighted, normalized]))]);
    return emit.op("Mul", [invStd, emit.sub(emit.sub(weighted, mean(weighted)), projection)]);
  };
  return [wants(0) ? slope() : undefined, wants(1) ? emit.mul(g, normalized) : undefined, x[2] ? g : undefined];
};

/** x̂ and 1 / σ of a LayerNormalization node, from its outputs where it keeps them. */
function layerStatistics({ node, emit, x, y }: GradientContext, axes: readonly number[]) {
  const input = x[0]!;
  const mean = y[1] || emit.op("ReduceMean", [input], { axes, keepdims: 1 });
  const centered = emit.sub(input, mean);
  const variance = () => emit.op("ReduceMean", [emit.op("Mul", [centered, centered])], { axes, keepdims: 1 });
  const epsilon = floatOf(node, "epsilon", 1e-5);
  const invStd =
    y[2] || emit.op("Reciprocal", [emit.op("Sqrt", [emit.add(variance(), emit.scalar(epsilon, input))])]);
  return { normalized: emit.op("Mul", [centered, invStd]), invStd };
}

export const norm = {
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  BatchNormalization: batchNormalization,
  BatchNormTraining: batchNormTraining,
  LayerNormalization: layerNormalization,
  BatchNormTrainingGradient: noGradient("second order: batch normalization in training mode is differentiated once"),
} as const satisfies Partial<Record<OperatorName, GradientRule | NoGradient>>;
