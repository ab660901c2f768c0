import { attribute, optional, required } from "./contract.js";
import type { InferenceContext, OperatorSchema } from "./contract.js";
import { convAttributes, inferConv } from "./conv.js";
import { averagePoolAttributes, inferGlobalPool, inferPool, maxPoolAttributes } from "./pool.js";

/*
 * ONNX Runtime's blocked layout. Shapes stay nominal, [N, C, H, W]; memory is [N, C / block, H, W, block]. The block is
 * 8 or 16 by machine, so that channels are expected to fill whole blocks and are never padded here.
 */
const blocked = { domain: "com.microsoft.nchwc", since: 1, types: { T: ["float32"] } } as const;

function checkImage(context: InferenceContext): void {
  if (context.input(0).shape.length !== 4) context.fail("an input [N, C, H, W]");
}

function pool(op: string, summary: string, attributes: OperatorSchema["attributes"]): OperatorSchema {
  return {
    ...blocked,
    op,
    summary,
    inputs: [required("X")],
    outputs: [required("Y")],
    attributes,
    infer: (context) => {
      checkImage(context);
      return [inferPool(context)];
    },
  };
}

export const nchwc = {
  "nchwc.Conv": {
    ...blocked,
    op: "Conv",
    summary:
      "activation(Conv(X, W, B) + Sum) in the blocked layout; W in the layout that its kind of convolution needs",
    inputs: [required("X"), required("W"), optional("B"), optional("Sum")],
    outputs: [required("Y")],
    attributes: { ...convAttributes, activation: attribute("string"), activation_params: attribute("floats") },
    infer: (context) => {
      checkImage(context);
      return inferConv(context);
    },
  },
  "nchwc.MaxPool": pool("MaxPool", "MaxPool in the blocked layout", maxPoolAttributes),
  "nchwc.AveragePool": pool("AveragePool", "AveragePool in the blocked layout", averagePoolAttributes),
  "nchwc.GlobalAveragePool": {
    ...blocked,
    op: "GlobalAveragePool",
    summary: "GlobalAveragePool in the blocked layout",
    inputs: [required("X")],
    outputs: [required("Y")],
    attributes: {},
    infer: inferGlobalPool,
  },
  "nchwc.ReorderInput": {
    ...blocked,
    op: "ReorderInput",
    summary: "From plain memory, NCHW or with channels_last = 1 NHWC, to the blocked layout",
    inputs: [required("X")],
    outputs: [required("Y")],
    attributes: { channels_last: attribute("int", 0) },
    infer: (context) => {
      checkImage(context);
      const { dtype, shape } = context.input(0);
      const [n, second, third, last] = shape as [number, number, number, number];
      return [{ dtype, shape: context.int("channels_last") === 1 ? [n, last, second, third] : shape }];
    },
  },
  "nchwc.ReorderOutput": {
    ...blocked,
    op: "ReorderOutput",
    summary:
      "From the blocked layout to plain memory with the given number of channels, NCHW or with channels_last = 1 NHWC",
    inputs: [required("X")],
    outputs: [required("Y")],
    attributes: { channels: attribute("int", 0), channels_last: attribute("int", 0) },
    infer: (context) => {
      checkImage(context);
      const { dtype, shape } = context.input(0);
      const [n, c, h, w] = shape as [number, number, number, number];
      const channels = context.int("channels") || c;
      return [{ dtype, shape: context.int("channels_last") === 1 ? [n, h, w, channels] : [n, channels, h, w] }];
    },
  },
} as const satisfies Record<string, OperatorSchema>;
