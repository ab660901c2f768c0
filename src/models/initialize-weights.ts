import type { Random, Tensor } from "../base/index.js";
import { sizeOf, zeros } from "../base/index.js";
import type { ParameterSpec } from "./architectures/network-builder.js";
import { drawNormal } from "./draw-normal.js";
import type { Network } from "./network.js";

/** Values of parameters by name. */
export type Weights = Map<string, Tensor<"float32">>;

/**
 * Draws every parameter from the distribution torchvision starts it with: convolutions normal with
 * std = sqrt(2 / (K kh kw)), normalization 1 and 0, heads normal(0, 0.01) or, for ResNet, uniform in 1 / sqrt(inputs).
 * Every parameter has a stream of its own, so that a changed head leaves the rest as it was.
 * @see He, Zhang, Ren, Sun 2015, doi:10.1109/ICCV.2015.123
 */
export function initializeWeights(network: Network, random: Random): Weights {
  return new Map(network.parameters.map((spec) => [spec.name, drawParameter(spec, random)]));
}

/** One parameter's first value; the stream is the parameter's own. */
export function drawParameter(spec: ParameterSpec, random: Random): Tensor<"float32"> {
  const tensor = zeros("float32", spec.shape);
  const { data } = tensor;
  const stream = random.fork(spec.name);
  const n = sizeOf(spec.shape);
  switch (spec.init.distribution) {
    case "constant":
      data.fill(spec.init.value);
      break;
    case "normal":
      drawNormal(data, spec.init.std, stream);
      break;
    case "uniform":
      for (let i = 0; i < n; i++) data[i] = stream.between(-spec.init.bound, spec.init.bound);
      break;
  }
  return tensor;
}
