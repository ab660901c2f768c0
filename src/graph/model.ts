import type { DataType, Tensor } from "../base/index.js";

/** An extent: a number, or a name such as "N" for one that is known only at run time. */
export type Dim = number | string;

/** What is known of a value before anything runs. */
export interface ValueInfo {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly Dim[];
}

/** A node attribute, with its ONNX kind said (an `int` 1 and a `float` 1 are written differently). */
export type Attribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  | { readonly kind: "tensor"; readonly value: Tensor };

/** One operator application. Values are named; an absent optional input or output is the empty string. */
export interface Node {
  readonly name: string;
  readonly op: string;
  /** "" is ONNX's own operator set. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A graph in static single assignment form; nodes are in topological order. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** Constants that travel with the graph. */
  readonly initializers: ReadonlyMap<string, Tensor>;
  readonly nodes: readonly Node[];
  /** Type and shape of every value: inputs, initializers and node outputs. */
  readonly values: ReadonlyMap<string, ValueInfo>;
}

/** A graph with what an ONNX file says around it. */
export interface Model {
  readonly graph: Graph;
  /** Operator-set version per domain. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly producer: string;
  readonly metadata: Readonly<Record<string, string>>;
}
