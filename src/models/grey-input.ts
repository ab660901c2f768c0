import type { Tensor } from "../base/index.js";
import { float32 } from "../base/index.js";
import type { Dim } from "../graph/index.js";
import type { Network } from "./network.js";

/**
 * How weights for three channels serve a network for one: `"sum"` adds the first convolution's weights of the three, so
 * that a grey image gives what its threefold repetition gave; `"mean"` takes a third of that, as if each channel had
 * seen a third of the image. (The third way is to leave the network as it is and repeat the image.)
 */
export type GreyInput = "sum" | "mean";

/** Name of the parameter that meets the image: the weight of the convolution that takes `"input"`. */
export function inputParameter({ graph }: Pick<Network, "graph">): string | undefined {
  return graph.nodes.find(({ op, inputs }) => op === "Conv" && inputs[0] === "input")?.inputs[1];
}

/** The same network for images of one channel: input [N, 1, H, W], the first convolution's weight [K, 1, h, w]. */
export function withGreyInput(network: Network): Network {
  const first = inputParameter(network);
  if (first === undefined) return network;
  const oneChannel = <T extends { readonly name: string; readonly shape: readonly Dim[] }>(value: T): T =>
    value.name === "input" || value.name === first ? { ...value, shape: value.shape.map((n, axis) => (axis === 1 ? 1 : n)) } : value;
  const { inputs, values } = network.graph;
  const graph = { ...network.graph, inputs: inputs.map(oneChannel), values: new Map([...values].map(([name, info]) => [name, oneChannel(info)])) };
  return { ...network, graph, parameters: network.parameters.map(oneChannel) };
}

/** Convolution weights [K, 3, h, w] as [K, 1, h, w]. */
export function collapseChannels(value: Tensor<"float32">, how: GreyInput): Tensor<"float32"> {
  const [outputs, channels, height, width] = value.shape as [number, number, number, number];
  const plane = height * width;
  const result = new Float32Array(outputs * plane);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < plane; i++) {
      let sum = 0;
      for (let c = 0; c < channels; c++) sum += value.data[(o * channels + c) * plane + i]!;
      result[o * plane + i] = how === "sum" ? sum : sum / channels;
    }
  }
  return float32([outputs, 1, height, width], result);
}
