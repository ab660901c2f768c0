import { sizeOf } from "../../../base/index.js";
import { intOf, intsOf } from "../../attributes.js";
import { arrayOf } from "../array.js";
import { inputOf, type Kernel, type KernelCall } from "../kernel.js";
import { type TapList, tapsOf } from "../taps.js";

function planesOf(shape: readonly number[]): { count: number; size: number } {
  return { count: shape[0]! * shape[1]!, size: sizeOf(shape.slice(2)) };
}

/** For each output, the flat index of its window's first maximum in row-major window order. */
function maxima(call: KernelCall, list: TapList): Int32Array {
  const x = inputOf(call, 0);
  const { count, size } = planesOf(x.shape);
  const outputs = sizeOf(list.window.output);
  const found = new Int32Array(count * outputs).fill(-1);
  for (let plane = 0; plane < count; plane++) {
    for (const tap of list.taps) {
      const [o, i] = [plane * outputs + tap.output, plane * size + tap.input];
      if (found[o] === -1 || x.data[i]! > x.data[found[o]!]!) found[o] = i;
    }
  }
  return found;
}

const maxPool: Kernel = (call) => {
  const x = inputOf(call, 0);
  const list = tapsOf(call.node, x.shape.slice(2));
  const found = maxima(call, list);
  const shape = [...x.shape.slice(0, 2), ...list.window.output];
  return [
    arrayOf(shape, Float64Array.from(found, (i) => x.data[i]!)),
    arrayOf(shape, Float64Array.from(found), "int64"),
  ];
};

const maxPoolGradient: Kernel = (call) => {
  const [x, dy] = [inputOf(call, 0), inputOf(call, 2)];
  const dx = arrayOf(x.shape);
  const found = maxima(call, tapsOf(call.node, x.shape.slice(2)));
  for (const [o, i] of found.entries()) dx.data[i]! += dy.data[o]!;
  return [dx];
};

/** What each output of an average pool divides by. */
function divisors(call: KernelCall, { taps, covered }: TapList): readonly number[] {
  if (intOf(call.node, "count_include_pad", 0) === 1) return covered;
  const counts = covered.map(() => 0);
  for (const tap of taps) counts[tap.output]!++;
  return counts;
}

const averagePool: Kernel = (call) => {
  const x = inputOf(call, 0);
  const list = tapsOf(call.node, x.shape.slice(2));
  const divisor = divisors(call, list);
  const { count, size } = planesOf(x.shape);
  const y = arrayOf([...x.shape.slice(0, 2), ...list.window.output]);
  for (let plane = 0; plane < count; plane++) {
    for (const tap of list.taps) {
      y.data[plane * divisor.length + tap.output]! += x.data[plane * size + tap.input]! / divisor[tap.output]!;
    }
  }
  return [y];
};

const averagePoolGradient: Kernel = (call) => {
  const dy = inputOf(call, 0);
  const dx = arrayOf([dy.shape[0]!, ...intsOf(call.node, "input_shape")!]);
  const list = tapsOf(call.node, dx.shape.slice(2));
  const divisor = divisors(call, list);
  const { count, size } = planesOf(dx.shape);
  for (let plane = 0; plane < count; plane++) {
    for (const tap of list.taps) {
      dx.data[plane * size + tap.input]! += dy.data[plane * divisor.length + tap.output]! / divisor[tap.output]!;
    }
  }
  return [dx];
};

export const poolKernels = {
  MaxPool: maxPool,
  MaxPoolGradient: maxPoolGradient,
  AveragePool: averagePool,
  AveragePoolGradient: averagePoolGradient,
} as const satisfies Record<string, Kernel>;
