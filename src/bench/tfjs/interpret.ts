import * as tf from "@tensorflow/tfjs-core";
import { UnsupportedError } from "../../base/index.js";
import type { Graph, Node } from "../../graph/index.js";
import { type Circumstance, operators, type Value } from "./operators.js";

interface Step {
  readonly node: Node;
  /** Value that the step makes: the node's own, or that of the activation computed with it. */
  readonly output: string;
  readonly activation: Circumstance["activation"];
}

/** The graph in the order of its nodes, as functions of tfjs. */
export interface Program {
  readonly graph: Graph;
  readonly steps: readonly Step[];
  /** How many steps read a value. */
  readonly readers: ReadonlyMap<string, number>;
}

function activationOf({ initializers }: Graph, node: Node | undefined): Circumstance["activation"] {
  if (node?.op === "Relu") return "relu";
  const [low, high] = (node?.op === "Clip" ? node.inputs.slice(1) : []).map((name) => initializers.get(name)?.data[0]);
  return low === 0 && high === 6 ? "relu6" : "linear";
}

/** An activation that alone reads a convolution is computed with it, as tfjs's own converter does. */
export function compile(graph: Graph): Program {
  const wanted = new Set(graph.outputs.map(({ name }) => name));
  const readersOf = (value: string) => graph.nodes.filter(({ inputs }) => inputs.includes(value));
  const fused = new Set<Node>();
  const steps: Step[] = [];
  for (const node of graph.nodes) {
    const operator = operators[node.op];
    if (operator === undefined) throw new UnsupportedError("tfjs-operator", `${graph.name}: expected operators of the studies' networks (${Object.keys(operators).join(", ")}), got ${node.op}.`);
    if (fused.has(node)) continue;
    const [own] = node.outputs as [string];
    const next = node.op === "Conv" && !wanted.has(own) ? readersOf(own) : [];
    const activation = next.length === 1 ? activationOf(graph, next[0]) : "linear";
    if (activation !== "linear") fused.add(next[0]!);
    steps.push({ node, activation, output: activation === "linear" ? own : next[0]!.outputs[0]! });
  }
  const readers = new Map<string, number>();
  for (const { node } of steps) for (const name of new Set(node.inputs)) readers.set(name, (readers.get(name) ?? 0) + 1);
  return { graph, steps, readers };
}

export interface Run {
  readonly parameters: ReadonlyMap<string, tf.Tensor>;
  /** The one input that is no parameter, images as [N, H, W, C]. */
  readonly input: tf.Tensor;
  readonly batchStatistics?: boolean;
}

/** Computes the first output. Values are let go once nobody reads them any more; what a gradient needs, tfjs keeps itself. */
export function interpret({ graph, steps, readers }: Program, { parameters, input, batchStatistics = false }: Run): tf.Tensor {
  const start = graph.inputs.find(({ name }) => !parameters.has(name))!.name;
  const made = new Map<string, Value>([[start, { tensor: input, isImage: input.rank === 4 }]]);
  const left = new Map(readers);
  const read = (name: string): Value => made.get(name) ?? { tensor: parameters.get(name)!, isImage: false };
  for (const { node, output, activation } of steps) {
    let isImage = false;
    const tensor = tf.tidy(() => {
      const value = operators[node.op]!(node.inputs.filter((name) => name !== "").map(read), node, { graph, batchStatistics, activation });
      isImage = value.isImage;
      return value.tensor;
    });
    made.set(output, { tensor, isImage });
    for (const name of new Set(node.inputs)) {
      left.set(name, left.get(name)! - 1);
      if (left.get(name) === 0 && name !== start) made.get(name)?.tensor.dispose();
    }
  }
  return made.get(graph.outputs[0]!.name)!.tensor;
}
