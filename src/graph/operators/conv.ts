import type { Dim } from "../model.js";
import { attribute, floats, optional, required } from "./contract.js";
import type { InferenceContext, OperatorSchema, ValueType } from "./contract.js";
import { spatialExtents, windowAttributes, windowOf } from "./window.js";

export const convAttributes = {
  ...windowAttributes,
  group: attribute("int", 1),
  kernel_shape: attribute("ints"),
};

/** Spatial extents of the weights [K, C / group, ...], checked against the attribute `kernel_shape`. */
export function kernelOf(context: InferenceContext, weights: readonly Dim[]): readonly number[] {
  const kernel = weights.slice(2) as number[];
  const said = context.ints("kernel_shape");
  if (said && (said.length !== kernel.length || said.some((extent, i) => extent !== kernel[i]))) {
    context.fail(`kernel_shape [${kernel.join(", ")}] as the weights have it, not [${said.join(", ")}]`);
  }
  return kernel;
}

function checkBias(context: InferenceContext, index: number, channels: Dim): void {
  if (!context.has(index)) return;
  const { shape } = context.input(index);
  if (shape.length !== 1 || shape[0] !== channels) context.fail(`a bias of shape [${channels}]`);
}

/** Types of a convolution of inputs X [N, C, ...], W [K, C / group, ...], B [K]. */
export function inferConv(context: InferenceContext): readonly ValueType[] {
  const { dtype, shape: x } = context.input(0);
  const w = context.input(1).shape;
  const spatial = spatialExtents(context, x);
  const group = context.int("group");
  if (w.length !== x.length) context.fail("weights of the rank of the input");
  const [outputs, perGroup] = w;
  if (typeof x[1] !== "number" || x[1] !== group * Number(perGroup)) {
    context.fail(`${perGroup} x ${group} input channels (weights x group)`);
  }
  if (typeof outputs !== "number" || outputs % group !== 0)
    context.fail(`output channels in multiples of group ${group}`);
  checkBias(context, 2, outputs);
  const { output } = windowOf(context, spatial, kernelOf(context, w));
  return [{ dtype, shape: [x[0]!, outputs, ...output] }];
}

function transposedExtents(
  context: InferenceContext,
  spatial: readonly number[],
  kernel: readonly number[],
): readonly number[] {
  const axes = spatial.length;
  const list = (name: string, fallback: number, length = axes): readonly number[] => {
    const value = context.ints(name) ?? Array.from({ length }, () => fallback);
    if (value.length !== length) context.fail(`${name} of ${length} numbers`);
    return value;
  };
  const strides = list("strides", 1);
  const dilations = list("dilations", 1);
  const padding = list("output_padding", 0);
  const pads = list("pads", 0, 2 * axes);
  const shape = context.ints("output_shape");
  if (shape) return list("output_shape", 0);
  const same = context.string("auto_pad").startsWith("SAME");
  const noPads = context.string("auto_pad") === "VALID";
  return spatial.map((extent, i) => {
    const full = strides[i]! * (extent - 1) + padding[i]! + dilations[i]! * (kernel[i]! - 1) + 1;
    // Padding only ever removes: a kernel shorter than its stride leaves less than extent x stride.
    if (same) return Math.min(full, extent * strides[i]!);
    return noPads ? full : full - pads[i]! - pads[axes + i]!;
  });
}

export const convolutions = {
  Conv: {
    domain: "",
    since: 11,
    summary: "Cross-correlation of X [N, C, ...] with W [K, C / group, ...] plus B [K]",
    types: { T: floats },
    inputs: [required("X"), required("W"), optional("B")],
    outputs: [required("Y")],
    attributes: convAttributes,
    infer: inferConv,
  },
  ConvTranspose: {
    domain: "",
    since: 11,
    summary: "Adjoint of a convolution: X [N, C, ...], W [C, K / group, ...] to [N, K, ...], plus B [K]",
    types: { T: floats },
    inputs: [required("X"), required("W"), optional("B")],
    outputs: [required("Y")],
    attributes: { ...convAttributes, output_padding: attribute("ints"), output_shape: attribute("ints") },
    infer: (context) => {
      const { dtype, shape: x } = context.input(0);
      const w = context.input(1).shape;
      const spatial = spatialExtents(context, x);
      const group = context.int("group");
      if (w.length !== x.length) context.fail("weights of the rank of the input");
      if (x[1] !== w[0] || Number(x[1]) % group !== 0)
        context.fail(`input channels as the weights have them, in multiples of group ${group}`);
      const channels = Number(w[1]) * group;
      checkBias(context, 2, channels);
      const output = transposedExtents(context, spatial, kernelOf(context, w));
      if (output.some((extent) => extent < 1)) context.fail("output extents of at least 1");
      return [{ dtype, shape: [x[0]!, channels, ...output] }];
    },
  },
  FusedConv: {
    domain: "com.microsoft",
    since: 1,
    summary: "activation(Conv(X, W, B) + Z)",
    types: { T: floats },
    inputs: [required("X"), required("W"), optional("B"), optional("Z")],
    outputs: [required("Y")],
    attributes: { ...convAttributes, activation: attribute("string"), activation_params: attribute("floats") },
    infer: inferConv,
  },
} as const satisfies Record<string, OperatorSchema>;
