import { attribute, floats, numbers, optional, required } from "./contract.js";
import type { InferenceContext, OperatorSchema, ValueType } from "./contract.js";

function resized(context: InferenceContext): ValueType {
  const { dtype, shape } = context.input(0);
  if (context.has(3)) {
    const sizes = context.knownContent(3);
    if (sizes.length !== shape.length) context.fail(`sizes of ${shape.length} numbers`);
    return { dtype, shape: sizes };
  }
  const scales = context.constant(2);
  if (scales === undefined) return context.unsupported("scales that are not constant");
  if (scales.data.length !== shape.length) context.fail(`scales of ${shape.length} numbers`);
  return {
    dtype,
    shape: shape.map((dim, i) => {
      const scale = Number(scales.data[i]);
      if (scale === 1) return dim;
      return typeof dim === "number" ? Math.floor(dim * scale) : context.unsupported("a resize of a named extent");
    }),
  };
}

export const resizing = {
  Resize: {
    domain: "",
    since: 13,
    summary: "Resampled to sizes or by scales",
    types: { T1: numbers, T2: floats },
    inputs: [required("X", "T1"), optional("roi", "T2"), optional("scales", "float32"), optional("sizes", "int64")],
    outputs: [required("Y", "T1")],
    attributes: {
      coordinate_transformation_mode: attribute("string", "half_pixel"),
      cubic_coeff_a: attribute("float", -0.75),
      exclude_outside: attribute("int", 0),
      extrapolation_value: attribute("float", 0),
      mode: attribute("string", "nearest"),
      nearest_mode: attribute("string", "round_prefer_floor"),
    },
    infer: (context) => [resized(context)],
  },
} as const satisfies Record<string, OperatorSchema>;
