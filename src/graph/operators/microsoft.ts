import { attribute, floats, required } from "./contract.js";
import type { OperatorSchema } from "./contract.js";
import { unary } from "./elementwise.js";

/** Activations that only ONNX Runtime's own operator set has. Its FusedMatMul and FusedConv are with their families. */
export const microsoft = {
  Gelu: { ...unary("X / 2 (1 + erf(X / sqrt 2))", floats, 1), domain: "com.microsoft" },
  QuickGelu: {
    ...unary("X sigmoid(alpha X)", floats, 1),
    domain: "com.microsoft",
    inputs: [required("X")],
    attributes: { alpha: attribute("float", 1.702) },
  },
} as const satisfies Record<string, OperatorSchema>;
