import { readFileSync } from "node:fs";
import path from "node:path";
import { seededRandom, sizeOf } from "../../base/index.js";
import { type Graph, GraphBuilder } from "../../graph/index.js";
import { differentiate } from "../differentiate.js";
import { arrayOf, interpret, type NumericArray } from "../reference/index.js";
import type { GradientCase } from "./contract.js";

type Arrays = Readonly<Record<string, NumericArray>>;

interface StoredArray {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface StoredCase {
  readonly inputs: Readonly<Record<string, StoredArray>>;
  readonly cotangent: StoredArray;
  readonly output: StoredArray;
  readonly gradients: Readonly<Record<string, StoredArray>>;
}

/** PyTorch's values of a family's cases by name. */
export function readStored(family: string): Readonly<Record<string, StoredCase>> {
  const text = readFileSync(path.resolve(`test/fixtures/autodiff/${family}.json`), "utf8");
  const { cases } = JSON.parse(text) as { cases: Record<string, StoredCase> };
  return Object.fromEntries(Object.entries(cases).map(([name, stored]) => [name.slice(family.length + 1), stored]));
}

function toArray({ shape, data }: StoredArray): NumericArray {
  return arrayOf(shape, Float64Array.from(data));
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, f: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, f(value)]));
}

function randomArray(shape: readonly number[], ...keys: string[]): NumericArray {
  const random = seededRandom("gradient-case", ...keys);
  return arrayOf(shape, Float64Array.from({ length: sizeOf(shape) }, () => random.normal()));
}

/** A case made runnable: loss = Σ output · cotangent, with its gradients by every input. */
export class Evaluation {
  readonly inputs: Arrays;
  readonly stored: StoredCase | undefined;
  /** Forward and backward nodes. */
  readonly graph: Graph;
  readonly #forward: Graph;
  readonly #cotangent: NumericArray;
  readonly #gradients: Readonly<Record<string, string>>;
  readonly #output: string;
  readonly #loss: string;

  constructor(name: string, row: GradientCase, stored: StoredCase | undefined, symbolic: readonly string[] = []) {
    const shapes = row.inputs ?? {};
    this.stored = stored;
    this.inputs = stored
      ? mapValues(stored.inputs, toArray)
      : Object.fromEntries(Object.keys(shapes).map((key) => [key, randomArray(shapes[key]!, name, key)]));
    const builder = new GraphBuilder({ name });
    const named = Object.entries(this.inputs).map(([key, { shape }]) => {
      const extents = shape.map((n, axis) => (axis === 0 && symbolic.includes(key) ? "N" : n));
      return [key, builder.input(key, "float32", extents)] as const;
    });
    this.#output = row.build(builder, Object.fromEntries(named));
    const extents = builder.shape(this.#output);
    const cotangent = builder.input("cotangent", "float32", extents);
    const weighted = builder.op("Mul", [this.#output, cotangent]);
    this.#loss = builder.op("ReduceSum", [weighted], { keepdims: 0 });
    builder.output(this.#loss);
    this.#forward = builder.build();
    const { graph, gradients } = differentiate(this.#forward, this.#loss, Object.keys(this.inputs));
    this.graph = graph;
    this.#gradients = gradients;
    const batch = this.inputs[symbolic[0] ?? ""]?.shape[0];
    const shape = extents.map((n) => (typeof n === "number" ? n : batch!));
    this.#cotangent = stored ? toArray(stored.cotangent) : randomArray(shape, name, "cotangent");
  }

  #run(graph: Graph, inputs: Arrays): ReadonlyMap<string, NumericArray> {
    return interpret(graph, { ...inputs, cotangent: this.#cotangent });
  }

  gradients(): Record<string, NumericArray> {
    const values = this.#run(this.graph, this.inputs);
    return mapValues(this.#gradients, (value) => values.get(value)!);
  }

  output(): NumericArray {
    return this.#run(this.#forward, this.inputs).get(this.#output)!;
  }

  /** The loss with some inputs replaced. */
  loss(replaced: Arrays = {}): number {
    return this.#run(this.#forward, { ...this.inputs, ...replaced }).get(this.#loss)!.data[0]!;
  }

  /** Central differences of the loss by the elements of an input, by evenly spread ones where there are many. */
  differences(key: string, step = 1e-5): { index: number; slope: number }[] {
    const { shape, data } = this.inputs[key]!;
    const at = (i: number, value: number) => this.loss({ [key]: arrayOf(shape, data.with(i, value)) });
    const count = Math.min(data.length, MOST_DIFFERENCES);
    return Array.from({ length: count }, (_, k) => {
      const index = Math.floor((k * data.length) / count);
      const value = data[index]!;
      return { index, slope: (at(index, value + step) - at(index, value - step)) / (2 * step) };
    });
  }
}

const MOST_DIFFERENCES = 40;

/** Largest |a - b| / max(1, |b|) over the elements. */
export function largestError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let worst = a.length === b.length ? 0 : Infinity;
  for (let i = 0; i < b.length; i++) {
    const error = Math.abs(a[i]! - b[i]!) / Math.max(1, Math.abs(b[i]!));
    worst = error <= worst ? worst : error; // A NaN is an error too.
  }
  return worst;
}
