import { type Graph, type Node, operatorOf } from "../graph/index.js";
import { cutPoints } from "./cut-points.js";
import type { Emitter } from "./emitter.js";

/** Which values the backward pass computes anew instead of keeping them from the forward pass. */
export interface Recomputation {
  /** Values of fewer bytes are kept. */
  readonly leastBytes: number;
  /**
   * `"cheap"`: what costs one pass over memory. `"segments"`: all but a few values at which the forward pass is narrow, for about a third
   * more time. Default `"cheap"`.
   */
  readonly what?: "cheap" | "segments";
}

/** How an operator's first output is made again from its inputs. */
type Remake = (emit: Emitter, node: Node, inputs: readonly string[]) => string;

const again: Remake = (emit, node, inputs) => {
  const attributes = Object.fromEntries(Object.entries(node.attributes).map(([name, attribute]) => [name, attribute.value as number]));
  return emit.op(operatorOf(node)!, inputs, attributes);
};

/**
 * Operators that cost one pass over memory and whose gradients need their inputs anyway, so that their results need not
 * be kept: activations that look at x, products of features, normalizations as affine maps with the statistics found.
 */
const remakes: Readonly<Record<string, Remake>> = {
  QuickGelu: again,
  Gelu: again,
  Mul: again,
  BatchNormalization: again,
  BatchNormTraining: (emit, node, [x, scale, bias]) => {
    const [, mean, variance] = node.outputs as [string, string, string];
    const epsilon = node.attributes["epsilon"]?.kind === "float" ? node.attributes["epsilon"].value : 1e-5;
    const made = emit.op("BatchNormalization", [emit.castLike(x!, scale!), scale!, bias!, mean, variance], { epsilon });
    return emit.castLike(made, x!);
  },
};

/** Activations whose gradients look at their results alone: worth making again where what they are made of is. */
const followers: ReadonlySet<string> = new Set(["Relu", "Clip"]);

const bytesPerElement = 4;

/** Operators of several outputs of which the first can be made again alone. */
const firstAlone: ReadonlySet<string> = new Set(["MaxPool", "LayerNormalization", "BatchNormTraining", "BatchNormalization", "Dropout"]);

/**
 * Values made again on the way back. What they are made of waits (operator After) for the gradient that first asks, so that
 * the runtime does not do it early and keep the result.
 * @see T. Chen, B. Xu, C. Zhang, C. Guestrin, Training Deep Nets with Sublinear Memory Cost, 2016, arXiv:1604.06174
 */
export class Recomputer {
  readonly #emit: Emitter;
  readonly #producers = new Map<string, Node>();
  readonly #made = new Map<string, string>();
  readonly #leastBytes: number;
  /** What is kept where all else is made again. */
  readonly #kept: ReadonlySet<string> | undefined;

  constructor(emit: Emitter, graph: Graph, { leastBytes, what = "cheap" }: Recomputation) {
    this.#emit = emit;
    this.#leastBytes = leastBytes;
    for (const node of graph.nodes) this.#producers.set(node.outputs[0]!, node);
    if (what === "segments") this.#kept = cutPoints(graph, (value) => this.#isLarge(value));
  }

  /** The value itself, or one with the same numbers that is made once `gradient` is known. */
  valueFor(value: string, gradient: string): string {
    const node = this.#producers.get(value);
    if (node === undefined || !this.#isCheap(value)) return value;
    const known = this.#made.get(value);
    if (known !== undefined) return known;
    const inputs = node.inputs.map((input) => {
      if (input === "" || !this.#isLarge(input)) return input;
      const remade = this.valueFor(input, gradient);
      return remade === input ? this.#waiting(input, gradient) : remade;
    });
    const made = (remakes[node.op] ?? again)(this.#emit, node, inputs);
    this.#made.set(value, made);
    return made;
  }

  #waiting(value: string, gradient: string): string {
    const key = `after ${value}`;
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = this.#emit.op("After", [value, gradient]);
    this.#made.set(key, made);
    return made;
  }

  #isCheap(value: string): boolean {
    const node = this.#producers.get(value);
    if (node === undefined || !this.#isLarge(value)) return false;
    if (this.#kept !== undefined && (node.outputs.length === 1 || firstAlone.has(node.op))) return !this.#kept.has(value);
    if (followers.has(node.op)) return this.#isCheap(node.inputs[0]!);
    return node.op in remakes && node.inputs.some((input) => this.#isLarge(input));
  }

  #isLarge(value: string): boolean {
    const shape = value === "" ? [] : this.#emit.shape(value);
    return shape.length > 1 && bytesPerElement * shape.reduce<number>((n, extent) => n * Number(extent), 1) >= this.#leastBytes;
  }
}
