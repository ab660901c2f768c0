import type { DataType } from "../../base/index.js";
import { addDims, divideDims, multiplyDims, subtractDims } from "../dim.js";
import type { Dim } from "../model.js";
import { broadcastShapes } from "./broadcast.js";
import { anything, floats, numbers, optional, required, requiredAttribute, variadic } from "./contract.js";
import type { InferenceContext, OperatorSchema } from "./contract.js";
import { attribute } from "./contract.js";
import { dataTypeOf } from "../data-type.js";

/** An operator that keeps type and shape. */
export function unary(summary: string, types: readonly DataType[] = floats, since = 13): OperatorSchema {
  return {
    domain: "",
    since,
    summary,
    types: { T: types },
    inputs: [required("X")],
    outputs: [required("Y")],
    attributes: {},
    infer: (context) => [{ dtype: context.input(0).dtype, shape: context.input(0).shape }],
  };
}

type DimOperation = (a: Dim, b: Dim) => Dim | undefined;

/** Elements of an integer result where both operands are known, so that shape arithmetic can be followed. */
function combineContent(context: InferenceContext, operation: DimOperation): readonly Dim[] | undefined {
  const a = context.content(0);
  const b = context.content(1);
  if (a === undefined || b === undefined) return undefined;
  const result: Dim[] = [];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const value = operation(a[a.length === 1 ? 0 : i] ?? 0, b[b.length === 1 ? 0 : i] ?? 0);
    if (value === undefined) return undefined;
    result.push(value);
  }
  return result;
}

/** A broadcasting operator of two inputs. */
function binary(
  summary: string,
  options?: { types?: readonly DataType[]; content?: DimOperation; since?: number },
): OperatorSchema {
  return {
    domain: "",
    since: options?.since ?? 14,
    summary,
    types: { T: options?.types ?? numbers },
    inputs: [required("A"), required("B")],
    outputs: [required("C")],
    attributes: {},
    infer: (context) => {
      const { dtype, shape: a } = context.input(0);
      const shape = broadcastShapes([a, context.input(1).shape], context);
      const content = options?.content && dtype === "int64" ? combineContent(context, options.content) : undefined;
      return [content === undefined ? { dtype, shape } : { dtype, shape, content }];
    },
  };
}

/** A broadcasting operator of any number of inputs. */
function several(summary: string, types: readonly DataType[]): OperatorSchema {
  return {
    domain: "",
    since: 13,
    summary,
    types: { T: types },
    inputs: [variadic("data")],
    outputs: [required("result")],
    attributes: {},
    infer: (context) => {
      const shapes = Array.from({ length: context.inputCount }, (_, i) => context.input(i).shape);
      return [{ dtype: context.input(0).dtype, shape: broadcastShapes(shapes, context) }];
    },
  };
}

/** A broadcasting comparison or logical operator: its result is bool. */
function predicate(summary: string, types: readonly DataType[], since: number): OperatorSchema {
  return {
    ...binary(summary, { types, since }),
    outputs: [required("C", "bool")],
    infer: (context) => [
      { dtype: "bool", shape: broadcastShapes([context.input(0).shape, context.input(1).shape], context) },
    ],
  };
}

function quotient(a: Dim, b: Dim): Dim | undefined {
  if (typeof a === "number" && typeof b === "number") return b === 0 ? undefined : Math.trunc(a / b);
  return divideDims(a, b);
}

function remainder(a: Dim, b: Dim): Dim | undefined {
  if (typeof a !== "number" || typeof b !== "number" || b === 0) return undefined;
  return ((a % b) + b) % b;
}

export const elementwise = {
  Add: binary("A + B", { content: addDims }),
  Sub: binary("A - B", { content: subtractDims }),
  Mul: binary("A * B", { content: (a, b) => multiplyDims([a, b]) }),
  Div: binary("A / B; integers are truncated", { content: quotient }),
  Mod: {
    ...binary("Remainder of A by B with the sign of B; with fmod = 1 the sign of A", { content: remainder, since: 13 }),
    attributes: { fmod: attribute("int", 0) },
  },
  Pow: {
    ...binary("A to the power of B", { since: 15 }),
    types: { T: numbers, T1: numbers },
    inputs: [required("X"), required("Y", "T1")],
  },
  Max: several("Largest of the inputs, element by element", numbers),
  Min: several("Smallest of the inputs, element by element", numbers),
  Sum: several("Sum of the inputs, element by element", floats),

  Neg: unary("-X", numbers),
  Abs: unary("|X|", numbers),
  Sign: unary("-1, 0 or 1 by the sign of X", numbers),
  Exp: unary("e^X"),
  Log: unary("Natural logarithm of X"),
  Sqrt: unary("Square root of X"),
  Reciprocal: unary("1 / X"),
  Floor: unary("Largest integer not above X"),
  Ceil: unary("Smallest integer not below X"),
  Round: unary("Nearest integer, halves to even", floats, 11),
  Sin: unary("Sine of X", floats, 7),
  Cos: unary("Cosine of X", floats, 7),
  Erf: unary("Error function of X"),

  Greater: predicate("A > B", numbers, 13),
  GreaterOrEqual: predicate("A >= B", numbers, 16),
  Less: predicate("A < B", numbers, 13),
  LessOrEqual: predicate("A <= B", numbers, 16),
  Equal: predicate("A = B", anything, 13),
  And: predicate("A and B", ["bool"], 7),
  Or: predicate("A or B", ["bool"], 7),
  Not: unary("Not X", ["bool"], 1),
  IsNaN: {
    ...unary("Whether X is not a number", floats),
    outputs: [required("Y", "bool")],
    infer: (context) => [{ dtype: "bool", shape: context.input(0).shape }],
  },
  IsInf: {
    ...unary("Whether X is infinite", ["float32", "float64"], 10),
    outputs: [required("Y", "bool")],
    attributes: { detect_negative: attribute("int", 1), detect_positive: attribute("int", 1) },
    infer: (context) => [{ dtype: "bool", shape: context.input(0).shape }],
  },
  Where: {
    domain: "",
    since: 16,
    summary: "X where the condition holds, Y elsewhere",
    types: { T: anything },
    inputs: [required("condition", "bool"), required("X"), required("Y")],
    outputs: [required("output")],
    attributes: {},
    infer: (context) => [
      {
        dtype: context.input(1).dtype,
        shape: broadcastShapes([context.input(0).shape, context.input(1).shape, context.input(2).shape], context),
      },
    ],
  },
  Clip: {
    domain: "",
    since: 13,
    summary: "X limited to [min, max]",
    types: { T: numbers },
    inputs: [required("input"), optional("min"), optional("max")],
    outputs: [required("output")],
    attributes: {},
    infer: (context) => [{ dtype: context.input(0).dtype, shape: context.input(0).shape }],
  },
  Cast: {
    domain: "",
    since: 13,
    summary: "X in another element type; `to` is ONNX's number of it (see dataTypeCode)",
    types: { T1: anything, T2: anything },
    inputs: [required("input", "T1")],
    outputs: [required("output", "T2")],
    attributes: { to: requiredAttribute("int") },
    infer: (context) => {
      const dtype = dataTypeOf(context.int("to"), "Cast");
      const { shape } = context.input(0);
      const content = dtype === "int64" ? context.content(0) : undefined;
      return [content === undefined ? { dtype, shape } : { dtype, shape, content }];
    },
  },
  Identity: {
    ...unary("The input", anything, 16),
    infer: (context) => [context.input(0)],
  },
  Dropout: {
    domain: "",
    since: 13,
    summary: "In training mode, elements set to 0 with probability `ratio` and the rest divided by 1 - ratio; else X",
    types: { T: floats, T1: floats },
    inputs: [required("data"), optional("ratio", "T1"), optional("training_mode", "bool")],
    outputs: [required("output"), optional("mask", "bool")],
    attributes: { seed: attribute("int") },
    infer: (context) => {
      const { dtype, shape } = context.input(0);
      return [
        { dtype, shape },
        { dtype: "bool", shape },
      ];
    },
  },
} as const satisfies Record<string, OperatorSchema>;
