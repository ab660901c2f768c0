import { type Node, slidingWindow, type Window } from "../graph/index.js";
import { intOf, intsOf, stringOf } from "./attributes.js";

/**
 * Geometry of a convolution or pooling node with every default filled in and `auto_pad` resolved.
 * @param spatial extents the window slides over
 * @param kernel extents of the weights, where the node has any
 */
export function windowOf(node: Node, spatial: readonly number[], kernel: readonly number[] = []): Window {
  return slidingWindow(spatial, {
    kernel: intsOf(node, "kernel_shape") ?? kernel,
    strides: intsOf(node, "strides"),
    dilations: intsOf(node, "dilations"),
    pads: intsOf(node, "pads"),
    autoPad: stringOf(node, "auto_pad", "NOTSET"),
    ceilMode: intOf(node, "ceil_mode", 0) === 1,
  });
}
