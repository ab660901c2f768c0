import { float32, sizeOf, type Tensor } from "../../../base/index.js";
import { type Dim, type Graph, GraphBuilder, type Node } from "../../../graph/index.js";

/** A value of the old graph as it is, and with as many channels as fill whole blocks. */
interface Forms {
  exact?: string;
  wide?: string;
}

/** The tensor with zeros behind its first two axes, up to these extents. */
function padded({ shape, data }: Tensor<"float32">, extents: readonly number[]): Tensor<"float32"> {
  const rest = sizeOf(shape.slice(extents.length));
  const [rows = 1, columns = 1] = extents.length === 2 ? shape : [shape[0]!, 1];
  const [wideRows = 1, wideColumns = 1] = extents;
  const wide = new Float32Array(wideRows * wideColumns * rest);
  for (let row = 0; row < rows; row++) wide.set(data.subarray(row * columns * rest, (row + 1) * columns * rest), row * wideColumns * rest);
  return float32([...extents, ...shape.slice(extents.length)], wide);
}

/** The new graph while it is written: a value is made wide where a convolution makes or reads it, and cut where it leaves what is done channel by channel. */
export class AlignedGraph {
  readonly builder: GraphBuilder;
  readonly #graph: Graph;
  readonly #block: number;
  readonly #forms: Map<string, Forms>;
  /** Weights are read on the way forth and on the way back. */
  readonly #widened = new Map<string, string>();

  constructor(graph: Graph, block: number) {
    this.#graph = graph;
    this.#block = block;
    this.builder = GraphBuilder.from({ ...graph, nodes: [], outputs: [] });
    const given = [...graph.inputs.map(({ name }) => name), ...graph.initializers.keys()];
    this.#forms = new Map(given.map((name) => [name, { exact: name }]));
  }

  shape(value: string): readonly Dim[] {
    return this.#graph.values.get(value)?.shape ?? this.#graph.initializers.get(value)?.shape ?? [];
  }

  /** Channels that fill whole blocks. */
  wideCount(channels: number): number {
    return Math.ceil(channels / this.#block) * this.#block;
  }

  /** Whether an image has channels that do not; few are left to the forms for images of few channels, and one pixel has no order. */
  isUneven(image: string): boolean {
    const [, channels, height, width, ...more] = this.shape(image);
    if (typeof channels !== "number" || typeof height !== "number" || typeof width !== "number" || more.length > 0) return false;
    return this.#graph.values.get(image)?.dtype === "float32" && height * width > 1 && channels >= this.#block && channels % this.#block !== 0;
  }

  hasWide(value: string): boolean {
    return this.#forms.get(value)?.wide !== undefined;
  }

  /** The value with its own channels. */
  exact(value: string): string {
    if (value === "") return "";
    const forms = this.#forms.get(value)!;
    const axis = this.shape(value).length === 1 ? 0 : 1;
    forms.exact ??= this.cut(forms.wide!, [{ axis, count: this.shape(value)[axis] as number }]);
    return forms.exact;
  }

  /** An image, or what is known of its channels, with zeros for those that are missing. */
  wide(value: string): string {
    const forms = this.#forms.get(value)!;
    const shape = this.shape(value);
    const axis = shape.length === 1 ? 0 : 1;
    const count = this.wideCount(shape[axis] as number);
    forms.wide ??= this.widened(value, axis === 0 ? [count] : [undefined, count]);
    return forms.wide;
  }

  /** The value with so many elements along its first axes; those of axes without a number stay. */
  widened(value: string, counts: readonly (number | undefined)[]): string {
    const { builder } = this;
    const shape = this.shape(value);
    const constant = this.#graph.initializers.get(value);
    if (constant?.dtype === "float32") {
      const extents = constant.shape.slice(0, 2).map((extent, axis) => counts[axis] ?? extent);
      return builder.constant(padded(constant as Tensor<"float32">, extents));
    }
    // The batch may be a name.
    const missing = shape.map((extent, axis) => (counts[axis] === undefined ? 0 : counts[axis] - Number(extent)));
    if (missing.every((n) => n === 0)) return this.exact(value);
    const key = `${value} ${missing.join(" ")}`;
    const known = this.#widened.get(key) ?? builder.op("Pad", [this.exact(value), builder.constant([...shape.map(() => 0), ...missing])]);
    this.#widened.set(key, known);
    return known;
  }

  /** The first elements along some axes. */
  cut(wide: string, parts: readonly { readonly axis: number; readonly count: number }[]): string {
    const { builder } = this;
    return builder.op("Slice", [wide, builder.constant(parts.map(() => 0)), builder.constant(parts.map(({ count }) => count)), builder.constant(parts.map(({ axis }) => axis))]);
  }

  /** Repeats a node on other inputs; its outputs are wide where said so. */
  repeat(node: Node, inputs: readonly string[], changes: { readonly attributes?: Node["attributes"]; readonly isWide?: boolean } = {}): void {
    const { isWide = false, attributes = node.attributes } = changes;
    const outputs = node.outputs.map((output) => (output === "" || !isWide ? output : `wide/${output}`));
    this.builder.append({ ...node, inputs, outputs, attributes }, isWide ? undefined : this.#graph.values);
    node.outputs.forEach((output, i) => output !== "" && this.#forms.set(output, isWide ? { wide: outputs[i]! } : { exact: output }));
  }

  setExact(value: string, name: string): void {
    this.#forms.set(value, { exact: name });
  }

  build(): Graph {
    for (const { name } of this.#graph.outputs) this.builder.output(this.exact(name), name);
    return this.builder.build();
  }
}
