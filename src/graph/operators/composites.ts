import { attribute, floats, required, requiredAttribute } from "./contract.js";
import type { InferenceContext, OperatorSchema, Port } from "./contract.js";
import { convAttributes } from "./conv.js";
import { checkPerChannel } from "./norm.js";
import { averagePoolAttributes, maxPoolAttributes } from "./pool.js";
import type { ValueType } from "./contract.js";

const composite = { domain: "ai.osteon" as const, since: 1, types: { T: floats } };

const sameAs = (index: number) => (context: InferenceContext): readonly ValueType[] => [
  { dtype: context.input(index).dtype, shape: context.input(index).shape },
];

const ports = (...names: readonly string[]): Port[] => names.map((name) => required(name));

/** The shape [N, ...input_shape] of the input whose gradient is asked for. */
function inputShaped(context: InferenceContext): readonly ValueType[] {
  const { dtype, shape } = context.input(0);
  return [{ dtype, shape: [shape[0]!, ...context.ints("input_shape")!] }];
}

/**
 * Operators with one meaning each that differentiation and training emit and that no runtime has: the engine lowers
 * them to what the runtime has, in the form that is fastest for their shape.
 */
export const composites = {
  ConvInputGradient: {
    ...composite,
    summary: "Gradient of Conv with respect to X [N, C, ...] from dY and W; input_shape is [C, ...]",
    inputs: ports("dY", "W"),
    outputs: ports("dX"),
    attributes: { ...convAttributes, input_shape: requiredAttribute("ints") },
    infer: inputShaped,
  },
  ConvWeightGradient: {
    ...composite,
    summary: "Gradient of Conv with respect to W [K, C / group, ...] from X and dY",
    inputs: ports("X", "dY"),
    outputs: ports("dW"),
    attributes: { ...convAttributes, kernel_shape: requiredAttribute("ints") },
    infer: (context) => {
      const { dtype, shape } = context.input(0);
      const channels = Number(shape[1]) / context.int("group");
      if (!Number.isInteger(channels)) context.fail("input channels in multiples of group");
      return [{ dtype, shape: [context.input(1).shape[1]!, channels, ...context.ints("kernel_shape")!] }];
    },
  },
  ReluGradient: {
    ...composite,
    summary: "dY where Y > 0, 0 elsewhere; Y is the output (or the input) of Relu",
    inputs: ports("Y", "dY"),
    outputs: ports("dX"),
    attributes: {},
    infer: sameAs(1),
  },
  ClipGradient: {
    ...composite,
    summary: "dY where min < X < max, 0 elsewhere, bounds included (as relu6 in PyTorch)",
    inputs: ports("X", "dY"),
    outputs: ports("dX"),
    attributes: { min: requiredAttribute("float"), max: requiredAttribute("float") },
    infer: sameAs(1),
  },
  MaxPoolGradient: {
    ...composite,
    summary: "Gradient of MaxPool with respect to X; ties go to the first maximum of the window in row-major order",
    inputs: ports("X", "Y", "dY"),
    outputs: ports("dX"),
    attributes: maxPoolAttributes,
    infer: sameAs(0),
  },
  AveragePoolGradient: {
    ...composite,
    summary: "Gradient of AveragePool with respect to X; input_shape is [C, ...]",
    inputs: ports("dY"),
    outputs: ports("dX"),
    attributes: { ...averagePoolAttributes, dilations: attribute("ints"), input_shape: requiredAttribute("ints") },
    infer: inputShaped,
  },
  ChannelSum: {
    ...composite,
    summary: "Sum over every axis but the channels: [N, C, ...] to [C]",
    inputs: ports("X"),
    outputs: ports("sum"),
    attributes: {},
    infer: (context) => {
      const { dtype, shape } = context.input(0);
      if (shape.length < 2) context.fail("an input [N, C, ...]");
      return [{ dtype, shape: [shape[1]!] }];
    },
  },
  BatchNormTraining: {
    ...composite,
    summary: "Batch normalization by the batch's own mean and (biased) variance: Y, mean [C], variance [C], 1 / sqrt(variance + epsilon) [C]",
    inputs: ports("X", "scale", "bias"),
    outputs: ports("Y", "mean", "variance", "invStd"),
    attributes: { epsilon: attribute("float", 1e-5) },
    infer: (context) => {
      checkPerChannel(context, [1, 2]);
      const { dtype, shape } = context.input(0);
      const vector = { dtype, shape: [shape[1]!] };
      return [{ dtype, shape }, vector, vector, vector];
    },
  },
  BatchNormTrainingGradient: {
    ...composite,
    summary: "Gradients of BatchNormTraining's Y with respect to X, scale and bias",
    inputs: ports("X", "scale", "mean", "invStd", "dY"),
    outputs: ports("dX", "dScale", "dBias"),
    attributes: {},
    infer: (context) => {
      checkPerChannel(context, [1, 2, 3]);
      const { dtype, shape } = context.input(0);
      const vector = { dtype, shape: [shape[1]!] };
      return [{ dtype, shape }, vector, vector];
    },
  },
} as const satisfies Record<string, OperatorSchema>;
