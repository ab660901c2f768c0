import { intsOf } from "../attributes.js";
import type { BlockedGraph } from "./blocked-graph.js";
import { type BlockedConv, readConv } from "./conv-geometry.js";
import type { BlockedRule } from "./contract.js";
import { depthwiseGradient } from "./depthwise-gradient.js";
import { costOfPointwise, costOfTaps, type GradientShape, type PointwiseForm } from "./gradient-costs.js";
import { pointwiseByGroup, pointwiseByImage, pointwiseOverPixels } from "./pointwise-gradient.js";
import { tapsAtOnce, tapsOverImages, tapsOverPixels } from "./taps-gradient.js";

/** The two values a weight gradient is made of, by their old names. */
export interface GradientOperands {
  readonly x: string;
  readonly dy: string;
}

/** One way to the gradient of a convolution's weights. */
export interface WeightGradientForm {
  readonly name: string;
  /** Milliseconds that it is expected to take; see `gradient-costs.ts`. */
  readonly cost: number;
  write(graph: BlockedGraph, operands: GradientOperands): string;
}

function isPointwise({ window, kind }: BlockedConv): boolean {
  const zero = [...window.before, ...window.after].every((p) => p === 0);
  return kind === "full" && window.kernel.every((k) => k === 1) && zero;
}

function shapeOf({ window, input, output }: BlockedConv): GradientShape {
  return { batch: Number(input.batch), channels: input.channels, filters: output.channels, pixels: output.height * output.width, inputPixels: input.height * input.width, kernel: window.kernel as [number, number] };
}

function pointwiseForms(read: BlockedConv, block: number): WeightGradientForm[] {
  const shape = shapeOf(read);
  const { batch, pixels } = shape;
  const form = (name: PointwiseForm, write: typeof pointwiseByImage): WeightGradientForm => ({ name, cost: costOfPointwise(name, shape), write: (graph, operands) => write(graph, operands, read) });
  return [
    ...(pixels % block === 0 ? [form("by-group", pointwiseByGroup)] : []),
    ...((batch * pixels) % block === 0 ? [form("over-pixels", pointwiseOverPixels)] : []),
    form("by-image", pointwiseByImage),
  ];
}

function tapsForms(read: BlockedConv, block: number): WeightGradientForm[] {
  const { window, input, output } = read;
  const shape = shapeOf(read);
  const { batch, pixels, channels } = shape;
  if (channels < block) return [{ name: "at-once", cost: 0, write: (graph, operands) => tapsAtOnce(graph, operands, read) }];
  const sameExtents = input.height === output.height && input.width === output.width && window.strides.every((n) => n === 1);
  const counts = Array.from({ length: batch }, (_, i) => i + 1).filter((images) => batch % images === 0 && (images * pixels) % block === 0);
  const overPixels = counts.flatMap((images) =>
    [true, false].map((joined): WeightGradientForm => ({
      name: `${joined ? "joined-" : ""}over-pixels-${images}`,
      cost: costOfTaps(joined ? "joined-over-pixels" : "over-pixels", shape, images),
      write: (graph, operands) => tapsOverPixels(graph, operands, read, { images, joined }),
    })),
  );
  return [
    ...(sameExtents ? overPixels : []),
    { name: "over-images", cost: costOfTaps("over-images", shape), write: (graph, operands) => tapsOverImages(graph, operands, read) },
  ];
}

/** The ways to the gradient of a convolution that is no depthwise one, whose batch is a number. */
export function weightGradientForms(read: BlockedConv, block: number): readonly WeightGradientForm[] {
  if (!isPointwise(read)) return tapsForms(read, block);
  return read.input.channels % block === 0 ? pointwiseForms(read, block) : [];
}

function cheapest(forms: readonly WeightGradientForm[]): WeightGradientForm | undefined {
  const least = Math.min(...forms.map(({ cost }) => cost));
  return forms.find(({ cost }) => cost === least);
}

/** dW of a convolution, in the form that is expected to be fastest for its shape. */
export const convWeightGradient: BlockedRule = (graph, node) => {
  const [x, dy] = node.inputs as [string, string];
  if (!graph.isFloat(x) || (!graph.isBlocked(dy) && !graph.isBlocked(x))) return false;
  const read = readConv(graph, node, { x: graph.shape(x), kernel: intsOf(node, "kernel_shape")!, y: graph.shape(dy) });
  if (!read || typeof read.input.batch !== "number") return false;
  const result =
    read.kind === "depthwise" ? depthwiseGradient(graph, { x, dy }, read) : cheapest(weightGradientForms(read, graph.block))?.write(graph, { x, dy });
  if (result === undefined) return false;
  graph.setPlain(node.outputs[0]!, result);
  return true;
};
