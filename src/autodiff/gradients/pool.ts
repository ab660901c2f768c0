import type { Node, OperatorName } from "../../graph/index.js";
import { intOf } from "../attributes.js";
import { type GradientContext, type GradientRule, type NoGradient, noGradient } from "../contract.js";
import { windowOf } from "../window.js";

type Attributes = Record<string, number | readonly number[]>;

function geometryOf({ emit, node }: GradientContext, input: string): Attributes {
  const { kernel, strides, dilations, pads } = windowOf(node, emit.staticTail(input, 2));
  const isCeil = intOf(node, "ceil_mode", 0) === 1;
  return { kernel_shape: kernel, strides, pads, ...dilated(node, dilations), ...(isCeil && { ceil_mode: 1 }) };
}

/** AveragePool knows dilations from version 19 on only, so they are said only where the node says them. */
function dilated(node: Node, dilations: readonly number[]): Attributes {
  return node.attributes["dilations"] ? { dilations } : {};
}

function countsPads(node: Node): Attributes {
  return intOf(node, "count_include_pad", 0) === 1 ? { count_include_pad: 1 } : {};
}

export const pool = {
  MaxPool: (context) => {
    const { emit, x, y, dy } = context;
    return [emit.op("MaxPoolGradient", [x[0]!, y[0]!, dy[0]!], geometryOf(context, x[0]!))];
  },
  // One window over everything.
  GlobalMaxPool: ({ emit, x, y, dy }) => [
    emit.op("MaxPoolGradient", [x[0]!, y[0]!, dy[0]!], { kernel_shape: emit.staticTail(x[0]!, 2) }),
  ],
  AveragePool: (context) => {
    const { emit, node, x, dy } = context;
    const attributes = { ...geometryOf(context, x[0]!), ...countsPads(node), input_shape: emit.staticTail(x[0]!, 1) };
    return [emit.op("AveragePoolGradient", [dy[0]!], attributes)];
  },
  // The mean of each window is linear: its transpose's transpose is the mean again.
  AveragePoolGradient: (context) => {
    const { emit, node, dy } = context;
    return [emit.op("AveragePool", [dy[0]!], { ...geometryOf(context, dy[0]!), ...countsPads(node) })];
  },
  MaxPoolGradient: noGradient("second order: the positions of the maxima are not kept"),
} as const satisfies Partial<Record<OperatorName, GradientRule | NoGradient>>;
