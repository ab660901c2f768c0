import type { Dim } from "../model.js";
import { anything, attribute, indices, numbers, optional, required } from "./contract.js";
import type { InferenceContext, OperatorSchema, ValueType } from "./contract.js";
import { axesOf } from "./shape.js";

interface Range {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** Elements of an axis from `start` to before `end`, each counted from the end where negative, then clamped. */
function rangeOf(extent: number, start: number, end: number, step: number): Range {
  const clamp = (value: number, low: number, high: number): number =>
    Math.min(high, Math.max(low, value < 0 ? value + extent : value));
  const first = step > 0 ? clamp(start, 0, extent) : clamp(start, 0, extent - 1);
  const last = step > 0 ? clamp(end, 0, extent) : clamp(end, -1, extent - 1);
  return { start: first, step, count: Math.max(0, Math.ceil((last - first) / step)) };
}

/** Whether a slice takes a named extent whole, forwards or backwards. */
function isWhole(extent: Dim, start: number, end: Dim, step: number): boolean {
  const far = 2 ** 31 - 1;
  if (step === 1) return start === 0 && (end === extent || Number(end) >= far);
  return step === -1 && start === -1 && Number(end) <= -far;
}

function sliced(context: InferenceContext): ValueType {
  const { dtype, shape } = context.input(0);
  const starts = context.knownInts(1);
  const ends = context.knownContent(2);
  const axes = context.has(3) ? axesOf(context, 3, shape.length) : starts.map((_, i) => context.axis(i, shape.length));
  const steps = context.has(4) ? context.knownInts(4) : starts.map(() => 1);
  if ([ends, axes, steps].some(({ length }) => length !== starts.length))
    context.fail("as many ends, axes and steps as starts");
  const result = [...shape];
  let content = shape.length === 1 ? context.content(0) : undefined;
  for (const [i, axis] of axes.entries()) {
    const extent = shape[axis]!;
    const step = steps[i]!;
    if (step === 0) context.fail("steps that are not 0");
    if (typeof extent !== "number") {
      if (!isWhole(extent, starts[i]!, ends[i]!, step)) context.unsupported(`a slice of a named extent (${extent})`);
      continue;
    }
    if (typeof ends[i] !== "number") context.unsupported(`a slice of ${extent} elements to a named end (${ends[i]})`);
    const range = rangeOf(extent, starts[i]!, ends[i], step);
    result[axis] = range.count;
    content = content && Array.from({ length: range.count }, (_, k) => content![range.start + k * step]!);
  }
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
  const content = at.map((i) => data[Number(i) < 0 ? Number(i) + data.length : Number(i)]);
  if (content.some((dim) => dim === undefined)) context.fail(`indices below ${data.length}`);
  return { dtype, shape: result, content: content as Dim[] };
}

const rearrangement = { domain: "" as const, types: { T: anything }, outputs: [required("output")] };

export const indexing = {
  Slice: {
    ...rearrangement,
    since: 13,
    summary: "Elements from start to end in steps, along some axes",
    inputs: [
      required("data"),
      required("starts", "int64"),
      required("ends", "int64"),
      optional("axes", "int64"),
      optional("steps", "int64"),
    ],
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
      if (context.input(0).shape.length !== context.input(1).shape.length)
        context.fail("indices of the rank of the data");
      context.axis(context.int("axis"), context.input(0).shape.length);
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
    infer: (context) => {
      const { dtype, shape } = context.input(0);
      const index = context.input(1).shape;
      context.axis(context.int("axis"), shape.length);
      const updates = context.input(2).shape;
      if (
        index.length !== shape.length ||
        updates.length !== index.length ||
        updates.some((dim, i) => dim !== index[i])
      ) {
        context.fail("indices of the rank of the data and updates of the shape of the indices");
      }
      return [{ dtype, shape }];
    },
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
      const known = context.constant(1);
      const depth = known === undefined ? context.unsupported("a depth that is not constant") : Number(known.data[0]);
      return [{ dtype: context.input(2).dtype, shape: [...shape.slice(0, axis), depth, ...shape.slice(axis)] }];
    },
  },
} as const satisfies Record<string, OperatorSchema>;
