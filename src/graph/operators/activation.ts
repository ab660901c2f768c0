import { attribute, floats, numbers, required } from "./contract.js";
import type { AttributeFacts, OperatorSchema } from "./contract.js";
import { unary } from "./elementwise.js";

function activation(summary: string, attributes: Record<string, AttributeFacts>, since: number): OperatorSchema {
  return { ...unary(summary, floats, since), attributes };
}

function alongAxis(summary: string): OperatorSchema {
  return {
    ...activation(summary, { axis: attribute("int", -1) }, 13),
    inputs: [required("input")],
    infer: (context) => {
      const { dtype, shape } = context.input(0);
      context.axis(context.int("axis"), shape.length);
      return [{ dtype, shape }];
    },
  };
}

export const activations = {
  Relu: unary("max(0, X)", numbers, 14),
  LeakyRelu: activation("X where X >= 0, alpha X elsewhere", { alpha: attribute("float", 0.01) }, 16),
  Elu: activation("X where X >= 0, alpha (e^X - 1) elsewhere", { alpha: attribute("float", 1) }, 6),
  Sigmoid: unary("1 / (1 + e^-X)"),
  HardSigmoid: activation(
    "max(0, min(1, alpha X + beta))",
    { alpha: attribute("float", 0.2), beta: attribute("float", 0.5) },
    6,
  ),
  HardSwish: unary("X max(0, min(1, X / 6 + 1 / 2))", floats, 14),
  Tanh: unary("Hyperbolic tangent of X"),
  Softplus: unary("ln(1 + e^X)", floats, 1),
  Softmax: alongAxis("e^X / sum e^X along an axis"),
  LogSoftmax: alongAxis("X - ln sum e^X along an axis"),
} as const satisfies Record<string, OperatorSchema>;
