import type { DataType, Tensor } from "../../base/index.js";
import type { Attribute, Dim } from "../model.js";

/** Operator sets of the shelf: "" is ONNX's own; "ai.osteon" holds composites that the engine lowers. */
export type OperatorDomain = "" | "ai.osteon" | "com.microsoft" | "com.microsoft.nchwc";

/** Type of a value, with its elements where they are few integers known before anything runs. */
export interface ValueType {
  readonly dtype: DataType;
  readonly shape: readonly Dim[];
  /** Elements of a scalar or vector of int64, such as the result of Shape: `["N", 3, 224, 224]`. */
  readonly content?: readonly Dim[];
}

/** An input or output: its name in the operator's definition and its type. */
export interface Port {
  readonly name: string;
  /** A key of the operator's `types`, or one element type. Ports of one key share their element type. */
  readonly type: string;
  readonly presence: "required" | "optional" | "variadic";
}

export interface AttributeFacts {
  readonly kind: Attribute["kind"];
  readonly presence: "required" | "optional";
  /** Value when absent; an optional attribute without a default has a meaning of its own when absent. */
  readonly default?: number | string | readonly number[];
}

/** What an operator's shape inference may ask. */
export interface InferenceContext {
  /** Number of inputs given, absent ones included. */
  readonly inputCount: number;
  /** Number of outputs asked for. */
  readonly outputCount: number;
  has(index: number): boolean;
  input(index: number): ValueType;
  /** Value of an input that is a constant. */
  constant(index: number): Tensor | undefined;
  /** Elements of an integer input; some may be names. */
  content(index: number): readonly Dim[] | undefined;
  /** Elements of an integer input. @throws UnsupportedError `dynamic-value` when they are not known */
  knownContent(index: number): readonly Dim[];
  /** As `knownContent`, all numbers. */
  knownInts(index: number): readonly number[];
  int(attribute: string): number;
  float(attribute: string): number;
  string(attribute: string): string;
  ints(attribute: string): readonly number[] | undefined;
  attribute(name: string): Attribute | undefined;
  /** A non-negative axis from one that may count from the end. */
  axis(value: number, rank: number): number;
  /** @throws InputError `shape-mismatch` naming the node and the shapes of its inputs */
  fail(expected: string, remedy?: string): never;
  /** @throws UnsupportedError `shape-inference` naming the node */
  unsupported(what: string): never;
}

/** One operator: its ports, its attributes and the types of its outputs. */
export interface OperatorSchema {
  readonly domain: OperatorDomain;
  /** First version of the operator set with this form. */
  readonly since: number;
  /** Name in the model file, where it differs from the key on the shelf. */
  readonly op?: string;
  /** What it computes, in one line. */
  readonly summary: string;
  readonly types: Readonly<Record<string, readonly DataType[]>>;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly attributes: Readonly<Record<string, AttributeFacts>>;
  /** Types of the outputs, in order. Outputs past the required ones may be given even if not asked for. */
  infer(context: InferenceContext): readonly ValueType[];
}

export const floats = ["float32", "float64", "float16"] as const satisfies readonly DataType[];
export const integers = ["int8", "uint8", "int16", "uint16", "int32", "int64"] as const satisfies readonly DataType[];
export const indices = ["int32", "int64"] as const satisfies readonly DataType[];
export const numbers = [...floats, ...integers] as const;
export const anything = [...numbers, "bool"] as const satisfies readonly DataType[];

export function required(name: string, type = "T"): Port {
  return { name, type, presence: "required" };
}

export function optional(name: string, type = "T"): Port {
  return { name, type, presence: "optional" };
}

export function variadic(name: string, type = "T"): Port {
  return { name, type, presence: "variadic" };
}

/** An optional attribute. */
export function attribute(kind: Attribute["kind"], fallback?: AttributeFacts["default"]): AttributeFacts {
  return { kind, presence: "optional", ...(fallback === undefined ? {} : { default: fallback }) };
}

/** An attribute that must be given. */
export function requiredAttribute(kind: Attribute["kind"]): AttributeFacts {
  return { kind, presence: "required" };
}
