import { UnsupportedError } from "../../base/index.js";
import type { Node, OperatorName } from "../../graph/index.js";
import { intOf, intsOf } from "../attributes.js";
import type { GradientContext, GradientRule, NoGradient } from "../contract.js";
import { windowOf } from "../window.js";

/** The geometry of a convolution as attributes, everything said. */
function geometryOf(node: Node, spatial: readonly number[], kernel: readonly number[]) {
  const { strides, dilations, pads } = windowOf(node, spatial, kernel);
  return { kernel_shape: kernel, strides, dilations, pads, group: intOf(node, "group", 1) };
}

/** Channels and spatial extents [C, H, W] of a value [N, C, H, W]. */
function inputShapeOf({ emit }: GradientContext, value: string): number[] {
  return emit.staticTail(value, 1);
}

export const conv = {
  Conv: (context) => {
    const { node, emit, x, dy, wants } = context;
    const [input, weight] = [x[0]!, x[1]!];
    const shape = inputShapeOf(context, input);
    const geometry = geometryOf(node, shape.slice(1), emit.staticTail(weight, 2));
    return [
      wants(0) ? emit.op("ConvInputGradient", [dy[0]!, weight], { ...geometry, input_shape: shape }) : undefined,
      wants(1) ? emit.op("ConvWeightGradient", [input, dy[0]!], geometry) : undefined,
      x[2] && wants(2) ? emit.channelSum(dy[0]!) : undefined,
    ];
  },
  // The transpose of a convolution with the same weights, so its gradients are that convolution.
  ConvTranspose: (context) => {
    const { node, emit, x, dy, wants } = context;
    if (intsOf(node, "output_shape") || (node.attributes["auto_pad"]?.value ?? "NOTSET") !== "NOTSET") {
      throw new UnsupportedError(
        "no-gradient",
        `${node.op} "${node.name}": expected explicit pads, got output_shape or auto_pad. Write pads and output_padding.`,
      );
    }
    const geometry = geometryOf(node, inputShapeOf(context, dy[0]!).slice(1), emit.staticTail(x[1]!, 2));
    return [
      wants(0) ? emit.op("Conv", [dy[0]!, x[1]!], geometry) : undefined,
      wants(1) ? emit.op("ConvWeightGradient", [dy[0]!, x[0]!], geometry) : undefined,
      x[2] && wants(2) ? emit.channelSum(dy[0]!) : undefined,
    ];
  },
  // Both gradients of a convolution are linear in each of their inputs.
  ConvInputGradient: (context) => {
    const { node, emit, x, dy, wants } = context;
    const geometry = geometryOf(node, inputShapeOf(context, dy[0]!).slice(1), emit.staticTail(x[1]!, 2));
    return [
      wants(0) ? emit.op("Conv", [dy[0]!, x[1]!], geometry) : undefined,
      wants(1) ? emit.op("ConvWeightGradient", [dy[0]!, x[0]!], geometry) : undefined,
    ];
  },
  ConvWeightGradient: (context) => {
    const { node, emit, x, dy, wants } = context;
    const shape = inputShapeOf(context, x[0]!);
    const geometry = geometryOf(node, shape.slice(1), emit.staticTail(dy[0]!, 2));
    return [
      wants(0) ? emit.op("ConvInputGradient", [x[1]!, dy[0]!], { ...geometry, input_shape: shape }) : undefined,
      wants(1) ? emit.op("Conv", [x[0]!, dy[0]!], geometry) : undefined,
    ];
  },
} as const satisfies Partial<Record<OperatorName, GradientRule | NoGradient>>;
