import { formatShape } from "../dim.js";
import type { Dim } from "../model.js";
import { broadcastShapes } from "./broadcast.js";
import { attribute, floats, numbers, optional, required } from "./contract.js";
import type { InferenceContext, OperatorSchema } from "./contract.js";

function swapLastTwo(shape: readonly Dim[]): readonly Dim[] {
  return [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];
}

/** Shape of a matrix product with NumPy's rule for vectors and stacks. */
export function productShape(context: InferenceContext, left: readonly Dim[], right: readonly Dim[]): readonly Dim[] {
  if (left.length === 0 || right.length === 0) context.fail("matrices or vectors");
  const a = left.length === 1 ? [1, ...left] : left;
  const b = right.length === 1 ? [...right, 1] : right;
  if (a.at(-1) !== b.at(-2)) {
    context.fail(
      `equal inner extents, ${formatShape(left)} ends in ${a.at(-1)} and ${formatShape(right)} begins with ${b.at(-2)}`,
    );
  }
  const result = [...broadcastShapes([a.slice(0, -2), b.slice(0, -2)], context)];
  if (left.length > 1) result.push(a.at(-2)!);
  if (right.length > 1) result.push(b.at(-1)!);
  return result;
}

export const matmul = {
  MatMul: {
    domain: "",
    since: 13,
    summary: "Matrix product over the last two axes; leading axes broadcast",
    types: { T: numbers },
    inputs: [required("A"), required("B")],
    outputs: [required("Y")],
    attributes: {},
    infer: (context) => [
      { dtype: context.input(0).dtype, shape: productShape(context, context.input(0).shape, context.input(1).shape) },
    ],
  },
  Gemm: {
    domain: "",
    since: 13,
    summary: "alpha A' B' + beta C, where ' transposes if transA, transB is 1",
    types: { T: floats },
    inputs: [required("A"), required("B"), optional("C")],
    outputs: [required("Y")],
    attributes: {
      alpha: attribute("float", 1),
      beta: attribute("float", 1),
      transA: attribute("int", 0),
      transB: attribute("int", 0),
    },
    infer: (context) => {
      const a = context.input(0);
      const b = context.input(1).shape;
      if (a.shape.length !== 2 || b.length !== 2) context.fail("two matrices");
      const left = context.int("transA") ? swapLastTwo(a.shape) : a.shape;
      const right = context.int("transB") ? swapLastTwo(b) : b;
      const shape = productShape(context, left, right);
      if (context.has(2)) {
        const broadcast = broadcastShapes([shape, context.input(2).shape], context);
        if (broadcast.length !== 2 || broadcast.some((dim, i) => dim !== shape[i])) {
          context.fail(`C that stretches to ${formatShape(shape)}`);
        }
      }
      return [{ dtype: a.dtype, shape }];
    },
  },
  FusedMatMul: {
    domain: "com.microsoft",
    since: 1,
    summary: "alpha A' B' over the last two axes, where ' transposes if transA, transB is 1",
    types: { T: floats },
    inputs: [required("A"), required("B")],
    outputs: [required("Y")],
    attributes: {
      alpha: attribute("float", 1),
      transA: attribute("int", 0),
      transB: attribute("int", 0),
      transBatchA: attribute("int", 0),
      transBatchB: attribute("int", 0),
    },
    infer: (context) => {
      if (context.int("transBatchA") || context.int("transBatchB")) context.unsupported("transposed batch axes");
      const { dtype, shape: a } = context.input(0);
      const b = context.input(1).shape;
      // A vector is not transposed.
      const left = context.int("transA") && a.length > 1 ? swapLastTwo(a) : a;
      const right = context.int("transB") && b.length > 1 ? swapLastTwo(b) : b;
      return [{ dtype, shape: productShape(context, left, right) }];
    },
  },
} as const satisfies Record<string, OperatorSchema>;
