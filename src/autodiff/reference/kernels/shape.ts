import { InternalError, sizeOf, type Tensor } from "../../../base/index.js";
import { intOf, intsOf, positiveAxis, stringOf } from "../../attributes.js";
import {
  arrayOf,
  broadcastShape,
  broadcastTo,
  flatIndex,
  forEachPosition,
  fromTensor,
  type NumericArray,
  numbersOf,
  stridesOf,
} from "../array.js";
import { inputOf, type Kernel, type KernelCall } from "../kernel.js";

/** The array whose element at p is the input's element at source(p); a source outside has the fill value. */
function collect(
  array: NumericArray,
  shape: readonly number[],
  source: (position: readonly number[]) => readonly number[],
  fill = 0,
): NumericArray {
  const result = arrayOf(shape, undefined, array.dtype);
  const strides = stridesOf(array.shape);
  let next = 0;
  forEachPosition(shape, (position) => {
    const at = source(position);
    const isInside = at.every((p, axis) => p >= 0 && p < array.shape[axis]!);
    result.data[next++] = isInside ? array.data[flatIndex(at, strides)]! : fill;
  });
  return result;
}

/** Axes in another order: axis i of the result is axis perm[i] of the array. */
export function transpose(array: NumericArray, perm: readonly number[]): NumericArray {
  const target = perm.map((axis) => array.shape[axis]!);
  const place = array.shape.map((_, axis) => perm.indexOf(axis));
  return collect(array, target, (position) => place.map((axis) => position[axis]!));
}

function viewed(array: NumericArray, target: readonly number[]): NumericArray[] {
  return [arrayOf(target, array.data, array.dtype)];
}

const reshape: Kernel = (call) => {
  const x = inputOf(call, 0);
  const keepsZero = intOf(call.node, "allowzero", 0) === 1;
  const asked = numbersOf(inputOf(call, 1)).map((n, axis) => (n === 0 && !keepsZero ? x.shape[axis]! : n));
  const known = asked.filter((n) => n !== -1).reduce((product, n) => product * n, 1);
  return viewed(x, asked.map((n) => (n === -1 ? x.data.length / known : n)));
};

function axesOf(call: KernelCall): number[] | undefined {
  return call.inputs[1] && numbersOf(call.inputs[1]);
}

const unsqueeze: Kernel = (call) => {
  const x = inputOf(call, 0);
  const axes = axesOf(call)!;
  const rank = x.shape.length + axes.length;
  const added = new Set(axes.map((axis) => positiveAxis(axis, rank)));
  const rest = [...x.shape];
  return viewed(x, Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : rest.shift()!)));
};

const squeeze: Kernel = (call) => {
  const x = inputOf(call, 0);
  const removed = axesOf(call)?.map((axis) => positiveAxis(axis, x.shape.length));
  return viewed(x, x.shape.filter((n, axis) => (removed ? !removed.includes(axis) : n !== 1)));
};

const concat: Kernel = (call) => {
  const parts = call.inputs as readonly NumericArray[];
  const axis = positiveAxis(intOf(call.node, "axis", 0), parts[0]!.shape.length);
  const starts = parts.map((_, i) => parts.slice(0, i).reduce((sum, part) => sum + part.shape[axis]!, 0));
  const extent = starts.at(-1)! + parts.at(-1)!.shape[axis]!;
  const target = parts[0]!.shape.with(axis, extent);
  const placed = parts.map((part, i) => collect(part, target, (at) => at.with(axis, at[axis]! - starts[i]!)));
  const sum = placed[0]!.data.map((_, i) => placed.reduce((value, part) => value + part.data[i]!, 0));
  return [arrayOf(target, sum, parts[0]!.dtype)];
};

const split: Kernel = (call) => {
  const x = inputOf(call, 0);
  const axis = positiveAxis(intOf(call.node, "axis", 0), x.shape.length);
  const count = call.node.outputs.length;
  const sizes = call.inputs[1] ? numbersOf(call.inputs[1]) : call.node.outputs.map(() => x.shape[axis]! / count);
  let start = 0;
  return sizes.map((size) => {
    const from = start;
    start += size;
    return collect(x, x.shape.with(axis, size), (at) => at.with(axis, at[axis]! + from));
  });
};

const slice: Kernel = (call) => {
  const x = inputOf(call, 0);
  const [starts, ends] = [numbersOf(inputOf(call, 1)), numbersOf(inputOf(call, 2))];
  const axes = call.inputs[3] ? numbersOf(call.inputs[3]) : starts.map((_, i) => i);
  const steps = call.inputs[4] ? numbersOf(call.inputs[4]) : starts.map(() => 1);
  const first = x.shape.map(() => 0);
  const step = x.shape.map(() => 1);
  const target = [...x.shape];
  for (const [i, given] of axes.entries()) {
    const axis = positiveAxis(given, x.shape.length);
    const extent = x.shape[axis]!;
    const [low, high] = steps[i]! > 0 ? [0, extent] : [-1, extent - 1];
    const clamp = (n: number, least: number) => Math.min(high, Math.max(least, n < 0 ? n + extent : n));
    first[axis] = clamp(starts[i]!, 0);
    step[axis] = steps[i]!;
    target[axis] = Math.max(0, Math.ceil((clamp(ends[i]!, low) - first[axis]) / steps[i]!));
  }
  return [collect(x, target, (at) => at.map((p, axis) => first[axis]! + p * step[axis]!))];
};

const pad: Kernel = (call) => {
  const x = inputOf(call, 0);
  const pads = numbersOf(inputOf(call, 1));
  const axes = call.inputs[3] ? numbersOf(call.inputs[3]) : x.shape.map((_, axis) => axis);
  const mode = stringOf(call.node, "mode", "constant");
  const before = x.shape.map(() => 0);
  const target = [...x.shape];
  for (const [i, given] of axes.entries()) {
    const axis = positiveAxis(given, x.shape.length);
    before[axis] = pads[i]!;
    target[axis] = target[axis]! + pads[i]! + pads[i + axes.length]!;
  }
  const source = (p: number, extent: number) => {
    if (mode === "edge") return Math.min(extent - 1, Math.max(0, p));
    if (mode === "reflect") return p < 0 ? -p : p >= extent ? 2 * extent - 2 - p : p;
    return p;
  };
  const from = (at: readonly number[]) => at.map((p, axis) => source(p - before[axis]!, x.shape[axis]!));
  return [collect(x, target, from, call.inputs[2]?.data[0] ?? 0)];
};

const gather: Kernel = (call) => {
  const [x, indices] = [inputOf(call, 0), inputOf(call, 1)];
  const axis = positiveAxis(intOf(call.node, "axis", 0), x.shape.length);
  const taken = indices.shape.length;
  const strides = stridesOf(indices.shape);
  const target = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  const from = (at: readonly number[]) => {
    const row = indices.data[flatIndex(at.slice(axis, axis + taken), strides)]!;
    return [...at.slice(0, axis), positiveAxis(row, x.shape[axis]!), ...at.slice(axis + taken)];
  };
  return [collect(x, target, from)];
};

const gatherElements: Kernel = (call) => {
  const [x, indices] = [inputOf(call, 0), inputOf(call, 1)];
  const axis = positiveAxis(intOf(call.node, "axis", 0), x.shape.length);
  let next = 0;
  return [collect(x, indices.shape, (at) => at.with(axis, positiveAxis(indices.data[next++]!, x.shape[axis]!)))];
};

/** Adds or writes an update, as the attribute `reduction` says. */
function writer(call: KernelCall, target: Float64Array): (index: number, value: number) => void {
  const reduction = stringOf(call.node, "reduction", "none");
  if (reduction === "add") return (index, value) => void (target[index]! += value);
  if (reduction === "none") return (index, value) => void (target[index] = value);
  throw new InternalError("reduction", `${call.node.op}: expected reduction none or add, got ${reduction}.`);
}

const scatterElements: Kernel = (call) => {
  const [x, indices, updates] = [inputOf(call, 0), inputOf(call, 1), inputOf(call, 2)];
  const axis = positiveAxis(intOf(call.node, "axis", 0), x.shape.length);
  const result = arrayOf(x.shape, x.data.slice(), x.dtype);
  const write = writer(call, result.data);
  const strides = stridesOf(x.shape);
  let next = 0;
  forEachPosition(indices.shape, (at) => {
    const row = positiveAxis(indices.data[next]!, x.shape[axis]!);
    write(flatIndex(at.with(axis, row), strides), updates.data[next++]!);
  });
  return [result];
};

const scatterND: Kernel = (call) => {
  const [x, indices, updates] = [inputOf(call, 0), inputOf(call, 1), inputOf(call, 2)];
  const depth = indices.shape.at(-1)!;
  const block = sizeOf(x.shape.slice(depth));
  const result = arrayOf(x.shape, x.data.slice(), x.dtype);
  const write = writer(call, result.data);
  const strides = stridesOf(x.shape).slice(0, depth);
  for (let row = 0; row * depth < indices.data.length; row++) {
    const at = Array.from({ length: depth }, (_, i) => positiveAxis(indices.data[row * depth + i]!, x.shape[i]!));
    const start = flatIndex(at, strides);
    for (let i = 0; i < block; i++) write(start + i, updates.data[row * block + i]!);
  }
  return [result];
};

const oneHot: Kernel = (call) => {
  const [indices, values] = [inputOf(call, 0), inputOf(call, 2)];
  const depth = inputOf(call, 1).data[0]!;
  const axis = positiveAxis(intOf(call.node, "axis", -1), indices.shape.length + 1);
  const target = indices.shape.toSpliced(axis, 0, depth);
  const strides = stridesOf(indices.shape);
  const data = new Float64Array(sizeOf(target));
  let next = 0;
  forEachPosition(target, (at) => {
    const label = positiveAxis(indices.data[flatIndex(at.toSpliced(axis, 1), strides)]!, depth);
    data[next++] = values.data[label === at[axis] ? 1 : 0]!;
  });
  return [arrayOf(target, data, values.dtype)];
};

function tensorAttribute(call: KernelCall): Tensor | undefined {
  const attribute = call.node.attributes["value"];
  return attribute?.kind === "tensor" ? attribute.value : undefined;
}

/** A constant is a tensor, or written short as `value_float`, `value_ints` and so on. */
const constant: Kernel = (call) => {
  const value = tensorAttribute(call);
  if (value) return [fromTensor(value)];
  const [name, short] = Object.entries(call.node.attributes).find(([key]) => key.startsWith("value_"))!;
  const numbers = [short.value].flat().map(Number);
  const dtype = name.startsWith("value_float") ? "float32" : "int64";
  return [arrayOf(name.endsWith("s") ? [numbers.length] : [], Float64Array.from(numbers), dtype)];
};

const constantOfShape: Kernel = (call) => {
  const value = tensorAttribute(call);
  const result = arrayOf(numbersOf(inputOf(call, 0)), undefined, value?.dtype ?? "float32");
  if (value) result.data.fill(Number(value.data[0]));
  return [result];
};

const range: Kernel = (call) => {
  const [start, limit, delta] = [0, 1, 2].map((i) => inputOf(call, i).data[0]!) as [number, number, number];
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  return [arrayOf([count], Float64Array.from({ length: count }, (_, i) => start + i * delta), inputOf(call, 0).dtype)];
};

export const shapeKernels = {
  Reshape: reshape,
  Flatten: (call) => {
    const x = inputOf(call, 0);
    const axis = positiveAxis(intOf(call.node, "axis", 1), x.shape.length);
    return viewed(x, [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))]);
  },
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: (call) => {
    const x = inputOf(call, 0);
    return [transpose(x, intsOf(call.node, "perm") ?? x.shape.map((_, axis) => axis).toReversed())];
  },
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
  Expand: (call) => {
    const x = inputOf(call, 0);
    return [broadcastTo(x, broadcastShape(x.shape, numbersOf(inputOf(call, 1))))];
  },
  Tile: (call) => {
    const x = inputOf(call, 0);
    const target = x.shape.map((n, axis) => n * inputOf(call, 1).data[axis]!);
    return [collect(x, target, (at) => at.map((p, axis) => p % x.shape[axis]!))];
  },
  Gather: gather,
  GatherElements: gatherElements,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  OneHot: oneHot,
  Shape: (call) => {
    const { shape } = inputOf(call, 0);
    const asked = shape.slice(intOf(call.node, "start", 0), intOf(call.node, "end", shape.length));
    return [arrayOf([asked.length], Float64Array.from(asked), "int64")];
  },
  Size: (call) => [arrayOf([], Float64Array.of(inputOf(call, 0).data.length), "int64")],
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: range,
} as const satisfies Record<string, Kernel>;
