import { intOf, intsOf, positiveAxis } from "../../attributes.js";
import { arrayOf, flatIndex, forEachPosition, type NumericArray, numbersOf, stridesOf } from "../array.js";
import { inputOf, type Kernel, type KernelCall } from "../kernel.js";

/** The elements that fall together when the given axes are reduced, and the shape with extents of 1 there. */
function groupsOf(array: NumericArray, axes: ReadonlySet<number>) {
  const kept = array.shape.map((extent, axis) => (axes.has(axis) ? 1 : extent));
  const strides = stridesOf(kept).map((stride, axis) => (axes.has(axis) ? 0 : stride));
  const groups: number[][] = Array.from(arrayOf(kept).data, () => []);
  let next = 0;
  forEachPosition(array.shape, (position) => {
    groups[flatIndex(position, strides)]!.push(array.data[next++]!);
  });
  return { kept, groups };
}

/** Reduces axes, which stay with extent 1, by a function of the elements that fall together. */
export function reduceAxes(array: NumericArray, axes: readonly number[], f: (values: readonly number[]) => number): NumericArray {
  const { kept, groups } = groupsOf(array, new Set(axes.map((axis) => positiveAxis(axis, array.shape.length))));
  return arrayOf(kept, Float64Array.from(groups, f), array.dtype);
}

/** Sum of numbers. */
export function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Mean of numbers. */
export function mean(values: readonly number[]): number {
  return total(values) / values.length;
}

/** All axes of an array but the listed ones. */
export function axesBut(array: NumericArray, kept: readonly number[]): number[] {
  return array.shape.map((_, axis) => axis).filter((axis) => !kept.includes(axis));
}

function axesOf(call: KernelCall): number[] {
  const given = call.inputs[1] ? numbersOf(call.inputs[1]) : intsOf(call.node, "axes");
  if (given && given.length > 0) return [...given];
  return intOf(call.node, "noop_with_empty_axes", 0) === 1 ? [] : axesBut(inputOf(call, 0), []);
}

function drop(array: NumericArray, axes: readonly number[]): NumericArray {
  const dropped = axes.map((axis) => positiveAxis(axis, array.shape.length));
  return arrayOf(array.shape.filter((_, axis) => !dropped.includes(axis)), array.data, array.dtype);
}

function reduction(f: (values: readonly number[]) => number): Kernel {
  return (call) => {
    const axes = axesOf(call);
    const result = reduceAxes(inputOf(call, 0), axes, f);
    return [intOf(call.node, "keepdims", 1) === 1 ? result : drop(result, axes)];
  };
}

function position(better: (a: number, b: number) => boolean): Kernel {
  return (call) => {
    const axis = intOf(call.node, "axis", 0);
    const isLast = intOf(call.node, "select_last_index", 0) === 1;
    const best = (values: readonly number[]) =>
      values.reduce((at, value, i) => (better(value, values[at]!) || (isLast && value === values[at]) ? i : at), 0);
    const { shape, data } = reduceAxes(inputOf(call, 0), [axis], best);
    const result = arrayOf(shape, data, "int64");
    return [intOf(call.node, "keepdims", 1) === 1 ? result : drop(result, [axis])];
  };
}

/** A function of each channel's elements over all spatial axes. */
function overSpace(f: (values: readonly number[]) => number): Kernel {
  return ({ inputs }) => [reduceAxes(inputs[0]!, axesBut(inputs[0]!, [0, 1]), f)];
}

export const reduceKernels = {
  ReduceSum: reduction(total),
  ReduceMean: reduction(mean),
  ReduceMax: reduction((values) => Math.max(...values)),
  ReduceMin: reduction((values) => Math.min(...values)),
  ReduceProd: reduction((values) => values.reduce((product, value) => product * value, 1)),
  ArgMax: position((a, b) => a > b),
  ArgMin: position((a, b) => a < b),
  GlobalAveragePool: overSpace(mean),
  GlobalMaxPool: overSpace((values) => Math.max(...values)),
  ChannelSum: ({ inputs }) => {
    const axes = axesBut(inputs[0]!, [1]);
    return [drop(reduceAxes(inputs[0]!, axes, total), axes)];
  },
} as const satisfies Record<string, Kernel>;
