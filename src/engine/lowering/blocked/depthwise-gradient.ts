import type { BlockedGraph } from "./blocked-graph.js";
import type { BlockedConv } from "./conv-geometry.js";
import type { GradientOperands } from "./weight-gradient.js";

/**
 * dW of a depthwise convolution without a copy: X seen as N · C channels of one image, dY as their depthwise weights, of
 * the size of the output and dilated by the layer's stride; the convolution's output is one gradient per image.
 */
export function depthwiseGradient(graph: BlockedGraph, { x, dy }: GradientOperands, { window, input, output }: BlockedConv): string | undefined {
  const batch = Number(input.batch);
  const { channels } = input;
  const all = batch * channels;
  const { kernel, strides, dilations, before } = window;
  // The padding after X that lets exactly the kernel's positions fit.
  const after = kernel.map((k, i) => dilations[i]! * (k - 1) + strides[i]! * (window.output[i]! - 1) + 1 - window.input[i]! - before[i]!);
  if (after.some((pad) => pad < 0)) return undefined;
  const { builder } = graph;
  const images = graph.view(graph.blocked(x), [1, all, input.height, input.width]);
  const weights = graph.view(graph.blocked(dy), [all, 1, output.height, output.width]);
  const perImage = builder.op("nchwc.Conv", [images, weights], {
    kernel_shape: window.output,
    strides: dilations,
    dilations: strides,
    pads: [...before, ...after],
    group: all,
  });
  const spots = kernel[0]! * kernel[1]!;
  const summed = builder.op("ReduceSum", [graph.view(perImage, [batch, channels * spots]), builder.constant([0])], { keepdims: 0 });
  const plain = builder.op("nchwc.ReorderOutput", [graph.view(summed, [1, channels, kernel[0]!, kernel[1]!])], { channels });
  return graph.view(plain, [channels, 1, kernel[0]!, kernel[1]!]);
}
