import type { DataType } from "../../base/index.js";
import { multiplyDims } from "../dim.js";
import type { Dim } from "../model.js";
import { attribute, floats, numbers, optional, required } from "./contract.js";
import type { InferenceContext, OperatorSchema } from "./contract.js";

function reducedShape(context: InferenceContext, axes: readonly number[] | undefined): readonly Dim[] {
  const { shape } = context.input(0);
  const keep = context.int("keepdims") === 1;
  const reduced = new Set((axes ?? shape.map((_, i) => i)).map((axis) => context.axis(axis, shape.length)));
  return keep ? shape.map((dim, i) => (reduced.has(i) ? 1 : dim)) : shape.filter((_, i) => !reduced.has(i));
}

/** A reduction whose axes are an attribute; no axes means all. */
function reduction(summary: string, types: readonly DataType[]): OperatorSchema {
  return {
    domain: "",
    since: 13,
    summary,
    types: { T: types },
    inputs: [required("data")],
    outputs: [required("reduced")],
    attributes: { axes: attribute("ints"), keepdims: attribute("int", 1) },
    infer: (context) => [{ dtype: context.input(0).dtype, shape: reducedShape(context, context.ints("axes")) }],
  };
}

function extremum(summary: string): OperatorSchema {
  return {
    ...reduction(summary, numbers),
    outputs: [required("reduced", "int64")],
    attributes: { axis: attribute("int", 0), keepdims: attribute("int", 1), select_last_index: attribute("int", 0) },
    infer: (context) => [{ dtype: "int64", shape: reducedShape(context, [context.int("axis")]) }],
  };
}

export const reductions = {
  ReduceSum: {
    ...reduction(
      "Sum over axes, given as an input; none given means all, or none with noop_with_empty_axes = 1",
      numbers,
    ),
    inputs: [required("data"), optional("axes", "int64")],
    attributes: { keepdims: attribute("int", 1), noop_with_empty_axes: attribute("int", 0) },
    infer: (context) => {
      const { dtype, shape } = context.input(0);
      const axes = context.has(1) ? context.knownInts(1) : [];
      if (axes.length > 0) return [{ dtype, shape: reducedShape(context, axes) }];
      return [{ dtype, shape: context.int("noop_with_empty_axes") === 1 ? shape : reducedShape(context, undefined) }];
    },
  },
  ReduceMean: reduction("Mean over axes", floats),
  ReduceMax: reduction("Largest element over axes", numbers),
  ReduceMin: reduction("Smallest element over axes", numbers),
  ReduceProd: {
    ...reduction("Product over axes", numbers),
    infer: (context) => {
      const { dtype } = context.input(0);
      const shape = reducedShape(context, context.ints("axes"));
      const content = context.content(0);
      return [
        content === undefined || shape.length > 1
          ? { dtype, shape }
          : { dtype, shape, content: [multiplyDims(content)] },
      ];
    },
  },
  ArgMax: extremum(
    "Index of the largest element along an axis; ties give the first, or the last with select_last_index = 1",
  ),
  ArgMin: extremum(
    "Index of the smallest element along an axis; ties give the first, or the last with select_last_index = 1",
  ),
} as const satisfies Record<string, OperatorSchema>;
