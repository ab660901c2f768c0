import { sizeOf } from "../../base/index.js";
import type { Graph, Node } from "../../graph/index.js";
import type { Initializer, ParameterRole } from "../architectures/network-builder.js";

/** A constant that training may change. */
export interface FoundParameter {
  readonly name: string;
  readonly role: ParameterRole;
  readonly init: Initializer;
}

const constant = (value: number): Initializer => ({ distribution: "constant", value });

/** What the constant inputs of an operator are, by input. */
const portRoles: Readonly<Record<string, readonly (ParameterRole | undefined)[]>> = {
  Conv: [undefined, "weight", "bias"],
  ConvTranspose: [undefined, "weight", "bias"],
  Gemm: [undefined, "weight", "bias"],
  MatMul: ["weight", "weight"],
  BatchNormalization: [undefined, "normScale", "normBias", "runningMean", "runningVariance"],
  LayerNormalization: [undefined, "normScale", "normBias"],
  PRelu: [undefined, "normScale"],
  Add: ["bias", "bias"],
  Sub: ["bias", "bias"],
  Mul: ["normScale", "normScale"],
  Div: [undefined, undefined],
};

const starts: Readonly<Record<Exclude<ParameterRole, "weight">, Initializer>> = {
  bias: constant(0),
  normScale: constant(1),
  normBias: constant(0),
  runningMean: constant(0),
  runningVariance: constant(1),
};

/**
 * Constants that are weights of layers, by name. A lone number (the 6 of ReLU6, the 3 of a hard sigmoid) is part of the
 * definition and stays as it is.
 */
export function findParameters(graph: Graph): Map<string, FoundParameter> {
  const found = new Map<string, FoundParameter>();
  for (const node of graph.nodes) {
    const roles = node.domain === "" ? portRoles[node.op] : undefined;
    if (roles === undefined) continue;
    node.inputs.forEach((name, i) => {
      const role = roles[i];
      const value = graph.initializers.get(name);
      if (role === undefined || value?.dtype !== "float32" || value.data.length < 2 || found.has(name)) return;
      const start = role === "weight" ? weightStart(value.shape, node) : starts[role];
      found.set(name, { name, role, init: start });
    });
  }
  return found;
}

/**
 * Kaiming's normal distribution by the number of inputs, std = sqrt(2 / (C/groups kh kw)): it keeps the size of a signal through
 * layers whose normalization an exporter has folded away. Linear layers start uniform in 1 / sqrt(inputs).
 */
function weightStart(shape: readonly number[], node: Node): Initializer {
  if (shape.length > 2) return { distribution: "normal", std: Math.sqrt(2 / sizeOf(shape.slice(1))) };
  const fanIn = shape[node.op === "Gemm" && node.attributes["transB"]?.value === 1 ? 1 : 0]!;
  return { distribution: "uniform", bound: 1 / Math.sqrt(fanIn) };
}
