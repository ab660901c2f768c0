import { dataTypeCode, type GraphBuilder } from "../../../graph/index.js";
import type { Lowering } from "../contract.js";
import { intOf, intsOf } from "../attributes.js";
import { castLike } from "./cast-like.js";
import { padForTaps, positionsPerChannel, sliceTap } from "../taps.js";
import { leftOver, positionsOf, windowOf } from "../window.js";

function extentsFrom(builder: GraphBuilder, value: string, axis: number): number[] {
  return builder.shape(value).slice(axis) as number[];
}

/** dX of a convolution: the transposed convolution; output padding gives back what the last window left over. */
export const convInputGradient: Lowering = ({ builder, node, inputs: [dy, w] }) => {
  const kernel = extentsFrom(builder, w!, 2);
  const input = intsOf(node, "input_shape")!.slice(1);
  const window = windowOf(node, kernel, input, extentsFrom(builder, dy!, 2));
  return [
    builder.op("ConvTranspose", [dy!, w!], {
      kernel_shape: kernel,
      strides: window.strides,
      dilations: window.dilations,
      pads: [...window.before, ...window.after],
      output_padding: kernel.map((_, i) => leftOver(window, i)),
      group: intOf(node, "group", 1),
    }),
  ];
};

/**
 * dX where the weights are constants, the stride 1 and the convolution whole or depthwise: the convolution with flipped weights whose inputs
 * and outputs are exchanged. The runtime makes those weights when it loads the graph, and packs and blocks them.
 */
export const convInputGradientOfConstants: Lowering = (context) => {
  const { builder, node, inputs: [dy, w] } = context;
  const [filters, channels, ...kernel] = builder.shape(w!) as number[];
  const window = windowOf(node, kernel, intsOf(node, "input_shape")!.slice(1), extentsFrom(builder, dy!, 2));
  const group = intOf(node, "group", 1);
  const isDepthwise = group === filters && channels === 1;
  const reach = kernel.map((k, i) => (k - 1) * window.dilations[i]!);
  const pads = [...reach.map((n, i) => n - window.before[i]!), ...reach.map((n, i) => n - window.after[i]!)];
  const isFitting = window.strides.every((s) => s === 1) && pads.every((pad) => pad >= 0) && (group === 1 || isDepthwise);
  if (!isFitting || builder.constantValue(w!) === undefined) return convInputGradient(context);
  const axes = kernel.map((_, i) => i + 2);
  const each = (value: number) => builder.constant(kernel.map(() => value));
  const flipped = kernel.every((k) => k === 1) ? w! : builder.op("Slice", [w!, each(-1), each(Number.MIN_SAFE_INTEGER), builder.constant(axes), each(-1)]);
  const turned = isDepthwise ? flipped : builder.op("Transpose", [flipped], { perm: [1, 0, ...axes] });
  return [builder.op("Conv", [dy!, turned], { kernel_shape: kernel, dilations: window.dilations, pads, group })];
};

/** Sum over the first axis; that of 16-bit floats is taken in 32 bits. */
function sumOverImages(builder: GraphBuilder, value: string): string {
  const sum = (terms: string) => builder.op("ReduceSum", [terms, builder.constant([0])], { keepdims: 0 });
  if (builder.dtype(value) !== "float16") return sum(value);
  return castLike(builder, sum(builder.op("Cast", [value], { to: dataTypeCode("float32") })), value);
}

/**
 * dW of a convolution, one kernel position ("tap") at a time: with X[tap] the part of the padded input that the
 * position sees, dW[k, c, tap] = Σ over n and pixels of dY[n, k] · X[tap][n, c].
 */
export const convWeightGradient: Lowering = ({ builder, node, inputs: [x, dy] }) => {
  const kernel = intsOf(node, "kernel_shape")!;
  const window = windowOf(node, kernel, extentsFrom(builder, x!, 2), extentsFrom(builder, dy!, 2));
  const channels = builder.shape(x!)[1] as number;
  const filters = builder.shape(dy!)[1] as number;
  const group = intOf(node, "group", 1);
  const pixels = positionsPerChannel(window);
  const byGroup = (value: string, perGroup: number) =>
    builder.op("Reshape", [value, builder.constant(group === 1 ? [0, perGroup, pixels] : [0, group, perGroup, pixels])]);
  const right = byGroup(dy!, filters / group);
  const swap = group === 1 ? [0, 2, 1] : [0, 1, 3, 2];
  const padded = padForTaps(builder, x!, window);
  const perTap = positionsOf(kernel).map((tap) => {
    const left = byGroup(sliceTap(builder, padded, window, tap), channels / group);
    const product = builder.op("MatMul", [right, builder.op("Transpose", [left], { perm: swap })]);
    const summed = sumOverImages(builder, product);
    return builder.op("Reshape", [summed, builder.constant([filters, channels / group, 1])]);
  });
  const stacked = perTap.length === 1 ? perTap[0]! : builder.op("Concat", perTap, { axis: 2 });
  return [builder.op("Reshape", [stacked, builder.constant([filters, channels / group, ...kernel])])];
};
