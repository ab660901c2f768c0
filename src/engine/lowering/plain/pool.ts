import { float32, toHalf, type Tensor } from "../../../base/index.js";
import type { Lowering } from "../contract.js";
import { intOf, intsOf } from "../attributes.js";
import { padForTaps, placeTap, sliceTap } from "../taps.js";
import { positionsOf, type SlidingWindow, windowOf } from "../window.js";

/**
 * dX of a maximum pool: each dY goes to the first element, in row-major order of the window, that equals the maximum.
 * Written with comparisons, so that it runs on devices whose MaxPool keeps no indices.
 */
export const maxPoolGradient: Lowering = ({ builder, node, inputs: [x, y, dy] }) => {
  const extents = (value: string) => builder.shape(value).slice(2) as number[];
  const window = windowOf(node, intsOf(node, "kernel_shape")!, extents(x!), extents(dy!));
  const zero = builder.constant(0, builder.dtype(dy!));
  const padded = padForTaps(builder, x!, window, Number.NEGATIVE_INFINITY);
  let free: string | undefined;
  let total: string | undefined;
  const positions = positionsOf(window.kernel);
  positions.forEach((tap, i) => {
    const isMaximum = builder.op("Equal", [sliceTap(builder, padded, window, tap), y!]);
    const takes = free === undefined ? isMaximum : builder.op("And", [isMaximum, free]);
    if (i + 1 < positions.length) {
      const others = builder.op("Not", [isMaximum]);
      free = free === undefined ? others : builder.op("And", [free, others]);
    }
    const part = placeTap(builder, builder.op("Where", [takes, dy!, zero]), window, tap);
    total = total === undefined ? part : builder.op("Add", [total, part]);
  });
  return [total!];
};

/**
 * The same where MaxPool can tell the positions of its maxima (CPU): it chooses the first in row-major order, and dY is
 * added up at those positions.
 */
export const maxPoolGradientByIndex: Lowering = (context) => {
  const { builder, node, inputs: [x, y, dy] } = context;
  if (builder.dtype(dy!) !== "float32") return maxPoolGradient(context);
  const { storage_order: _, ...attributes } = node.attributes;
  const repeated = `${builder.info(y!).name}/again`;
  const indices = `${builder.info(y!).name}/indices`;
  builder.append({ name: indices, op: "MaxPool", domain: "", inputs: [x!], outputs: [repeated, indices], attributes });
  const flat = (value: string) => builder.op("Reshape", [value, builder.constant([-1])]);
  const size = builder.op("Size", [x!]);
  const length = builder.op("Reshape", [size, builder.constant([1])]);
  const zeros = builder.op("ConstantOfShape", [length]);
  const scattered = builder.op("ScatterElements", [zeros, flat(indices), flat(dy!)], { axis: 0, reduction: "add" });
  const tail = builder.shape(x!).slice(1) as number[];
  return [builder.op("Reshape", [scattered, builder.constant([-1, ...tail])])];
};

/** 1 / (elements that each window averages), [...output]: those inside the input, or inside its padding too. */
function reciprocalCounts(window: SlidingWindow, countPads: boolean): Tensor<"float32"> {
  const perAxis = window.output.map((extent, i) => {
    const [low, high] = countPads ? [-window.before[i]!, window.input[i]! + window.after[i]!] : [0, window.input[i]!];
    return Array.from({ length: extent }, (_, o) => {
      const start = o * window.strides[i]! - window.before[i]!;
      const taps = Array.from({ length: window.kernel[i]! }, (__, k) => start + k * window.dilations[i]!);
      return taps.filter((position) => position >= low && position < high).length;
    });
  });
  const counts = perAxis.reduce<number[]>((product, axis) => product.flatMap((a) => axis.map((b) => a * b)), [1]);
  return float32(window.output, counts.map((n) => 1 / n));
}

/** dX of an average pool: dY / count, added to every element of the window. */
export const averagePoolGradient: Lowering = ({ builder, node, inputs: [dy] }) => {
  const input = intsOf(node, "input_shape")!.slice(1);
  const window = windowOf(node, intsOf(node, "kernel_shape")!, input, builder.shape(dy!).slice(2) as number[]);
  const counts = reciprocalCounts(window, intOf(node, "count_include_pad", 0) === 1);
  const reciprocal = builder.constant(builder.dtype(dy!) === "float16" ? toHalf(counts) : counts);
  const share = builder.op("Mul", [dy!, reciprocal]);
  const parts = positionsOf(window.kernel).map((tap) => placeTap(builder, share, window, tap));
  return [parts.reduce((sum, part) => builder.op("Add", [sum, part]))];
};
