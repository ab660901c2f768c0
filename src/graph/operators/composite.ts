import { formatShape } from "../dim.js";
import type { Dim } from "../model.js";
import { attribute, floats, required, requiredAttribute } from "./contract.js";
import type { InferenceContext, OperatorSchema } from "./contract.js";
import { convAttributes } from "./conv.js";
import { checkPerChannel } from "./norm.js";
import { averagePoolAttributes, maxPoolAttributes } from "./pool.js";
import { windowOf } from "./window.js";
import type { Window } from "./window.js";

const composite = { domain: "ai.osteon", since: 1, types: { T: floats } } as const;
/** Images may be of a narrower type than what is known of their channels. */
const images = { T: floats, U: floats } as const;

function equalShapes(a: readonly Dim[], b: readonly Dim[]): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** An operator whose inputs all have one shape, which is the shape of the result. */
function sameShape(
  summary: string,
  inputs: readonly string[],
  attributes: OperatorSchema["attributes"] = {},
): OperatorSchema {
  return {
    ...composite,
    summary,
    inputs: inputs.map((name) => required(name)),
    outputs: [required("dX")],
    attributes,
    infer: (context) => {
      const { dtype, shape } = context.input(0);
      for (let i = 1; i < inputs.length; i++) {
        if (!equalShapes(context.input(i).shape, shape)) context.fail(`inputs of one shape, ${formatShape(shape)}`);
      }
      return [{ dtype, shape }];
    },
  };
}

/** Extents [C, ...] of the image a gradient belongs to, from the attribute `input_shape`. */
function imageOf(context: InferenceContext, rank: number): readonly number[] {
  const shape = context.ints("input_shape")!;
  if (shape.length !== rank - 1) context.fail(`input_shape [C, ...] of ${rank - 1} numbers`);
  return shape;
}

function checkWindow(context: InferenceContext, { output }: Window, gradient: readonly Dim[]): void {
  if (!equalShapes(output, gradient.slice(2))) {
    context.fail(`a gradient with spatial extents ${formatShape(output)}, as the forward operator gives`);
  }
}

export const composites = {
  After: {
    ...composite,
    summary: "X, computed no earlier than dY is known: what is made of it anew need not be kept until then",
    types: { T: floats, U: floats },
    inputs: [required("X"), required("dY", "U")],
    outputs: [required("Y")],
    attributes: {},
    infer: (context) => {
      const { dtype, shape } = context.input(0);
      return [{ dtype, shape }];
    },
  },
  AfterReads: {
    ...composite,
    summary: "X, computed no earlier than everything else that reads W has read it: what is made of Y may take the place of W",
    inputs: [required("X"), required("W")],
    outputs: [required("Y")],
    attributes: {},
    infer: (context) => {
      const { dtype, shape } = context.input(0);
      return [{ dtype, shape }];
    },
  },
  ConvInputGradient: {
    ...composite,
    summary: "Gradient of Conv with respect to X: dY [N, K, ...], W [K, C / group, ...] to dX [N, input_shape]",
    inputs: [required("dY"), required("W")],
    outputs: [required("dX")],
    attributes: { ...convAttributes, input_shape: requiredAttribute("ints") },
    infer: (context) => {
      const { dtype, shape: dy } = context.input(0);
      const w = context.input(1).shape;
      const image = imageOf(context, dy.length);
      if (dy[1] !== w[0]) context.fail("one gradient channel per row of weights");
      if (image[0] !== Number(w[1]) * context.int("group"))
        context.fail("input_shape with the channels of weights x group");
      checkWindow(context, windowOf(context, image.slice(1), w.slice(2) as number[]), dy);
      return [{ dtype, shape: [dy[0]!, ...image] }];
    },
  },
  ConvWeightGradient: {
    ...composite,
    summary: "Gradient of Conv with respect to W: X [N, C, ...], dY [N, K, ...] to dW [K, C / group, kernel_shape]",
    inputs: [required("X"), required("dY")],
    outputs: [required("dW")],
    attributes: { ...convAttributes, kernel_shape: requiredAttribute("ints") },
    infer: (context) => {
      const { dtype, shape: x } = context.input(0);
      const dy = context.input(1).shape;
      const kernel = context.ints("kernel_shape")!;
      const group = context.int("group");
      if (dy.length !== x.length || dy[0] !== x[0]) context.fail("X and dY of one rank and batch");
      if (Number(x[1]) % group !== 0 || Number(dy[1]) % group !== 0)
        context.fail(`channels in multiples of group ${group}`);
      checkWindow(context, windowOf(context, x.slice(2) as number[], kernel), dy);
      return [{ dtype, shape: [dy[1]!, Number(x[1]) / group, ...kernel] }];
    },
  },
  ReluGradient: sameShape("dY where Y > 0, else 0", ["Y", "dY"]),
  ClipGradient: sameShape("dY where min < X < max, else 0 (also at the bounds)", ["X", "dY"], {
    min: attribute("float", -Infinity),
    max: attribute("float", Infinity),
  }),
  MaxPoolGradient: {
    ...composite,
    summary: "Gradient of MaxPool: X, Y, dY to dX; the first maximum of a window in row-major order takes all",
    inputs: [required("X"), required("Y"), required("dY")],
    outputs: [required("dX")],
    attributes: maxPoolAttributes,
    infer: (context) => {
      const { dtype, shape } = context.input(0);
      const dy = context.input(2).shape;
      if (!equalShapes(context.input(1).shape, dy)) context.fail("Y and dY of one shape");
      checkWindow(context, windowOf(context, shape.slice(2) as number[], context.ints("kernel_shape")!), dy);
      return [{ dtype, shape }];
    },
  },
  AveragePoolGradient: {
    ...composite,
    summary: "Gradient of AveragePool: dY [N, C, ...] to dX [N, input_shape]",
    inputs: [required("dY")],
    outputs: [required("dX")],
    attributes: { ...averagePoolAttributes, input_shape: requiredAttribute("ints") },
    infer: (context) => {
      const { dtype, shape: dy } = context.input(0);
      const image = imageOf(context, dy.length);
      if (image[0] !== dy[1]) context.fail("input_shape with the channels of dY");
      checkWindow(context, windowOf(context, image.slice(1), context.ints("kernel_shape")!), dy);
      return [{ dtype, shape: [dy[0]!, ...image] }];
    },
  },
  ChannelSum: {
    ...composite,
    summary: "Sum over every axis but the channels: [N, C, ...] to [C]",
    inputs: [required("X")],
    outputs: [required("Y")],
    attributes: {},
    infer: (context) => {
      const { dtype, shape } = context.input(0);
      if (shape.length < 2) context.fail("an input [N, C, ...]");
      return [{ dtype, shape: [shape[1]!] }];
    },
  },
  BatchNormTraining: {
    ...composite,
    summary:
      "(X - mean) invStd scale + bias with the batch's mean and biased variance per channel, invStd = 1 / sqrt(variance + epsilon)",
    types: images,
    inputs: [required("X"), required("scale", "U"), required("bias", "U")],
    outputs: [required("Y"), required("mean", "U"), required("variance", "U"), required("invStd", "U")],
    attributes: { epsilon: attribute("float", 1e-5) },
    infer: (context) => {
      checkPerChannel(context, [1, 2]);
      const { dtype, shape } = context.input(0);
      const perChannel = { dtype: context.input(1).dtype, shape: [shape[1]!] };
      return [{ dtype, shape }, perChannel, perChannel, perChannel];
    },
  },
  BatchNormTrainingGradient: {
    ...composite,
    summary: "Gradient of BatchNormTraining: X, scale, mean, invStd, dY to dX, dScale, dBias",
    types: images,
    inputs: [required("X"), required("scale", "U"), required("mean", "U"), required("invStd", "U"), required("dY")],
    outputs: [required("dX"), required("dScale", "U"), required("dBias", "U")],
    attributes: {},
    infer: (context) => {
      checkPerChannel(context, [1, 2, 3]);
      const { dtype, shape } = context.input(0);
      if (!equalShapes(context.input(4).shape, shape)) context.fail("a gradient of the shape of X");
      const perChannel = { dtype: context.input(1).dtype, shape: [shape[1]!] };
      return [{ dtype, shape }, perChannel, perChannel];
    },
  },
} as const satisfies Record<string, OperatorSchema>;
