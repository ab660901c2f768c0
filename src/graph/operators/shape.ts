import { addDims, divideDims, multiplyDims } from "../dim.js";
import type { Dim } from "../model.js";
import { broadcastShapes } from "./broadcast.js";
import { anything, attribute, optional, required, requiredAttribute, variadic } from "./contract.js";
import type { InferenceContext, OperatorSchema, ValueType } from "./contract.js";

/** The target of Reshape: 0 copies an extent, one -1 takes what is left. */
function reshaped(context: InferenceContext): readonly Dim[] {
  const { shape } = context.input(0);
  const target = [...context.knownContent(1)];
  const resolved = target.map((dim, i) =>
    dim === 0 && context.int("allowzero") === 0
      ? (shape[i] ?? context.fail("a 0 of Reshape at an axis the input has"))
      : dim,
  );
  const free = resolved.indexOf(-1);
  const total = multiplyDims(shape);
  if (free >= 0) {
    const rest = multiplyDims(resolved.filter((_, i) => i !== free));
    resolved[free] =
      divideDims(total, rest) ?? context.fail(`a shape of ${total} elements, not [${target.join(", ")}]`);
  }
  if (multiplyDims(resolved) !== total) context.fail(`a shape of ${total} elements, not [${target.join(", ")}]`);
  return resolved;
}

/** Axes given as an integer input, counted from the front. */
export function axesOf(context: InferenceContext, input: number, rank: number): readonly number[] {
  return context.knownInts(input).map((axis) => context.axis(axis, rank));
}

function concatenated(context: InferenceContext): ValueType {
  const first = context.input(0);
  const axis = context.axis(context.int("axis"), first.shape.length);
  const shapes = Array.from({ length: context.inputCount }, (_, i) => context.input(i).shape);
  const bad = shapes.some(
    (shape) => shape.length !== first.shape.length || shape.some((dim, i) => i !== axis && dim !== first.shape[i]),
  );
  if (bad) context.fail(`inputs that agree on every axis but ${axis}`);
  const extents = shapes.map((shape) => shape[axis]!);
  const extent = extents.reduce(addDims, 0);
  const contents = shapes.map((_, i) => context.content(i));
  const isFollowed =
    first.dtype === "int64" && first.shape.length === 1 && contents.every((part) => part !== undefined);
  const content = isFollowed ? contents.flat() : undefined;
  const shape = first.shape.map((dim, i) => (i === axis ? extent : dim));
  return { dtype: first.dtype, shape, ...(content && { content }) };
}

function splitShapes(context: InferenceContext): readonly ValueType[] {
  const { dtype, shape } = context.input(0);
  const axis = context.axis(context.int("axis"), shape.length);
  const extent = shape[axis]!;
  const parts: readonly Dim[] = context.has(1)
    ? context.knownContent(1)
    : Array.from(
        { length: context.outputCount },
        () =>
          divideDims(extent, context.outputCount) ??
          context.fail(`an extent that divides into ${context.outputCount} parts`),
      );
  if (parts.length !== context.outputCount) context.fail(`${parts.length} outputs`);
  if (typeof extent === "number" && parts.reduce((sum: number, part) => sum + Number(part), 0) !== extent)
    context.fail(`parts that sum to ${extent}`);
  return parts.map((part) => ({ dtype, shape: shape.map((dim, i) => (i === axis ? part : dim)) }));
}

const rearrangement = { domain: "" as const, types: { T: anything }, outputs: [required("output")] };

export const shapes = {
  Reshape: {
    ...rearrangement,
    since: 14,
    summary: "The same elements in another shape; 0 keeps an extent, -1 takes the rest",
    inputs: [required("data"), required("shape", "int64")],
    attributes: { allowzero: attribute("int", 0) },
    infer: (context) => {
      const content = context.content(0);
      return [{ dtype: context.input(0).dtype, shape: reshaped(context), ...(content && { content }) }];
    },
  },
  Flatten: {
    ...rearrangement,
    since: 13,
    summary: "A matrix: axes before `axis` together, axes from it on together",
    inputs: [required("input")],
    attributes: { axis: attribute("int", 1) },
    infer: (context) => {
      const { dtype, shape } = context.input(0);
      // One past the last axis is allowed.
      const axis = context.axis(
        context.int("axis") < 0 ? context.int("axis") + shape.length : context.int("axis"),
        shape.length + 1,
      );
      return [{ dtype, shape: [multiplyDims(shape.slice(0, axis)), multiplyDims(shape.slice(axis))] }];
    },
  },
  Transpose: {
    ...rearrangement,
    since: 13,
    summary: "Axes in another order; reversed where no order is given",
    inputs: [required("data")],
    attributes: { perm: attribute("ints") },
    infer: (context) => {
      const { dtype, shape } = context.input(0);
      const order = context.ints("perm") ?? shape.map((_, i) => shape.length - 1 - i);
      if (
        order.length !== shape.length ||
        new Set(order).size !== order.length ||
        order.some((axis) => !(axis >= 0 && axis < shape.length))
      ) {
        context.fail(`perm that names each of ${shape.length} axes once`);
      }
      return [{ dtype, shape: order.map((axis) => shape[axis]!) }];
    },
  },
  Squeeze: {
    ...rearrangement,
    since: 13,
    summary: "Without axes of extent 1",
    inputs: [required("data"), optional("axes", "int64")],
    attributes: {},
    infer: (context) => {
      const { dtype, shape } = context.input(0);
      const axes = context.has(1)
        ? axesOf(context, 1, shape.length)
        : shape.flatMap((dim, i) => (dim === 1 ? [i] : []));
      if (axes.some((axis) => shape[axis] !== 1)) context.fail("axes of extent 1");
      const content = context.content(0);
      return [{ dtype, shape: shape.filter((_, i) => !axes.includes(i)), ...(content && { content }) }];
    },
  },
  Unsqueeze: {
    ...rearrangement,
    since: 13,
    summary: "With new axes of extent 1",
    inputs: [required("data"), required("axes", "int64")],
    attributes: {},
    infer: (context) => {
      const { dtype, shape } = context.input(0);
      const given = context.knownInts(1);
      const axes = given.map((axis) => context.axis(axis, shape.length + given.length));
      const rest = [...shape];
      const result = Array.from({ length: shape.length + given.length }, (_, i) =>
        axes.includes(i) ? 1 : rest.shift()!,
      );
      const content = context.content(0);
      return [{ dtype, shape: result, ...(content && { content }) }];
    },
  },
  Concat: {
    ...rearrangement,
    since: 13,
    summary: "Inputs joined along an axis",
    inputs: [variadic("inputs")],
    attributes: { axis: requiredAttribute("int") },
    infer: (context) => [concatenated(context)],
  },
  Split: {
    ...rearrangement,
    since: 13,
    summary: "Parts along an axis, equal or as `split` says",
    inputs: [required("input"), optional("split", "int64")],
    outputs: [variadic("outputs")],
    attributes: { axis: attribute("int", 0) },
    infer: splitShapes,
  },
  Expand: {
    ...rearrangement,
    since: 13,
    summary: "Stretched by broadcasting to a shape",
    inputs: [required("input"), required("shape", "int64")],
    attributes: {},
    infer: (context) => [
      {
        dtype: context.input(0).dtype,
        shape: broadcastShapes([context.input(0).shape, context.knownContent(1)], context),
      },
    ],
  },
  Tile: {
    ...rearrangement,
    since: 13,
    summary: "Repeated along each axis",
    inputs: [required("input"), required("repeats", "int64")],
    attributes: {},
    infer: (context) => {
      const { dtype, shape } = context.input(0);
      const repeats = context.knownContent(1);
      if (repeats.length !== shape.length) context.fail(`repeats of ${shape.length} numbers`);
      return [{ dtype, shape: shape.map((dim, i) => multiplyDims([dim, repeats[i]!])) }];
    },
  },
  Pad: {
    ...rearrangement,
    since: 13,
    summary: "Elements added (or cut, where negative) before and after each axis",
    inputs: [required("data"), required("pads", "int64"), optional("constant_value")],
    attributes: { mode: attribute("string", "constant") },
    infer: (context) => {
      const { dtype, shape } = context.input(0);
      const pads = context.knownInts(1);
      if (pads.length !== 2 * shape.length) context.fail(`pads of ${2 * shape.length} numbers`);
      const padded = shape.map((dim, i) => {
        const added = pads[i]! + pads[shape.length + i]!;
        if (typeof dim === "number") return dim + added;
        return pads[i] === 0 && added === 0 ? dim : context.unsupported("padding of a named extent");
      });
      if (padded.some((dim) => typeof dim === "number" && dim < 0))
        context.fail("pads that leave extents of 0 or more");
      return [{ dtype, shape: padded }];
    },
  },
} as const satisfies Record<string, OperatorSchema>;
