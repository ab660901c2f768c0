import type { Tensor } from "../base/index.js";
import { float32, sizeOf } from "../base/index.js";
import { kerasFamilyOf } from "./architectures/keras/index.js";
import type { KerasFamily, KerasLayer } from "./architectures/keras/contract.js";
import type { ParameterSpec } from "./architectures/network-builder.js";
import type { Network } from "./network.js";
import { toFloat32 } from "./weights/element-type.js";

type Values = Tensor<"float32">;

/** Tensors under the network's own names. */
export interface Renamed {
  readonly tensors: Map<string, Tensor>;
  /** What was done, in sentences. */
  readonly changes: readonly string[];
}

/** Layers of Keras that hold what no network needs: counters, seeds, and means of the image that are set beside the weights. */
const dispensable = /(^|_)(normalization|rescaling|seed_generator|dropout|random_\w+)(_\d+)?\/\d+$/;

/**
 * Gives the weights of a Keras file, named `"<layer>/<position>"`, the network's names and layout:
 * convolution [H, W, in, out] -> [out, in, H, W], depthwise [H, W, C, 1] -> [C, 1, H, W], dense [in, out] -> [out, in], a
 * dense layer after Flatten from the order [H, W, C] to [C, H, W], blue-green-red to red-green-blue, and another epsilon
 * of a normalization into its variance. Layers without counterpart keep their names and are found as unexpected.
 * @returns undefined for a network that keras.applications does not have
 * @see keras.applications, whose layer names and preprocessing these are
 */
export function renameKeras(network: Network, tensors: ReadonlyMap<string, Tensor>): Renamed | undefined {
  const family = kerasFamilyOf(network.architecture);
  if (family === undefined) return undefined;
  const file = groupByLayer(tensors);
  const specs = new Map(network.parameters.map((spec) => [spec.name, spec]));
  const modules = new Map(network.parameters.filter(({ name }) => name.endsWith(".weight")).map(({ name, shape }) => [name.slice(0, -".weight".length), shape]));
  const converter = new Converter(specs, epsilonsOf(network), family);
  for (const layer of family.layers(modules, [...file.keys()])) {
    const name = layer.names.find((candidate) => file.has(candidate));
    if (name === undefined) continue;
    converter.convert(layer, file.get(name)!.map(({ key, value }) => toFloat32(value, key)));
    file.delete(name);
  }
  const { result } = converter;
  for (const { key, value } of [...file.values()].flat()) if (!dispensable.test(key)) result.set(key, value);
  const { mean, std } = family.normalization;
  const shown = (values: readonly number[]): string => values.map((value) => Number(value.toPrecision(4))).join(", ");
  const changes = [`Names and layout of Keras were translated; the weights expect images less [${shown(mean)}], divided by [${shown(std)}].`];
  if (family.difference !== undefined) changes.push(family.difference);
  return { tensors: result, changes };
}

/** Weights of each layer in Keras's order. A slash within a layer's name was an underscore in other versions. */
function groupByLayer(tensors: ReadonlyMap<string, Tensor>): Map<string, { key: string; value: Tensor }[]> {
  const layers = new Map<string, { key: string; value: Tensor }[]>();
  for (const [key, value] of tensors) {
    const at = key.lastIndexOf("/");
    const layer = key.slice(0, at).replaceAll("/", "_");
    const list = layers.get(layer) ?? [];
    list[Number(key.slice(at + 1))] = { key, value };
    layers.set(layer, list);
  }
  return layers;
}

/** Epsilon of every batch normalization by the path of its module. */
function epsilonsOf({ graph }: Network): Map<string, number> {
  const epsilons = new Map<string, number>();
  for (const { op, inputs, attributes } of graph.nodes) {
    const epsilon = attributes["epsilon"];
    if (op === "BatchNormalization" && epsilon?.kind === "float") epsilons.set(inputs[4]!.replace(/\.running_var$/, ""), epsilon.value);
  }
  return epsilons;
}

class Converter {
  readonly result = new Map<string, Tensor>();
  readonly #biases = new Map<string, Values>();

  constructor(
    private readonly specs: ReadonlyMap<string, ParameterSpec>,
    private readonly epsilons: ReadonlyMap<string, number>,
    private readonly family: KerasFamily,
  ) {}

  convert(layer: KerasLayer, weights: readonly (Values | undefined)[]): void {
    const { module } = layer;
    const [first, second, third, fourth] = weights;
    switch (layer.kind) {
      case "convolution": {
        const kernel = first && permute(first, [3, 2, 0, 1]);
        const isFirst = module === this.family.first && this.family.normalization.order === "bgr";
        this.#put(`${module}.weight`, kernel && isFirst ? reverseInputs(kernel) : kernel);
        if (layer.biasInto !== undefined && second !== undefined && !this.specs.has(`${module}.bias`)) this.#takeUp(layer.biasInto, second);
        else this.#put(`${module}.bias`, second);
        return;
      }
      case "depthwise":
        this.#put(`${module}.weight`, first && permute(first, [2, 3, 0, 1]));
        this.#put(`${module}.bias`, second);
        return;
      case "separable":
        this.#put(`${module}.weight`, first && permute(first, [2, 3, 0, 1]));
        this.#put(`${layer.pointwise}.weight`, second && permute(second, [3, 2, 0, 1]));
        return;
      case "dense":
        this.#put(`${module}.weight`, first && transposeDense(first, layer.flattened));
        this.#put(`${module}.bias`, second);
        return;
      case "batch-normalization":
        this.#put(`${module}.weight`, first);
        this.#put(`${module}.bias`, second);
        this.#put(`${module}.running_mean`, third);
        this.#put(`${module}.running_var`, fourth && shiftEpsilon(fourth, layer.epsilon - (this.epsilons.get(module) ?? layer.epsilon)));
        this.#applyBias(module);
        return;
      case "layer-normalization":
        this.#put(`${module}.weight`, first);
        this.#put(`${module}.bias`, second);
        return;
      case "layer-scale":
        this.#put(layer.parameter, first);
    }
  }

  /** Keeps a value in the parameter's shape where the number of elements is the same. */
  #put(name: string, value: Values | undefined): void {
    if (value === undefined) return;
    const shape = this.specs.get(name)?.shape;
    const fits = shape !== undefined && sizeOf(shape) === sizeOf(value.shape) && withoutOnes(shape) === withoutOnes(value.shape);
    this.result.set(name, fits ? { ...value, shape } : value);
  }

  /** scale (x + b - mean) / deviation = scale (x - (mean - b)) / deviation. */
  #takeUp(normalization: string, bias: Values): void {
    this.#biases.set(normalization, bias);
    this.#applyBias(normalization);
  }

  #applyBias(normalization: string): void {
    const name = `${normalization}.running_mean`;
    const [bias, mean] = [this.#biases.get(normalization), this.result.get(name) as Values | undefined];
    if (bias === undefined || mean === undefined || bias.data.length !== mean.data.length) return;
    this.#biases.delete(normalization);
    this.result.set(name, float32(mean.shape, mean.data.map((value, i) => value - bias.data[i]!)));
  }
}

const withoutOnes = (shape: readonly number[]): string => shape.filter((n) => n !== 1).join();

/** Axes in another order, as numpy.transpose; a tensor of another rank comes back as it is, to be found misshapen. */
function permute(value: Values, order: readonly [number, number, number, number]): Values {
  const { shape, data } = value;
  if (shape.length !== 4) return value;
  const strides = [shape[1]! * shape[2]! * shape[3]!, shape[2]! * shape[3]!, shape[3]!, 1];
  const extents = order.map((axis) => shape[axis]!) as [number, number, number, number];
  const [a, b, c, d] = order.map((axis) => strides[axis]!) as [number, number, number, number];
  const result = new Float32Array(data.length);
  let at = 0;
  for (let i = 0; i < extents[0]; i++)
    for (let j = 0; j < extents[1]; j++)
      for (let k = 0; k < extents[2]; k++)
        for (let l = 0; l < extents[3]; l++) result[at++] = data[i * a + j * b + k * c + l * d]!;
  return float32(extents, result);
}

/** [in, out] -> [out, in]; after Flatten the inputs go from [positions, channels] to [channels, positions]. */
function transposeDense(value: Values, channels = 1): Values {
  const { shape, data } = value;
  const [inputs, outputs] = shape as [number, number];
  if (shape.length !== 2 || inputs % channels !== 0) return value;
  const positions = inputs / channels;
  const result = new Float32Array(data.length);
  for (let input = 0; input < inputs; input++) {
    const to = channels === 1 ? input : (input % channels) * positions + Math.floor(input / channels);
    for (let output = 0; output < outputs; output++) result[output * inputs + to] = data[input * outputs + output]!;
  }
  return float32([outputs, inputs], result);
}

/** Convolution weights [out, 3, H, W] for channels in the opposite order. */
function reverseInputs(value: Values): Values {
  const [outputs, inputs, height, width] = value.shape as [number, number, number, number];
  const plane = height * width;
  const result = new Float32Array(value.data.length);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) result.set(value.data.subarray((o * inputs + i) * plane, (o * inputs + i + 1) * plane), (o * inputs + inputs - 1 - i) * plane);
  }
  return float32(value.shape, result);
}

/** variance + epsilon stays the same under this network's own epsilon. */
function shiftEpsilon(variance: Values, difference: number): Values {
  return Math.abs(difference) < 1e-12 ? variance : float32(variance.shape, variance.data.map((value) => value + difference));
}
