import type { Dim, OperatorName } from "../../graph/index.js";
import { intOf, intsOf, positiveAxis } from "../attributes.js";
import { type GradientContext, type GradientRule, type NoGradient, noGradient } from "../contract.js";

/** Axes a reduction runs over, from its attribute or its second input. */
function axesOf({ node, emit, x }: GradientContext): number[] {
  const rank = emit.rank(x[0]!);
  const all = Array.from({ length: rank }, (_, axis) => axis);
  const given = x[1] ? emit.constantIntegers(x[1]) : intsOf(node, "axes");
  if (given === undefined || given.length === 0) return intOf(node, "noop_with_empty_axes", 0) === 1 ? [] : all;
  return given.map((axis) => positiveAxis(axis, rank)).toSorted((a, b) => a - b);
}

/** Gives a reduced value its reduced axes back, with extent 1. */
function restoreAxes({ node, emit }: GradientContext, value: string, axes: readonly number[]): string {
  const isKept = intOf(node, "keepdims", 1) === 1;
  return isKept || axes.length === 0 ? value : emit.op("Unsqueeze", [value, emit.integers(axes)]);
}

/** value divided by the number of elements of the given axes. */
function divideByCount({ emit }: GradientContext, value: string, x: string, axes: readonly number[]): string {
  const extents = axes.map((axis): Dim => emit.shape(x)[axis]!);
  const known = extents.reduce<number>((count, n) => (typeof n === "number" ? count * n : count), 1);
  const scaled = emit.scale(value, 1 / known);
  const symbolic = axes.find((axis) => typeof emit.shape(x)[axis] === "string");
  if (symbolic === undefined) return scaled;
  const extent = emit.op("Gather", [emit.op("Shape", [x]), emit.integer(symbolic)], { axis: 0 });
  return emit.div(scaled, emit.castLike(extent, value));
}

/** The gradient reaches the extreme elements, in equal shares where they tie (as torch.amax). */
const extreme: GradientRule = (context) => {
  const { emit, x, y, dy } = context;
  const axes = axesOf(context);
  const isExtreme = emit.castLike(emit.op("Equal", [x[0]!, restoreAxes(context, y[0]!, axes)]), x[0]!);
  const share = emit.op("Div", [restoreAxes(context, dy[0]!, axes), emit.sum(isExtreme, axes, "keep")]);
  return [emit.op("Mul", [isExtreme, share])];
};

export const reduce = {
  ReduceSum: (context) => [context.emit.expandLike(restoreAxes(context, context.dy[0]!, axesOf(context)), context.x[0]!)],
  ReduceMean: (context) => {
    const { emit, x, dy } = context;
    const axes = axesOf(context);
    return [emit.expandLike(restoreAxes(context, divideByCount(context, dy[0]!, x[0]!, axes), axes), x[0]!)];
  },
  ReduceMax: extreme,
  ReduceMin: extreme,
  GlobalAveragePool: (context) => {
    const { emit, x, dy } = context;
    const spatial = emit.shape(x[0]!).flatMap((_, axis) => (axis < 2 ? [] : [axis]));
    return [emit.expandLike(divideByCount(context, dy[0]!, x[0]!, spatial), x[0]!)];
  },
  ChannelSum: ({ emit, x, dy }) => {
    const rank = emit.rank(x[0]!);
    const around = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== 1);
    return [emit.expandLike(emit.op("Unsqueeze", [dy[0]!, emit.integers(around)]), x[0]!)];
  },
  ReduceProd: noGradient("it is meant for products of extents"),
  ArgMax: noGradient("its output is a position"),
  ArgMin: noGradient("its output is a position"),
} as const satisfies Partial<Record<OperatorName, GradientRule | NoGradient>>;
