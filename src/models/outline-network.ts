import { sizeOf } from "../base/index.js";
import type { Dim, Graph, Node } from "../graph/index.js";
import { multiplyAddsOf } from "./cost.js";
import type { Network } from "./network.js";

/** One layer: an operator with the normalization and activation that follow it and nothing else reads. */
export interface OutlineLayer {
  /** Path of the first module. */
  readonly path: string;
  /** For a person: `"conv 3x3 /2, 3 to 64 · norm · relu"`. */
  readonly what: string;
  /** Values it reads, parameters and constants left out. */
  readonly inputs: readonly string[];
  /** Value it computes. */
  readonly output: string;
  /** Extents of the result after the batch axis. */
  readonly shape: readonly Dim[];
  /** Learnable values. */
  readonly parameters: number;
  /** For one image. */
  readonly multiplyAdds: number;
}

export interface OutlineStage {
  readonly name: string;
  /** Extents at the end of the stage, after the batch axis. */
  readonly shape: readonly Dim[];
  readonly parameters: number;
  readonly multiplyAdds: number;
  readonly layers: readonly OutlineLayer[];
}

function intsOf(node: Node, name: string): readonly number[] {
  const attribute = node.attributes[name];
  return attribute?.kind === "ints" ? attribute.value : [];
}

function numberOf(node: Node, name: string, fallback: number): number {
  const attribute = node.attributes[name];
  return attribute?.kind === "int" || attribute?.kind === "float" ? attribute.value : fallback;
}

/** "3x3 /2": kernel, and stride where it is not 1. */
function windowText(node: Node): string {
  const [strides, dilations] = [intsOf(node, "strides"), intsOf(node, "dilations")];
  const step = strides.some((s) => s !== 1) ? ` /${strides.every((s) => s === strides[0]) ? strides[0] : strides.join("x")}` : "";
  const holes = dilations.some((d) => d !== 1) ? ` dilated ${dilations.join("x")}` : "";
  return `${intsOf(node, "kernel_shape").join("x")}${step}${holes}`;
}

type Describe = (node: Node, graph: Graph) => string;

const shapeOf = (graph: Graph, value: string): readonly Dim[] => graph.values.get(value)!.shape;

function describeConv(node: Node, graph: Graph): string {
  const [from, to] = [shapeOf(graph, node.inputs[0]!)[1], shapeOf(graph, node.outputs[0]!)[1]];
  const group = numberOf(node, "group", 1);
  if (group > 1 && group === from && group === to) return `depthwise ${windowText(node)}`;
  return `conv ${windowText(node)}, ${from} to ${to}${group > 1 ? ` in ${group} groups` : ""}`;
}

const rows = (node: Node, graph: Graph): string => `linear ${shapeOf(graph, node.inputs[0]!).at(-1)} to ${shapeOf(graph, node.outputs[0]!).at(-1)}`;

function bounds(node: Node, graph: Graph): string {
  const [low, high] = node.inputs.slice(1).map((name) => Number(graph.initializers.get(name)?.data[0]));
  return low === 0 && high === 6 ? "relu6" : `limited to ${low} .. ${high}`;
}

/** What operators are called; the others go by their own name in small letters. */
const descriptions: Readonly<Record<string, string | Describe>> = {
  Conv: describeConv,
  Gemm: rows,
  MatMul: (node, graph) => (graph.values.get(node.inputs[1]!)!.shape.length === 2 ? rows(node, graph) : "product"),
  BatchNormalization: "norm",
  LayerNormalization: "layer norm",
  Clip: bounds,
  QuickGelu: (node) => (numberOf(node, "alpha", 1.702) === 1 ? "silu" : "quick gelu"),
  MaxPool: (node) => `max pool ${windowText(node)}`,
  AveragePool: (node) => `average pool ${windowText(node)}`,
  GlobalAveragePool: "mean over positions",
  Concat: "concatenate",
  Mul: "multiply",
};

function describe(node: Node, graph: Graph): string {
  const found = descriptions[node.op] ?? node.op.toLowerCase();
  return typeof found === "string" ? found : found(node, graph);
}

/** Operators that are told on the line of the one before them. */
const joining: ReadonlySet<string> = new Set(["BatchNormalization", "LayerNormalization", "Relu", "Clip", "QuickGelu", "Gelu", "Sigmoid", "Dropout", "Flatten"]);

/** What a network does, stage by stage and layer by layer, with shapes and costs. */
export function outlineNetwork(network: Network): OutlineStage[] {
  const { graph } = network;
  const readers = new Map<string, number>();
  for (const name of graph.nodes.flatMap(({ inputs }) => inputs)) readers.set(name, (readers.get(name) ?? 0) + 1);
  const computed = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  const learnable = new Map(network.parameters.filter(({ role }) => !role.startsWith("running")).map((spec) => [spec.name, sizeOf(spec.shape)]));
  const stages: OutlineStage[] = [];
  let next = 0;
  for (const { name, output } of network.stages) {
    const end = graph.nodes.findIndex(({ outputs }) => outputs.includes(output)) + 1;
    const layers = layersOf(graph, graph.nodes.slice(next, end), { readers, learnable, computed });
    const sum = (key: "parameters" | "multiplyAdds"): number => layers.reduce((total, layer) => total + layer[key], 0);
    stages.push({ name, shape: shapeOf(graph, output).slice(1), parameters: sum("parameters"), multiplyAdds: sum("multiplyAdds"), layers });
    next = Math.max(next, end);
  }
  return stages;
}

interface Counts {
  /** How often a value is read. */
  readonly readers: ReadonlyMap<string, number>;
  /** Numbers of elements of parameters. */
  readonly learnable: ReadonlyMap<string, number>;
  /** Values that some node computes. */
  readonly computed: ReadonlySet<string>;
}

function layersOf(graph: Graph, nodes: readonly Node[], counts: Counts): OutlineLayer[] {
  const layers: OutlineLayer[] = [];
  let last = "";
  for (const node of nodes) {
    const layer: OutlineLayer = {
      path: node.name,
      what: describe(node, graph),
      inputs: node.inputs.filter((name) => name === "input" || counts.computed.has(name)),
      output: node.outputs[0]!,
      shape: shapeOf(graph, node.outputs[0]!).slice(1),
      parameters: node.inputs.reduce((sum, name) => sum + (counts.learnable.get(name) ?? 0), 0),
      multiplyAdds: multiplyAddsOf(graph, node),
    };
    const before = layers.at(-1);
    if (before !== undefined && joining.has(node.op) && node.inputs[0] === last && counts.readers.get(last) === 1) {
      layers[layers.length - 1] = {
        ...layer,
        path: before.path,
        inputs: before.inputs,
        what: `${before.what} · ${layer.what}`,
        parameters: before.parameters + layer.parameters,
        multiplyAdds: before.multiplyAdds + layer.multiplyAdds,
      };
    } else layers.push(layer);
    last = node.outputs[0]!;
  }
  return layers;
}
