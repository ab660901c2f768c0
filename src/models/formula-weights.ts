import type { Tensor } from "../base/index.js";
import { sizeOf, zeros } from "../base/index.js";
import type { ParameterRole, ParameterSpec } from "./architectures/network-builder.js";
import type { Weights } from "./initialize-weights.js";
import type { Network } from "./network.js";

/** Murmur3's finalizer: a bijection of 32-bit integers that mixes every bit. */
function mix(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** FNV-1a of the name's characters. */
function hashName(name: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/**
 * Values from a closed formula of a name and an index, exact in any language with 32-bit integers and IEEE doubles:
 * value_i = offset + scale (mix(hash(name) + i 0x9e3779b9) / 2^31 - 1), rounded once to float32.
 */
export function formulaTensor(name: string, shape: readonly number[], line: { scale: number; offset: number }): Tensor<"float32"> {
  const tensor = zeros("float32", shape);
  const { data } = tensor;
  const { scale, offset } = line;
  let state = hashName(name);
  for (let i = 0; i < data.length; i++) {
    data[i] = offset + scale * (mix(state) / 2147483648 - 1);
    state = (state + 0x9e3779b9) | 0;
  }
  return tensor;
}

/** Ranges of the roles other than weights: centers and half widths, near what trained nets have. */
const ranges: Record<Exclude<ParameterRole, "weight">, { offset: number; scale: number }> = {
  bias: { offset: 0, scale: 0.25 },
  normScale: { offset: 1, scale: 0.25 },
  normBias: { offset: 0, scale: 0.25 },
  runningMean: { offset: 0, scale: 0.25 },
  runningVariance: { offset: 1, scale: 0.25 },
};

function lineOf(spec: ParameterSpec, gain: number): { offset: number; scale: number } {
  if (spec.role !== "weight") return ranges[spec.role];
  // Uniform in +-sqrt(6 / fan in) has the variance 2 / fan in, which keeps the size of rectified signals.
  return { offset: 0, scale: gain * Math.sqrt(6 / (sizeOf(spec.shape) / spec.shape[0]!)) };
}

/**
 * Every parameter from {@link formulaTensor} of its name: a stand-in for trained weights that needs no file, for
 * comparing a whole net with another implementation of it.
 * @param options gain: factor of the weights of products, below 1 for deep networks whose signals would grow
 */
export function formulaWeights(network: Pick<Network, "parameters">, { gain = 1 }: { readonly gain?: number } = {}): Weights {
  return new Map(network.parameters.map((spec) => [spec.name, formulaTensor(spec.name, spec.shape, lineOf(spec, gain))]));
}
