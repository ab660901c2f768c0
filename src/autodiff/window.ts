import type { Node } from "../graph/index.js";
import { intOf, intsOf, stringOf } from "./attributes.js";

/** A sliding window over the spatial axes, with every default filled in. */
export interface Window {
  readonly kernelShape: number[];
  readonly strides: number[];
  readonly dilations: number[];
  /** Zeros before each axis, then zeros after each axis. */
  readonly pads: number[];
  readonly outputShape: number[];
}

/**
 * Reads the window of a convolution or pooling node.
 * @param spatial extents the window slides over
 * @param kernel extents of the weights, where the node has any
 * @see ONNX operators Conv and AveragePool, version 11; with ceil_mode the last window starts inside the input or
 *   its leading pads, as in PyTorch
 */
export function windowOf(node: Node, spatial: readonly number[], kernel?: readonly number[]): Window {
  const kernelShape = [...(intsOf(node, "kernel_shape") ?? kernel ?? [])];
  const strides = [...(intsOf(node, "strides") ?? spatial.map(() => 1))];
  const dilations = [...(intsOf(node, "dilations") ?? spatial.map(() => 1))];
  const autoPad = stringOf(node, "auto_pad", "NOTSET");
  const given = intsOf(node, "pads") ?? [];
  const before: number[] = [];
  const after: number[] = [];
  const outputShape: number[] = [];
  for (const [axis, size] of spatial.entries()) {
    const stride = strides[axis]!;
    const span = dilations[axis]! * (kernelShape[axis]! - 1) + 1;
    const isSame = autoPad.startsWith("SAME");
    const total = isSame ? Math.max(0, (Math.ceil(size / stride) - 1) * stride + span - size) : 0;
    const small = Math.floor(total / 2);
    before.push(isSame ? (autoPad === "SAME_UPPER" ? small : total - small) : (given[axis] ?? 0));
    after.push(isSame ? total - before[axis]! : (given[axis + spatial.length] ?? 0));
    const steps = (size + before[axis]! + after[axis]! - span) / stride;
    let extent = Math.floor(steps) + 1;
    if (intOf(node, "ceil_mode", 0) === 1) {
      extent = Math.ceil(steps) + 1;
      if ((extent - 1) * stride >= size + before[axis]!) extent--;
    }
    outputShape.push(extent);
  }
  return { kernelShape, strides, dilations, pads: [...before, ...after], outputShape };
}
