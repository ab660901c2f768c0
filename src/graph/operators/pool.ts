import { attribute, floats, integers, optional, required, requiredAttribute } from "./contract.js";
import type { InferenceContext, OperatorSchema, ValueType } from "./contract.js";
import { spatialExtents, windowAttributes, windowOf } from "./window.js";

export const maxPoolAttributes = {
  ...windowAttributes,
  ceil_mode: attribute("int", 0),
  kernel_shape: requiredAttribute("ints"),
  storage_order: attribute("int", 0),
};

export const averagePoolAttributes = {
  auto_pad: windowAttributes.auto_pad,
  ceil_mode: attribute("int", 0),
  count_include_pad: attribute("int", 0),
  kernel_shape: requiredAttribute("ints"),
  pads: windowAttributes.pads,
  strides: windowAttributes.strides,
};

/** Type of a pool of input 0. */
export function inferPool(context: InferenceContext): ValueType {
  const { dtype, shape } = context.input(0);
  const { output } = windowOf(context, spatialExtents(context, shape), context.ints("kernel_shape")!);
  return { dtype, shape: [shape[0]!, shape[1]!, ...output] };
}

/** Type of a pool over all spatial axes, which stay as extents of 1. */
export function inferGlobalPool(context: InferenceContext): readonly ValueType[] {
  const { dtype, shape } = context.input(0);
  if (shape.length < 3) context.fail("an input [N, C, ...] with at least one spatial axis");
  return [{ dtype, shape: shape.map((dim, i) => (i < 2 ? dim : 1)) }];
}

function globalPool(summary: string): OperatorSchema {
  return {
    domain: "",
    since: 1,
    summary,
    types: { T: floats },
    inputs: [required("X")],
    outputs: [required("Y")],
    attributes: {},
    infer: inferGlobalPool,
  };
}

export const pools = {
  MaxPool: {
    domain: "",
    since: 12,
    summary:
      "Largest element of each window; Indices are flat positions in the whole input (ties: first in row-major order)",
    types: { T: [...floats, ...integers] },
    inputs: [required("X")],
    outputs: [required("Y"), optional("Indices", "int64")],
    attributes: maxPoolAttributes,
    infer: (context) => {
      const pooled = inferPool(context);
      return [pooled, { dtype: "int64", shape: pooled.shape }];
    },
  },
  AveragePool: {
    domain: "",
    since: 11,
    summary: "Mean of each window; padding counts only with count_include_pad = 1",
    types: { T: floats },
    inputs: [required("X")],
    outputs: [required("Y")],
    attributes: averagePoolAttributes,
    infer: (context) => [inferPool(context)],
  },
  GlobalAveragePool: globalPool("Mean over all spatial axes, kept as extents of 1"),
  GlobalMaxPool: globalPool("Largest element over all spatial axes, kept as extents of 1"),
} as const satisfies Record<string, OperatorSchema>;
