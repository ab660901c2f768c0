import { anything, attribute, indices, numbers, optional, required } from "./contract.js";
import type { InferenceContext, OperatorSchema, ValueType } from "./contract.js";
import { axesOf } from "./shape.js";

function sliced(context: InferenceContext): ValueType {
  const { dtype, shape } = context.input(0);
  const starts = context.knownInts(1);
  const ends = context.knownInts(2);
  const axes = context.has(3) ? axesOf(context, 3, shape.length) : starts.map((_, i) => i);
  const steps = context.has(4) ? context.knownInts(4) : starts.map(() => 1);
  const result = [...shape];
  let content = shape.length === 1 ? context.content(0) : undefined;
  axes.forEach((axis, i) => {
    const extent = shape[axis]!;
    const step = steps[i]!;
    if (step === 0) context.fail("steps that are not 0");
    if (typeof extent !== "number") {
      if (starts[i] === 0 && step === 1 && ends[i]! >= 2 ** 31 - 1) return;
      context.unsupported(`a slice of a named extent (${extent})`);
    }
    const clampTo = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value < 0 ? value + extent : value));
    const start = step > 0 ? clampTo(starts[i]!, 0, extent) : clampTo(starts[i]!, 0, extent - 1);
    const end = step > 0 ? clampTo(ends[i]!, 0, extent) : ends[i]! < -extent ? -1 : clampTo(ends[i]!, -1, extent - 1);
    const count = Math.max(0, Math.ceil((end - start) / step));
    result[axis] = count;
    content = content && Array.from({ length: count }, (_, k) => content![start + k * step]!);
  });
  return { dtype, shape: result, ...(content && { content }) };
}

function gathered(context: InferenceContext): ValueType {
  const { dtype, shape } = context.input(0);
  const axis = context.axis(context.int("axis"), shape.length);
  const index = context.input(1);
  const result = [...shape.slice(0, axis), ...index.shape, ...shape.slice(axis + 1)];
  const data = context.content(0);
  const at = context.content(1);
  if (data === undefined || at === undefined || shape.length !== 1) return { dtype, shape: result };
  const content = at.map((i) => data[Number(i) < 0 ? Number(i) + data.length : Number(i)]!);
  return { dtype, shape: result, content };
}

const rearrangement = { domain: "" as const, types: { T: anything }, outputs: [required("output")] };

export const indexing = {
  Slice: {
    ...rearrangement,
    since: 13,
    summary: "Elements from start to end in steps, along some axes",
    inputs: [required("data"), required("starts", "int64"), required("ends", "int64"), optional("axes", "int64"), optional("steps", "int64")],
    attributes: {},
    infer: (context) => [sliced(context)],
  },
  Gather: {
    ...rearrangement,
    since: 13,
    summary: "Slices along an axis picked by index",
    inputs: [required("data"), required("indices", "Tind")],
    types: { T: anything, Tind: indices },
    attributes: { axis: attribute("int", 0) },
    infer: (context) => [gathered(context)],
  },
  GatherElements: {
    ...rearrangement,
    since: 13,
    summary: "Elements picked along an axis by an index of each result element",
    inputs: [required("data"), required("indices", "Tind")],
    types: { T: anything, Tind: indices },
    attributes: { axis: attribute("int", 0) },
    infer: (context) => {
      if (context.input(0).shape.length !== context.input(1).shape.length) context.fail("indices of the rank of the data");
      return [{ dtype: context.input(0).dtype, shape: context.input(1).shape }];
    },
  },
  ScatterElements: {
    ...rearrangement,
    since: 16,
    summary: "The data with elements replaced (or, by `reduction`, added to) at indices along an axis",
    inputs: [required("data"), required("indices", "Tind"), required("updates")],
    types: { T: anything, Tind: indices },
    attributes: { axis: attribute("int", 0), reduction: attribute("string", "none") },
    infer: (context) => [{ dtype: context.input(0).dtype, shape: context.input(0).shape }],
  },
  ScatterND: {
    ...rearrangement,
    since: 16,
    summary: "The data with slices replaced (or added to) at index tuples",
    inputs: [required("data"), required("indices", "int64"), required("updates")],
    attributes: { reduction: attribute("string", "none") },
    infer: (context) => [{ dtype: context.input(0).dtype, shape: context.input(0).shape }],
  },
  OneHot: {
    domain: "",
    since: 11,
    summary: "values[1] where the index along a new axis equals the input, values[0] elsewhere",
    types: { T1: numbers, T2: numbers, T3: anything },
    inputs: [required("indices", "T1"), required("depth", "T2"), required("values", "T3")],
    outputs: [required("output", "T3")],
    attributes: { axis: attribute("int", -1) },
    infer: (context) => {
      const { shape } = context.input(0);
      const axis = context.axis(context.int("axis"), shape.length + 1);
      const depth = context.constant(1) === undefined ? context.unsupported("a depth that is not constant") : Number(context.constant(1)!.data[0]);
      return [{ dtype: context.input(2).dtype, shape: [...shape.slice(0, axis), depth, ...shape.slice(axis)] }];
    },
  },
} as const satisfies Record<string, OperatorSchema>;
