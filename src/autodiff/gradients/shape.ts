import { UnsupportedError } from "../../base/index.js";
import type { Node, OperatorName } from "../../graph/index.js";
import { intOf, intsOf, positiveAxis, stringOf } from "../attributes.js";
import { type GradientContext, type GradientRule, type NoGradient, noGradient } from "../contract.js";

/** The same elements in another shape, so the gradient's are too. */
const sameElements: GradientRule = ({ emit, x, dy }) => [emit.reshapeLike(dy[0]!, x[0]!)];

function refuse(node: Node, expected: string, got: string, remedy: string): never {
  throw new UnsupportedError("no-gradient", `${node.op} "${node.name}": expected ${expected}, got ${got}. ${remedy}.`);
}

/** Extent of an axis that has to be a number. */
function extentOf({ node, emit }: GradientContext, value: string, axis: number): number {
  const extent = emit.shape(value)[axis];
  if (typeof extent === "number") return extent;
  return refuse(node, `a known extent of axis ${axis}`, `"${extent}"`, "Leave the symbolic axis whole");
}

/** Integers that have to be constant for the gradient to be written down. */
function fixed({ node, emit, x }: GradientContext, input: number, what: string): number[] | undefined {
  if (!x[input]) return undefined;
  return emit.constantIntegers(x[input]) ?? refuse(node, `constant ${what}`, "a computed value", "Give them as a constant");
}

const concat: GradientRule = (context) => {
  const { node, emit, x, y, dy, wants } = context;
  if (x.length === 1) return [dy[0]];
  const axis = positiveAxis(intOf(node, "axis", 0), emit.rank(y[0]!));
  let start = 0;
  return x.map((value, i) => {
    const end = start + extentOf(context, value, axis);
    const part = wants(i) ? emit.slice(dy[0]!, [axis], [start], [end]) : undefined;
    start = end;
    return part;
  });
};

const split: GradientRule = ({ node, emit, x, y, dy }) => {
  const axis = positiveAxis(intOf(node, "axis", 0), emit.rank(x[0]!));
  return [emit.op("Concat", y.map((part, i) => dy[i] ?? emit.zerosLike(part)), { axis })];
};

/** Puts the gradient back where the slice was cut out, zeros elsewhere. */
const slice: GradientRule = (context) => {
  const { emit, x, y, dy } = context;
  const rank = emit.rank(x[0]!);
  const starts = fixed(context, 1, "starts")!;
  const axes = (fixed(context, 3, "axes") ?? starts.map((_, i) => i)).map((axis) => positiveAxis(axis, rank));
  const steps = fixed(context, 4, "steps") ?? starts.map(() => 1);
  const pads = Array.from({ length: 2 * rank }, () => 0);
  let gradient = dy[0]!;
  for (const [i, axis] of axes.entries()) {
    if (emit.shape(x[0]!)[axis] === emit.shape(y[0]!)[axis] && steps[i]! > 0) continue;
    const [extent, kept, step] = [extentOf(context, x[0]!, axis), extentOf(context, y[0]!, axis), steps[i]!];
    const first = Math.min(Math.max(positiveAxis(starts[i]!, extent), 0), step > 0 ? extent : extent - 1);
    if (step === 1) {
      pads[axis] = first;
      pads[axis + rank] = extent - first - kept;
    } else {
      gradient = spread(context, gradient, axis, Array.from({ length: kept }, (_, k) => first + k * step), extent);
    }
  }
  return [emit.pad(gradient, pads)];
};

/** Moves element k of an axis to positions[k]; the other elements of the longer axis are zero. */
function spread({ emit }: GradientContext, value: string, axis: number, positions: readonly number[], extent: number): string {
  const rank = emit.rank(value);
  const pads = Array.from({ length: 2 * rank }, (_, i) => (i === axis + rank ? 1 : 0));
  const zero = positions.length;
  const source = Array.from({ length: extent }, () => zero);
  for (const [k, position] of positions.entries()) source[position] = k;
  return emit.op("Gather", [emit.pad(value, pads), emit.integers(source)], { axis });
}

const pad: GradientRule = (context) => {
  const { node, emit, x, dy, wants } = context;
  const mode = stringOf(node, "mode", "constant");
  if (mode !== "constant") refuse(node, "mode constant", mode, "Pad with a constant");
  const pads = fixed(context, 1, "pads")!;
  const rank = emit.rank(x[0]!);
  const given = fixed(context, 3, "axes")?.map((axis) => positiveAxis(axis, rank)) ?? pads.slice(rank).map((_, i) => i);
  const [axes, starts, ends] = [[] as number[], [] as number[], [] as number[]];
  const cropped = Array.from({ length: 2 * rank }, () => 0);
  for (const [i, axis] of given.entries()) {
    const [before, after] = [pads[i]!, pads[i + given.length]!];
    cropped[axis] = Math.max(0, -before);
    cropped[axis + rank] = Math.max(0, -after);
    if (before <= 0 && after <= 0) continue;
    const end = extentOf(context, dy[0]!, axis) - Math.max(0, after);
    axes.push(axis);
    starts.push(Math.max(0, before));
    ends.push(end);
  }
  const inner = emit.pad(axes.length === 0 ? dy[0]! : emit.slice(dy[0]!, axes, starts, ends), cropped);
  const everywhere = (value: string) => emit.sum(value, emit.shape(value).map((_, axis) => axis), "drop");
  const byFill = () => emit.sub(everywhere(dy[0]!), everywhere(inner));
  return [inner, undefined, x[2] && wants(2) ? byFill() : undefined];
};

/** Tile repeats the whole axis r times: [r · n] seen as [r, n] is summed over r. */
const tile: GradientRule = (context) => {
  const { emit, x, dy } = context;
  const repeats = fixed(context, 1, "repeats")!;
  const shape = emit.shape(x[0]!).flatMap((extent, axis) => (repeats[axis] === 1 ? [extent] : [repeats[axis]!, extent]));
  const summed: number[] = [];
  let position = 0;
  for (const repeat of repeats) {
    if (repeat !== 1) summed.push(position++);
    position++;
  }
  return [summed.length === 0 ? dy[0] : emit.sum(emit.reshape(dy[0]!, shape), summed, "drop")];
};

/** Rows taken by number: each row of the gradient is added to the row it came from. */
const gather: GradientRule = (context) => {
  const { node, emit, x, dy } = context;
  const [data, indices] = [x[0]!, x[1]!];
  const rank = emit.rank(data);
  const axis = positiveAxis(intOf(node, "axis", 0), rank);
  const taken = emit.rank(indices);
  const rows = emit.castLike(emit.op("Unsqueeze", [indices, emit.integers([-1])]), emit.integers([-1]));
  const accumulate = (onto: string, updates: string) => emit.op("ScatterND", [onto, rows, updates], { reduction: "add" });
  if (axis === 0) return [accumulate(emit.zerosLike(data), dy[0]!)];
  // ScatterND adds along the first axis, so the axis taken from goes there and back.
  const moved = [axis, ...Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis)];
  const back = Array.from({ length: rank }, (_, i) => moved.indexOf(i));
  const front = Array.from({ length: emit.rank(dy[0]!) }, (_, i) => i);
  const updates = [...front.splice(axis, taken), ...front];
  const onto = emit.op("Transpose", [emit.zerosLike(data)], { perm: moved });
  const sum = accumulate(onto, emit.op("Transpose", [dy[0]!], { perm: updates }));
  return [emit.op("Transpose", [sum], { perm: back })];
};

/** Later writes win in ScatterElements, so what is overwritten gets no gradient. */
const scatterElements: GradientRule = ({ node, emit, x, dy, wants }) => {
  const axis = intOf(node, "axis", 0);
  const reduction = stringOf(node, "reduction", "none");
  if (reduction !== "none" && reduction !== "add") {
    refuse(node, "reduction none or add", reduction, "Write it with other operators");
  }
  const kept = () =>
    reduction === "add" ? dy[0]! : emit.op("ScatterElements", [dy[0]!, x[1]!, emit.zerosLike(x[2]!)], { axis });
  return [
    wants(0) ? kept() : undefined,
    undefined,
    wants(2) ? emit.op("GatherElements", [dy[0]!, x[1]!], { axis }) : undefined,
  ];
};

const positions = noGradient("its output holds positions or extents");
const values = noGradient("its output is made from whole numbers");

export const shape = {
  Reshape: sameElements,
  Flatten: sameElements,
  Squeeze: sameElements,
  Unsqueeze: sameElements,
  Transpose: ({ node, emit, x, dy }) => {
    const axes = emit.shape(x[0]!).map((_, axis) => axis);
    const perm = intsOf(node, "perm") ?? axes.toReversed();
    return [emit.op("Transpose", [dy[0]!], { perm: axes.map((axis) => perm.indexOf(axis)) })];
  },
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
  Expand: ({ dy }) => [dy[0]],
  Tile: tile,
  Gather: gather,
  GatherElements: ({ node, emit, x, dy }) => [
    emit.op("ScatterElements", [emit.zerosLike(x[0]!), x[1]!, dy[0]!], { axis: intOf(node, "axis", 0), reduction: "add" }),
  ],
  ScatterElements: scatterElements,
  ScatterND: noGradient("reading the scattered blocks back needs GatherND"),
  Shape: positions,
  Size: positions,
  OneHot: noGradient("its two values are constants of the graph"),
  Constant: values,
  ConstantOfShape: values,
  Range: values,
} as const satisfies Partial<Record<OperatorName, GradientRule | NoGradient>>;
