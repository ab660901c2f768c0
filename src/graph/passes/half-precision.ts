import { toHalf, type Tensor } from "../../base/index.js";
import { dataTypeCode } from "../data-type.js";
import { GraphBuilder } from "../graph-builder.js";
import type { Graph, Node } from "../model.js";
import { operatorOf, type OperatorName } from "../operators/index.js";
import type { PassResult } from "./contract.js";

/** What gains by it: computed in float16 wherever it stands. */
const products: ReadonlySet<OperatorName | undefined> = new Set<OperatorName>(["Conv", "ConvTranspose", "MatMul", "Gemm", "FusedMatMul"]);

/** What is done to every element, chosen among elements or moved: in float16 where all that it is made of is. */
const neutral: ReadonlySet<OperatorName | undefined> = new Set<OperatorName>([
  "Abs", "Add", "After", "AveragePool", "Clip", "Concat", "Dropout", "Elu", "Expand", "Flatten", "Gather", "Gelu", "GlobalMaxPool", "HardSigmoid", "HardSwish",
  "Identity", "LeakyRelu", "Max", "MaxPool", "Min", "Mul", "Neg", "Pad", "QuickGelu", "Relu", "Reshape", "Sigmoid", "Slice", "Split", "Squeeze", "Sub", "Sum", "Tanh",
  "Tile", "Transpose", "Unsqueeze", "Where",
]);

/** Computed in float32 and handed on in the type of what came in. */
const returning: ReadonlySet<OperatorName | undefined> = new Set<OperatorName>(["BatchNormalization", "LayerNormalization"]);

/** Takes images of either type; what it knows of the channels stays float32. */
const ofImages: ReadonlySet<OperatorName | undefined> = new Set<OperatorName>(["BatchNormTraining"]);

export interface HalfPrecisionOptions {
  /** Inputs that, as constants do, take the type of what they meet: masks, and no parameters. */
  readonly adaptable?: readonly string[];
}

/** Writes a graph anew. A value keeps its name in float32; in float16 it has another, and either is made when it is first asked for. */
class Rewriter {
  readonly builder: GraphBuilder;
  readonly #graph: Graph;
  readonly #adaptable: ReadonlySet<string>;
  /** Values that are computed in float16. */
  readonly #halves = new Set<string>();
  readonly #casts = new Set<string>();

  constructor(graph: Graph, { adaptable = [] }: HalfPrecisionOptions) {
    this.#graph = graph;
    this.#adaptable = new Set([...adaptable, ...graph.initializers.keys()]);
    this.builder = GraphBuilder.from({ ...graph, nodes: [], outputs: [] });
  }

  #isFloat(value: string): boolean {
    return value !== "" && this.#graph.values.get(value)?.dtype === "float32";
  }

  #half(value: string): string {
    if (!this.#isFloat(value)) return value;
    const name = `${value}/half`;
    if (this.#halves.has(value) || this.#casts.has(value)) return name;
    this.#casts.add(value);
    const constant = this.#graph.initializers.get(value);
    if (constant !== undefined) return this.builder.initializer(name, toHalf(constant as Tensor<"float32">));
    return this.builder.op("Cast", [value], { to: dataTypeCode("float16") }, { name, output: name });
  }

  single(value: string): string {
    if (!this.#halves.has(value) || this.#casts.has(value)) return value;
    this.#casts.add(value);
    return this.builder.op("Cast", [`${value}/half`], { to: dataTypeCode("float32") }, { name: `${value}/single`, output: value });
  }

  /** A node whose float inputs, and outputs, are of one type. */
  #append(node: Node, type: "float16" | "float32"): void {
    if (type === "float32") {
      this.builder.append({ ...node, inputs: node.inputs.map((value) => this.single(value)) }, this.#graph.values);
      return;
    }
    const inputs = node.inputs.map((value) => this.#half(value));
    this.#appendHalf({ ...node, inputs }, node.outputs.filter((value) => this.#isFloat(value)));
  }

  /** A node whose inputs are chosen, and some of whose outputs are float16. */
  #appendHalf(node: Node, outputs: readonly string[]): void {
    this.builder.append({ ...node, outputs: node.outputs.map((value) => (outputs.includes(value) ? `${value}/half` : value)) });
    for (const value of outputs) this.#halves.add(value);
  }

  add(node: Node): void {
    const op = operatorOf(node);
    const [first] = node.inputs;
    const isHalf = first !== undefined && this.#halves.has(first);
    if (products.has(op)) return this.#append(node, "float16");
    if (neutral.has(op)) {
      const decisive = node.inputs.filter((value) => this.#isFloat(value) && !this.#adaptable.has(value));
      return this.#append(node, decisive.length > 0 && decisive.every((value) => this.#halves.has(value)) ? "float16" : "float32");
    }
    if (ofImages.has(op) && isHalf) {
      const inputs = node.inputs.map((value, i) => (i === 0 ? `${value}/half` : this.single(value)));
      return this.#appendHalf({ ...node, inputs }, node.outputs.slice(0, 1));
    }
    this.#append(node, "float32");
    // What comes after reads it in float16 alone, and so does the way back.
    if (returning.has(op) && isHalf) this.#handBack(node.outputs[0]!);
  }

  #handBack(value: string): void {
    this.#half(value);
    this.#halves.add(value);
  }
}

/**
 * Mixed precision: convolutions and matrix products are computed in float16, and so is what lies between them; statistics, means, exponentials and
 * everything else in float32. Inputs (parameters, images) and outputs stay float32, and casts are nodes, so that a gradient taken of the result has
 * the type of what it is the gradient of.
 * @see P. Micikevicius et al., Mixed Precision Training, ICLR 2018, arXiv:1710.03740; the division into operators is that of torch.autocast
 */
export function halfPrecision(graph: Graph, options: HalfPrecisionOptions = {}): PassResult {
  if (!graph.nodes.some((node) => products.has(operatorOf(node)))) return { graph, modified: false };
  const rewriter = new Rewriter(graph, options);
  for (const node of graph.nodes) rewriter.add(node);
  for (const { name } of graph.outputs) rewriter.builder.output(rewriter.single(name));
  return { graph: rewriter.builder.build(), modified: true };
}
