import { attribute, floats, optional, required } from "./contract.js";
import type { InferenceContext, OperatorSchema } from "./contract.js";
import { formatShape } from "../dim.js";

/** Checks that the given inputs are vectors with one element per channel of input 0. */
export function checkPerChannel(context: InferenceContext, inputs: readonly number[]): void {
  const { shape } = context.input(0);
  if (shape.length < 2) context.fail("an input [N, C, ...]");
  for (const index of inputs) {
    const vector = context.input(index).shape;
    if (vector.length !== 1 || vector[0] !== shape[1]) {
      context.fail(`input ${index} of shape [${shape[1]}], one element per channel, not ${formatShape(vector)}`);
    }
  }
}

export const norms = {
  BatchNormalization: {
    domain: "",
    since: 15,
    summary: "(X - mean) / sqrt(var + epsilon) * scale + B per channel, with given mean and variance",
    types: { T: floats, T1: floats, T2: floats },
    inputs: [
      required("X"),
      required("scale", "T1"),
      required("B", "T1"),
      required("input_mean", "T2"),
      required("input_var", "T2"),
    ],
    outputs: [required("Y")],
    attributes: {
      epsilon: attribute("float", 1e-5),
      momentum: attribute("float", 0.9),
      training_mode: attribute("int", 0),
    },
    infer: (context) => {
      if (context.int("training_mode") !== 0) context.unsupported("training_mode 1 (use BatchNormTraining)");
      checkPerChannel(context, [1, 2, 3, 4]);
      return [{ dtype: context.input(0).dtype, shape: context.input(0).shape }];
    },
  },
  LayerNormalization: {
    domain: "",
    since: 17,
    summary: "(X - mean) / sqrt(var + epsilon) * Scale + B, mean and variance over the axes from `axis` on",
    types: { T: floats, U: ["float32"] },
    inputs: [required("X"), required("Scale"), optional("B")],
    outputs: [required("Y"), optional("Mean", "U"), optional("InvStdDev", "U")],
    attributes: { axis: attribute("int", -1), epsilon: attribute("float", 1e-5), stash_type: attribute("int", 1) },
    infer: (context) => {
      const { dtype, shape } = context.input(0);
      const axis = context.axis(context.int("axis"), shape.length);
      const statistics = shape.map((dim, i) => (i < axis ? dim : 1));
      return [
        { dtype, shape },
        { dtype: "float32", shape: statistics },
        { dtype: "float32", shape: statistics },
      ];
    },
  },
} as const satisfies Record<string, OperatorSchema>;
