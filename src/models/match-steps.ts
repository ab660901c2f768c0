import type { Tensor } from "../base/index.js";
import { float32, sizeOf } from "../base/index.js";
import type { Node } from "../graph/index.js";
import type { Network } from "./network.js";
import { toFloat32 } from "./weights/element-type.js";
import { graphSteps, isStepTensorName, stepTensorName } from "./weights/graph-steps.js";

/**
 * Gives tensors that are named by their layer's place in a graph the names of the network's layer at that place, where
 * both have the same layers before it. A bias that an exporter made of a normalization goes back to the normalization,
 * which is otherwise the identity: scale 1, mean 0, variance 1 - epsilon.
 * @returns undefined where no name is of that kind or the places do not agree
 */
export function matchSteps(network: Network, tensors: ReadonlyMap<string, Tensor>): { tensors: Map<string, Tensor>; count: number } | undefined {
  if (![...tensors.keys()].some(isStepTensorName)) return undefined;
  const parameters = new Set(network.parameters.map(({ name }) => name));
  const result = new Map(tensors);
  let count = 0;
  const steps = graphSteps(network.graph, (value) => parameters.has(value));
  for (const [number, step] of steps.entries()) {
    const take = (part: "weight" | "bias"): { value: Tensor; name: string } | undefined => {
      // A linear layer here is a matrix product and a sum in some files.
      const names = [stepTensorName(number, step, part), stepTensorName(number, { ...step, kind: "matrix" }, part)];
      const name = names.find((candidate) => result.has(candidate));
      return name === undefined ? undefined : { name, value: result.get(name)! };
    };
    const [weight, bias] = [take("weight"), take("bias")];
    if (weight !== undefined) {
      result.delete(weight.name);
      result.set(step.weight, weight.name.endsWith(".matrix") ? transposed(weight.value, weight.name) : weight.value);
      count++;
    }
    if (bias === undefined) continue;
    const normalization = step.bias === undefined ? normalizationOf(network, step.output) : undefined;
    if (step.bias === undefined && normalization === undefined) continue;
    result.delete(bias.name);
    count++;
    if (step.bias !== undefined) result.set(step.bias, bias.value);
    else for (const [name, value] of identityWith(normalization!, bias.value)) result.set(name, value);
  }
  return [...result.keys()].some(isStepTensorName) ? undefined : { tensors: result, count };
}

/** The normalization that takes a value and is the only one to. */
function normalizationOf({ graph }: Network, value: string): Node | undefined {
  const takers = graph.nodes.filter(({ inputs }) => inputs.includes(value));
  return takers.length === 1 && takers[0]!.op === "BatchNormalization" ? takers[0] : undefined;
}

/** Parameters of a normalization that adds a bias and does nothing else. */
function identityWith({ inputs, attributes }: Node, bias: Tensor): [string, Tensor][] {
  const [, scaleName, biasName, meanName, varianceName] = inputs as [string, string, string, string, string];
  const epsilon = attributes["epsilon"]?.kind === "float" ? attributes["epsilon"].value : 1e-5;
  const filled = (value: number): Tensor => float32(bias.shape, new Float32Array(sizeOf(bias.shape)).fill(value));
  return [[scaleName, filled(1)], [biasName, bias], [meanName, filled(0)], [varianceName, filled(1 - epsilon)]];
}

/** [in, out] -> [out, in]. */
function transposed(value: Tensor, name: string): Tensor {
  const [rows, columns] = value.shape as [number, number];
  if (value.shape.length !== 2) return value;
  const { data } = toFloat32(value, name);
  return float32([columns, rows], Float32Array.from(data, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!));
}
