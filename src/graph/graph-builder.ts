import { InputError, InternalError, UnsupportedError, int64 } from "../base/index.js";
import type { DataType, Tensor } from "../base/index.js";
import { typedAttributes, type AttributeValue } from "./attributes.js";
import { constantTensor, contentKey, smallSize } from "./constant-tensor.js";
import { formatShape, isStatic } from "./dim.js";
import { inferNode, nodeTitle, valueInfo } from "./infer-node.js";
import type { TypeLookup } from "./infer-node.js";
import type { Dim, Graph, Node, ValueInfo } from "./model.js";
import { operators, type OperatorName } from "./operators/index.js";
import type { OperatorSchema, ValueType } from "./operators/contract.js";
import { validateGraph } from "./validate-graph.js";

type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

/**
 * Builds a graph node by node. Types and shapes are inferred at once, so that a mistake is reported where it is made,
 * with the node and the shapes. Values are named; a name is defined once.
 */
export class GraphBuilder {
  readonly #name: string;
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  readonly #initializers = new Map<string, Tensor>();
  readonly #nodes: Node[] = [];
  /** undefined for values that a node of unknown effect computes. */
  readonly #types = new Map<string, ValueType | undefined>();
  readonly #constants = new Map<string, string>();
  readonly #producers = new Map<string, Node>();
  #counter = 0;
  #scope = "";

  constructor(options: { readonly name?: string } = {}) {
    this.#name = options.name ?? "graph";
  }

  /** Goes on building an existing graph; its outputs stay outputs. */
  static from(graph: Graph): GraphBuilder {
    const builder = new GraphBuilder({ name: graph.name });
    for (const { name, dtype, shape } of graph.inputs) builder.input(name, dtype, shape);
    for (const [name, value] of graph.initializers) builder.initializer(name, value);
    for (const node of graph.nodes) builder.append(node, graph.values);
    for (const { name } of graph.outputs) builder.output(name);
    return builder;
  }

  /** Declares an input and returns its name. */
  input(name: string, dtype: DataType, shape: readonly Dim[]): string {
    this.#define(name, { dtype, shape });
    this.#inputs.push({ name, dtype, shape });
    return name;
  }

  /** Adds a named constant and returns its name. */
  initializer(name: string, value: Tensor): string {
    const { dtype, shape, data } = value;
    const isVector = dtype === "int64" && shape.length <= 1 && data.length <= smallSize;
    this.#define(name, { dtype, shape, ...(isVector && { content: Array.from(data as BigInt64Array, Number) }) });
    this.#initializers.set(name, value);
    return name;
  }

  /** An anonymous constant: a number is a float32 scalar, a list an int64 vector, unless `dtype` says otherwise. */
  constant(value: Tensor | number | readonly number[], dtype?: DataType): string {
    const made = constantTensor(value, dtype);
    const key = contentKey(made);
    const known = key === undefined ? undefined : this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.initializer(this.#fresh("constant"), made);
    if (key !== undefined) this.#constants.set(key, name);
    return name;
  }

  /** Adds a node with one output and returns the output's name. */
  op(
    op: OperatorName,
    inputs: readonly string[],
    attributes: Attributes = {},
    options: { readonly name?: string; readonly output?: string } = {},
  ): string {
    const outputs = options.output === undefined ? 1 : [options.output];
    return this.ops(op, inputs, attributes, { ...(options.name !== undefined && { name: options.name }), outputs })[0]!;
  }

  /** Adds a node with several outputs; an output named "" is not wanted. */
  ops(
    op: OperatorName,
    inputs: readonly string[],
    attributes: Attributes = {},
    options: { readonly name?: string; readonly outputs?: number | readonly string[] } = {},
  ): string[] {
    const schema: OperatorSchema = operators[op];
    const name = options.name ?? this.#fresh(op);
    const wanted = options.outputs ?? schema.outputs.length;
    const outputs =
      typeof wanted === "number"
        ? Array.from({ length: wanted }, (_, i) => (wanted === 1 ? name : `${name}:${i}`))
        : wanted;
    const free = outputs.map((output) =>
      typeof wanted === "number" && this.#types.has(output) ? this.#fresh(output) : output,
    );
    this.append({
      name,
      op: schema.op ?? op,
      domain: schema.domain,
      inputs,
      outputs: free,
      attributes: typedAttributes(op, attributes),
    });
    return [...free];
  }

  /**
   * Adds a node as it is. With `stated` types, a node whose effect on types is not known (its operator is foreign or of
   * another version, its shape depends on values) is held: its outputs have the stated types, or none.
   */
  append(node: Node, stated?: ReadonlyMap<string, ValueType>): void {
    for (const value of node.inputs) {
      if (value !== "" && !this.#types.has(value)) {
        throw new InternalError(
          "undefined-value",
          `${nodeTitle(node)}: expected inputs defined before, got "${value}".`,
        );
      }
    }
    const types = stated === undefined ? inferNode(node, this.#lookup) : this.#inferOrHold(node, stated);
    node.outputs.forEach((output, i) => {
      if (output === "") return;
      this.#define(output, types[i]);
      this.#producers.set(output, node);
    });
    this.#nodes.push(node);
  }

  /**
   * Type and shape of a value.
   * @throws InternalError `undefined-value`; UnsupportedError `unknown-shape` naming the node that cannot be followed
   */
  info(value: string): ValueInfo {
    return valueInfo(value, this.#typeOf(value));
  }

  shape(value: string): readonly Dim[] {
    return this.info(value).shape;
  }

  dtype(value: string): DataType {
    return this.info(value).dtype;
  }

  /** Shape of a value in numbers. @throws InputError `symbolic-shape` where an extent is a name */
  staticShape(value: string): number[] {
    const { shape } = this.info(value);
    if (isStatic(shape)) return [...shape];
    throw new InputError(
      "symbolic-shape",
      `${value}: expected a shape in numbers, got ${formatShape(shape)}. Build the graph for a fixed batch.`,
    );
  }

  has(value: string): boolean {
    return this.#types.has(value);
  }

  /** The tensor behind a value that is a constant, or whose few integers follow from the shapes. */
  constantValue(value: string): Tensor | undefined {
    const initializer = this.#initializers.get(value);
    if (initializer !== undefined) return initializer;
    const producer = this.#producers.get(value);
    const attribute = producer?.op === "Constant" && producer.domain === "" ? producer.attributes["value"] : undefined;
    if (attribute?.kind === "tensor") return attribute.value;
    const type = this.#types.get(value);
    if (type?.content === undefined || type.dtype !== "int64") return undefined;
    return isStatic(type.content) && isStatic(type.shape) ? int64(type.shape, type.content) : undefined;
  }

  /** Elements of a short integer vector as far as they follow from shapes: numbers, or names of extents. */
  content(value: string): readonly Dim[] | undefined {
    return this.#types.get(value)?.content;
  }

  /** The node that computes a value; undefined for inputs and constants. */
  producer(value: string): Node | undefined {
    return this.#producers.get(value);
  }

  /** Runs `build` with a prefix for the names of anonymous nodes and values. */
  scope<T>(prefix: string, build: () => T): T {
    const before = this.#scope;
    this.#scope = before === "" ? prefix : `${before}/${prefix}`;
    try {
      return build();
    } finally {
      this.#scope = before;
    }
  }

  /** Makes a value an output; under another name, an Identity is added. */
  output(value: string, name: string = value): void {
    const result =
      name === value ? value : this.op("Identity", [value], {}, { name: this.#fresh(`output/${name}`), output: name });
    if (this.#outputs.some((output) => output.name === result)) return;
    this.#outputs.push(this.info(result));
  }

  /**
   * The graph as built so far. The builder can go on.
   * @throws InternalError `invalid-graph`
   */
  build(): Graph {
    const values = new Map<string, ValueInfo>();
    for (const [name, type] of this.#types) if (type !== undefined) values.set(name, valueInfo(name, type));
    const graph = {
      name: this.#name,
      inputs: [...this.#inputs],
      outputs: [...this.#outputs],
      initializers: new Map(this.#initializers),
      nodes: [...this.#nodes],
      values,
    };
    validateGraph(graph);
    return graph;
  }

  readonly #lookup: TypeLookup = {
    info: (value) => this.#typeOf(value),
    constant: (value) => this.constantValue(value),
  };

  #inferOrHold(node: Node, stated: ReadonlyMap<string, ValueType>): readonly (ValueType | undefined)[] {
    try {
      return inferNode(node, this.#lookup);
    } catch (error) {
      const isHeld =
        error instanceof UnsupportedError || (error instanceof InputError && error.code === "operator-form");
      if (!isHeld) throw error;
      return node.outputs.map((output) => stated.get(output));
    }
  }

  #typeOf(value: string): ValueType {
    const type = this.#types.get(value);
    if (type !== undefined) return type;
    const producer = this.#producers.get(value);
    if (producer === undefined) {
      throw new InternalError("undefined-value", `${this.#name}: expected a value that was defined, got "${value}".`);
    }
    const { op, domain } = producer;
    throw new UnsupportedError(
      "unknown-shape",
      `${value}: expected a shape that is known, got the result of ${nodeTitle(producer)}, an operator (${domain || "ai.onnx"} ${op}) whose shapes are not followed.`,
    );
  }

  #fresh(base: string): string {
    const prefix = this.#scope === "" ? base : `${this.#scope}/${base}`;
    let name: string;
    do name = `${prefix}_${this.#counter++}`;
    while (this.#types.has(name));
    return name;
  }

  #define(name: string, type: ValueType | undefined): void {
    if (name === "")
      throw new InternalError("value-name", `${this.#name}: expected a name for a value, got an empty one.`);
    if (this.#types.has(name))
      throw new InternalError(
        "value-name",
        `${this.#name}: expected each value to be defined once, got "${name}" twice.`,
      );
    this.#types.set(name, type);
  }
}
