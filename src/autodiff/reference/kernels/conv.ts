import { sizeOf } from "../../../base/index.js";
import type { Node } from "../../../graph/index.js";
import { intOf, intsOf } from "../../attributes.js";
import { arrayOf, type NumericArray } from "../array.js";
import { inputOf, type Kernel, type KernelCall } from "../kernel.js";
import { tapsOf } from "../taps.js";

/** Takes the flat indices into X, W and Y that meet in one product. */
type Meeting = (input: number, weight: number, output: number) => void;

/** Visits every product x · w that a convolution adds to an output, by flat indices into X, W and Y. */
function forEachProduct(node: Node, x: readonly number[], w: readonly number[], visit: Meeting): number[] {
  const { window, taps } = tapsOf(node, x.slice(2), w.slice(2));
  const [batch, channels, outputs] = [x[0]!, x[1]!, w[0]!];
  const [inputPlane, outputPlane, kernelSize] = [sizeOf(x.slice(2)), sizeOf(window.output), sizeOf(w.slice(2))];
  const perGroup = w[1]!;
  const outputsPerGroup = outputs / intOf(node, "group", 1);
  for (let n = 0; n < batch; n++) {
    for (let k = 0; k < outputs; k++) {
      const firstChannel = Math.floor(k / outputsPerGroup) * perGroup;
      for (let c = 0; c < perGroup; c++) {
        const input = (n * channels + firstChannel + c) * inputPlane;
        const weight = (k * perGroup + c) * kernelSize;
        const output = (n * outputs + k) * outputPlane;
        for (const tap of taps) visit(input + tap.input, weight + tap.kernel, output + tap.output);
      }
    }
  }
  return [batch, outputs, ...window.output];
}

function withBias(call: KernelCall, result: NumericArray): NumericArray {
  const bias = call.inputs[2];
  if (!bias) return result;
  const [channels, plane] = [result.shape[1]!, sizeOf(result.shape.slice(2))];
  return arrayOf(result.shape, result.data.map((value, i) => value + bias.data[Math.floor(i / plane) % channels]!));
}

const conv: Kernel = (call) => {
  const [x, w] = [inputOf(call, 0), inputOf(call, 1)];
  const { output } = tapsOf(call.node, x.shape.slice(2), w.shape.slice(2)).window;
  const y = arrayOf([x.shape[0]!, w.shape[0]!, ...output]);
  forEachProduct(call.node, x.shape, w.shape, (i, j, o) => (y.data[o]! += x.data[i]! * w.data[j]!));
  return [withBias(call, y)];
};

function inputGradient(node: Node, dy: NumericArray, w: NumericArray, inputShape: readonly number[]): NumericArray {
  const dx = arrayOf([dy.shape[0]!, ...inputShape]);
  forEachProduct(node, dx.shape, w.shape, (i, j, o) => (dx.data[i]! += dy.data[o]! * w.data[j]!));
  return dx;
}

const convTranspose: Kernel = (call) => {
  const [x, w] = [inputOf(call, 0), inputOf(call, 1)];
  const spatial = x.shape.slice(2);
  const list = (name: string, fallback: number) => intsOf(call.node, name) ?? spatial.map(() => fallback);
  const pads = intsOf(call.node, "pads") ?? [...spatial, ...spatial].map(() => 0);
  const extents = spatial.map((extent, axis) => {
    const span = list("dilations", 1)[axis]! * (w.shape[axis + 2]! - 1) + 1;
    const whole = list("strides", 1)[axis]! * (extent - 1) + list("output_padding", 0)[axis]! + span;
    return whole - pads[axis]! - pads[axis + spatial.length]!;
  });
  const channels = w.shape[1]! * intOf(call.node, "group", 1);
  return [withBias(call, inputGradient(call.node, x, w, [channels, ...extents]))];
};

const convWeightGradient: Kernel = (call) => {
  const [x, dy] = [inputOf(call, 0), inputOf(call, 1)];
  const perGroup = x.shape[1]! / intOf(call.node, "group", 1);
  const dw = arrayOf([dy.shape[1]!, perGroup, ...intsOf(call.node, "kernel_shape")!]);
  forEachProduct(call.node, x.shape, dw.shape, (i, j, o) => (dw.data[j]! += dy.data[o]! * x.data[i]!));
  return [dw];
};

export const convKernels = {
  Conv: conv,
  ConvTranspose: convTranspose,
  ConvInputGradient: (call) => [
    inputGradient(call.node, inputOf(call, 0), inputOf(call, 1), intsOf(call.node, "input_shape")!),
  ],
  ConvWeightGradient: convWeightGradient,
} as const satisfies Record<string, Kernel>;
