import type { Dim, Graph, GraphBuilder, Node } from "../../../graph/index.js";
import { sizeOf } from "../../../base/index.js";
import { type Extents, knownShape } from "../extents.js";

/** A blocked convolution that waits for what may still be fused into it: a sum, then an activation. */
export interface PendingConv {
  readonly x: string;
  readonly weights: string;
  readonly bias?: string;
  readonly sum?: string;
  readonly activation?: { readonly kind: string; readonly params?: readonly number[] };
  readonly attributes: Readonly<Record<string, number | readonly number[]>>;
  /** Another way to the same values, for a convolution that no sum has joined. */
  readonly tiled?: (pending: PendingConv) => string;
}

interface Forms {
  /** In ONNX's own memory order. */
  plain?: string;
  /** In the runtime's blocked order, [N, C / block, H, W, block], under the nominal shape [N, C, H, W]. */
  blocked?: string;
  /** Channels last, [N, H, W, C]. */
  last?: string;
  pending?: PendingConv;
}

/** A batch of images in numbers; the batch may be a name. */
export interface ImageShape {
  readonly batch: Dim;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/**
 * The new graph while it is written: each value of the old graph in the memory orders made so far. A reorder is emitted
 * where an order is first asked for, once per value.
 */
export class BlockedGraph {
  readonly builder: GraphBuilder;
  readonly block: number;
  readonly #graph: Graph;
  readonly #extents: Extents;
  readonly #forms = new Map<string, Forms>();
  readonly #uses = new Map<string, number>();
  readonly #memo = new Map<string, string>();

  constructor(builder: GraphBuilder, graph: Graph, options: { readonly block: number; readonly extents: Extents }) {
    this.builder = builder;
    this.block = options.block;
    this.#graph = graph;
    this.#extents = options.extents;
    for (const { name } of graph.inputs) this.#forms.set(name, { plain: name });
    for (const name of graph.initializers.keys()) this.#forms.set(name, { plain: name });
    const count = (name: string) => this.#uses.set(name, (this.#uses.get(name) ?? 0) + 1);
    for (const node of graph.nodes) node.inputs.forEach(count);
    for (const { name } of graph.outputs) count(name);
  }

  /** Shape of an old value, names of extents replaced by the numbers given for them. */
  shape(value: string): readonly Dim[] {
    return knownShape(this.#graph.values.get(value)!.shape, this.#extents);
  }

  isFloat(value: string): boolean {
    return this.#graph.values.get(value)?.dtype === "float32";
  }

  /** Whether a value is the same in every run. */
  isConstant(value: string): boolean {
    return this.#graph.initializers.has(value);
  }

  /** The shape of a value that is a batch of images in float32. */
  image(value: string): ImageShape | undefined {
    if (!this.isFloat(value)) return undefined;
    const [batch, channels, height, width, ...more] = this.shape(value);
    if (batch === undefined || typeof channels !== "number" || typeof height !== "number" || typeof width !== "number") return undefined;
    return more.length > 0 ? undefined : { batch, channels, height, width };
  }

  /** The shape of a value that can be kept blocked. */
  blockable(value: string): ImageShape | undefined {
    const image = this.image(value);
    return image && image.channels % this.block === 0 ? image : undefined;
  }

  /** Whether a value exists blocked, or would be made so. */
  isBlocked(value: string): boolean {
    const forms = this.#forms.get(value);
    return forms?.blocked !== undefined || forms?.pending !== undefined;
  }

  /** Whether a value is read once: what computes it may then be merged into what reads it. */
  isReadOnce(value: string): boolean {
    return this.#uses.get(value) === 1;
  }

  /** The convolution a value still waits for, where its one reader may add to it. */
  pendingFor(value: string): PendingConv | undefined {
    return this.isReadOnce(value) ? this.#forms.get(value)?.pending : undefined;
  }

  setPlain(value: string, name: string): void {
    this.#forms.set(value, { plain: name });
  }

  setBlocked(value: string, name: string): void {
    this.#forms.set(value, { blocked: name });
  }

  setPending(value: string, pending: PendingConv): void {
    this.#forms.set(value, { pending });
  }

  /** The value in ONNX's own order. */
  plain(value: string): string {
    if (value === "") return "";
    const forms = this.#formsOf(value);
    if (forms.plain !== undefined) return forms.plain;
    const { channels, height, width } = this.image(value)!;
    const blocked = this.blocked(value);
    // One pixel: both orders are the same.
    forms.plain = height * width === 1 ? blocked : this.builder.op("nchwc.ReorderOutput", [blocked], { channels });
    return forms.plain;
  }

  /** The value in the blocked order. */
  blocked(value: string): string {
    const forms = this.#formsOf(value);
    if (forms.blocked !== undefined) return forms.blocked;
    if (forms.pending !== undefined) {
      forms.blocked = this.emitConv(forms.pending);
      return forms.blocked;
    }
    const { height, width } = this.image(value)!;
    forms.blocked = height * width === 1 ? forms.plain! : this.builder.op("nchwc.ReorderInput", [forms.plain!]);
    return forms.blocked;
  }

  /** The value with its channels last, [N, H, W, C]. */
  channelsLast(value: string): string {
    const forms = this.#formsOf(value);
    forms.last ??= this.builder.op("nchwc.ReorderOutput", [this.blocked(value)], { channels: this.image(value)!.channels, channels_last: 1 });
    return forms.last;
  }

  /** Repeats a node of the old graph on blocked inputs; its one output gets a name of its own. */
  setFromNode(node: Node, inputs: readonly string[], changes: { readonly op?: string; readonly domain?: string } = {}): void {
    const [output] = node.outputs as [string];
    const name = `blocked/${output}`;
    this.builder.append({ ...node, ...changes, inputs, outputs: [name] });
    this.setBlocked(output, name);
  }

  emitConv(pending: PendingConv): string {
    const { x, weights, bias, sum, activation, attributes, tiled } = pending;
    if (tiled !== undefined && sum === undefined) return tiled(pending);
    const inputs = [x, weights, bias ?? "", sum ?? ""];
    while (inputs.at(-1) === "") inputs.pop();
    return this.builder.op("nchwc.Conv", inputs, {
      ...attributes,
      ...(activation && { activation: activation.kind }),
      ...(activation?.params && { activation_params: activation.params }),
    });
  }

  /** The same memory under another shape; -1 once for an extent to be found, 0 for one to be kept. */
  view(value: string, shape: readonly number[]): string {
    return this.builder.op("Reshape", [value, this.builder.constant(shape)]);
  }

  /** What `make` emitted the first time it was asked for under this key. */
  once(key: string, make: () => string): string {
    let value = this.#memo.get(key);
    if (value === undefined) this.#memo.set(key, (value = make()));
    return value;
  }

  #formsOf(value: string): Forms {
    return this.#forms.get(value)!;
  }
}

/** Elements of a batch of images whose batch is a number. */
export function elementsOf({ batch, channels, height, width }: ImageShape): number {
  return sizeOf([Number(batch), channels, height, width]);
}
