import { floatOf, intOf, positiveAxis } from "../../attributes.js";
import { arrayOf, broadcastTo, type NumericArray } from "../array.js";
import { inputOf, type Kernel, type KernelCall } from "../kernel.js";
import { axesBut, mean, reduceAxes, total } from "./reduce.js";

/** f of the elements of several arrays, the others repeated to the shape of the first. */
function map(f: (...values: number[]) => number, first: NumericArray, ...others: readonly NumericArray[]): NumericArray {
  const wide = [first, ...others.map((array) => broadcastTo(array, first.shape))];
  return arrayOf(first.shape, first.data.map((_, i) => f(...wide.map((array) => array.data[i]!))), first.dtype);
}

function logSoftmax(call: KernelCall): NumericArray {
  const x = inputOf(call, 0);
  const axis = intOf(call.node, "axis", -1);
  const top = reduceAxes(x, [axis], (values) => Math.max(...values));
  const shifted = map((value, most) => value - most, x, top);
  const sum = reduceAxes(shifted, [axis], (values) => Math.log(total(values.map(Math.exp))));
  return map((value, log) => value - log, shifted, sum);
}

/** A vector [C] seen as [1, C, 1, ...]. */
function perChannel(vector: NumericArray, like: NumericArray): NumericArray {
  return arrayOf(like.shape.map((_, axis) => (axis === 1 ? vector.data.length : 1)), vector.data);
}

function vectorOf(perChannelArray: NumericArray): NumericArray {
  return arrayOf([perChannelArray.data.length], perChannelArray.data);
}

function normalize(x: NumericArray, axes: readonly number[], epsilon: number) {
  const average = reduceAxes(x, axes, mean);
  const centered = map((value, m) => value - m, x, average);
  const variance = reduceAxes(map((value) => value * value, centered), axes, mean);
  const invStd = map((v) => 1 / Math.sqrt(v + epsilon), variance);
  return { average, variance, invStd, normalized: map((value, s) => value * s, centered, invStd) };
}

const batchNormalization: Kernel = (call) => {
  const x = inputOf(call, 0);
  const [scale, bias, average, variance] = [1, 2, 3, 4].map((i) => perChannel(inputOf(call, i), x));
  const epsilon = floatOf(call.node, "epsilon", 1e-5);
  const f = (value?: number, s?: number, b?: number, m?: number, v?: number) =>
    ((value! - m!) / Math.sqrt(v! + epsilon)) * s! + b!;
  return [map(f, x, scale!, bias!, average!, variance!)];
};

const batchNormTraining: Kernel = (call) => {
  const x = inputOf(call, 0);
  const { average, variance, invStd, normalized } = normalize(x, axesBut(x, [1]), floatOf(call.node, "epsilon", 1e-5));
  const [scale, bias] = [perChannel(inputOf(call, 1), x), perChannel(inputOf(call, 2), x)];
  const y = map((value, s, b) => value * s + b, normalized, scale, bias);
  return [y, vectorOf(average), vectorOf(variance), vectorOf(invStd)];
};

/** dX = scale · invStd · (dY - mean(dY) - x̂ · mean(dY · x̂)), the means over N and space. */
const batchNormTrainingGradient: Kernel = (call) => {
  const [x, scale, average, invStd, dy] = [0, 1, 2, 3, 4].map((i) => inputOf(call, i)) as [
    NumericArray,
    ...NumericArray[],
  ] as [NumericArray, NumericArray, NumericArray, NumericArray, NumericArray];
  const axes = axesBut(x, [1]);
  const s = perChannel(invStd, x);
  const normalized = map((value, m, k) => (value - m) * k, x, perChannel(average, x), s);
  const projected = map((g, value) => g * value, dy, normalized);
  const f = (g?: number, meanG?: number, value?: number, meanP?: number, k?: number, weight?: number) =>
    weight! * k! * (g! - meanG! - value! * meanP!);
  const dx = map(f, dy, reduceAxes(dy, axes, mean), normalized, reduceAxes(projected, axes, mean), s, perChannel(scale, x));
  return [dx, vectorOf(reduceAxes(projected, axes, total)), vectorOf(reduceAxes(dy, axes, total))];
};

const layerNormalization: Kernel = (call) => {
  const x = inputOf(call, 0);
  const first = positiveAxis(intOf(call.node, "axis", -1), x.shape.length);
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis >= first);
  const { average, invStd, normalized } = normalize(x, axes, floatOf(call.node, "epsilon", 1e-5));
  const bias = call.inputs[2] ?? arrayOf([]);
  return [map((value, s, b) => value * s + b, normalized, inputOf(call, 1), bias), average, invStd];
};

export const normKernels = {
  LogSoftmax: (call) => [logSoftmax(call)],
  Softmax: (call) => [map((value) => Math.exp(value), logSoftmax(call))],
  BatchNormalization: batchNormalization,
  BatchNormTraining: batchNormTraining,
  BatchNormTrainingGradient: batchNormTrainingGradient,
  LayerNormalization: layerNormalization,
} as const satisfies Record<string, Kernel>;
