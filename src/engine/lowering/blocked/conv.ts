import type { Node } from "../../../graph/index.js";
import { intsOf } from "../attributes.js";
import type { BlockedGraph, ImageShape, PendingConv } from "./blocked-graph.js";
import { type BlockedConv, readConv } from "./conv-geometry.js";
import type { BlockedRule } from "./contract.js";
import { backwardWeights, depthwiseWeights, forwardWeights } from "./weights.js";
import { isTiled, tiledConv } from "./winograd.js";

/** Conv: the runtime's blocked convolution, held back so that a sum and an activation can join it. */
export const conv: BlockedRule = (graph, node) => {
  const [x, w, bias] = node.inputs as [string, string, string?];
  if (!graph.isFloat(x)) return false;
  const read = readConv(graph, node, { x: graph.shape(x), kernel: graph.shape(w).slice(2) as number[], y: graph.shape(node.outputs[0]!) });
  if (!read) return false;
  const { kind, weights, window } = read;
  const plainWeights = graph.plain(w);
  graph.setPending(node.outputs[0]!, {
    x: weights.channels < graph.block && kind === "full" ? graph.plain(x) : graph.blocked(x),
    weights:
      kind === "depthwise"
        ? depthwiseWeights(graph, plainWeights, weights.filters, weights.kernel)
        : forwardWeights(graph, plainWeights, weights),
    ...(bias && { bias: graph.plain(bias) }),
    attributes: {
      kernel_shape: weights.kernel,
      strides: window.strides,
      dilations: window.dilations,
      pads: [...window.before, ...window.after],
      group: kind === "depthwise" ? weights.filters : 1,
    },
    // Weights that change would have to be transformed in every run.
    ...(graph.isConstant(w) && isTiled(read) && { tiled: (pending: PendingConv) => tiledConv(graph, plainWeights, read, pending) }),
  });
  return true;
};

/** Along one axis: the kernel positions that reach outputs of one phase, and the padding their convolution needs. */
interface Phase {
  /** Positions in the order of the flipped kernel. */
  readonly taps: readonly number[];
  readonly before: number;
  readonly after: number;
}

/**
 * The gradient of a strided convolution at positions h = stride · i + phase is a plain convolution of dY with every
 * stride-th kernel position, flipped: dX[h] = Σ over r ≡ h + pad (mod stride) of W[r] dY[(h + pad - r) / stride].
 */
function phaseOf(options: { phase: number; stride: number; dilation: number; kernel: number; pad: number; input: number; output: number }): Phase {
  const { phase, stride, dilation, kernel, pad, input, output } = options;
  const shifts: { tap: number; shift: number }[] = [];
  for (let tap = kernel - 1; tap >= 0; tap--) {
    const distance = phase + pad - tap * dilation;
    if (distance % stride === 0) shifts.push({ tap, shift: distance / stride });
  }
  const length = Math.ceil((input - phase) / stride);
  if (shifts.length === 0) return { taps: [], before: 0, after: 0 };
  return { taps: shifts.map(({ tap }) => tap), before: -shifts[0]!.shift, after: length - 1 + shifts.at(-1)!.shift - (output - 1) };
}

function phasesOf({ window }: BlockedConv, axis: number): Phase[] {
  const [stride, dilation] = [window.strides[axis]!, window.dilations[axis]!];
  return Array.from({ length: stride }, (_, phase) =>
    phaseOf({
      phase,
      stride,
      dilation,
      kernel: window.kernel[axis]!,
      pad: window.before[axis]!,
      input: window.input[axis]!,
      output: window.output[axis]!,
    }),
  );
}

/** One phase's convolution of dY. */
function phaseConv(graph: BlockedGraph, node: Node, read: BlockedConv, [rows, columns]: readonly [Phase, Phase]): PendingConv {
  const [dy, w] = node.inputs as [string, string];
  const width = read.weights.kernel[1];
  const depthwise = read.kind === "depthwise";
  const kernel = [rows.taps.length, columns.taps.length] as const;
  const step = (axis: number) => (read.window.strides[axis] === 1 ? read.window.dilations[axis]! : 1);
  return {
    x: graph.blocked(dy),
    weights: backwardWeights(graph, graph.plain(w), {
      shape: read.weights,
      depthwise,
      taps: rows.taps.flatMap((row) => columns.taps.map((column) => row * width + column)),
      kernel,
    }),
    attributes: {
      kernel_shape: kernel,
      dilations: [step(0), step(1)],
      pads: [rows.before, columns.before, rows.after, columns.after],
      group: depthwise ? read.weights.filters : 1,
    },
  };
}

/** Puts the phases of both axes side by side: [N, C, H / s, W / s] each, to [N, C, H, W]. */
function interleave(graph: BlockedGraph, parts: readonly (readonly string[])[], read: BlockedConv): string {
  const b = graph.block;
  const [rowPhases, columnPhases] = [parts.length, parts[0]!.length];
  const [height, width] = [read.input.height / rowPhases, read.input.width / columnPhases];
  const rows = parts.map((row) => {
    const views = row.map((part) => graph.view(part, [-1, height, width, b]));
    return views.length === 1 ? views[0]! : graph.builder.op("Concat", views, { axis: 3 });
  });
  const joined = rows.map((row) => graph.view(row, [-1, height, width * columnPhases * b]));
  const whole = joined.length === 1 ? joined[0]! : graph.builder.op("Concat", joined, { axis: 2 });
  const { batch, channels } = read.input;
  return graph.view(whole, [typeof batch === "number" ? batch : -1, channels, read.input.height, read.input.width]);
}

/** The same convolution for an input whose extents are multiples of the stride: what is added at the end is cut off later. */
function grown(read: BlockedConv): BlockedConv {
  const [down, across] = read.window.strides as [number, number];
  const [height, width] = [Math.ceil(read.input.height / down) * down, Math.ceil(read.input.width / across) * across];
  return { ...read, input: { ...read.input, height, width }, window: { ...read.window, input: [height, width] } };
}

/** The first rows and columns of a blocked value. */
function crop(graph: BlockedGraph, value: string, from: ImageShape, to: ImageShape): string {
  if (from.height === to.height && from.width === to.width) return value;
  const { builder, block: b } = graph;
  const rows = graph.view(value, [-1, from.height, from.width, b]);
  const cut = builder.op("Slice", [rows, builder.constant([0, 0]), builder.constant([to.height, to.width]), builder.constant([1, 2])]);
  return graph.view(cut, [typeof to.batch === "number" ? to.batch : -1, to.channels, to.height, to.width]);
}

/** A strided 1x1 convolution reaches one phase only: the rest of dX is zero. */
function spread(graph: BlockedGraph, value: string, read: BlockedConv): string {
  const b = graph.block;
  const { strides, output } = read.window;
  const [sh, sw] = strides as [number, number];
  const [oh, ow] = output as [number, number];
  const split = graph.view(value, [-1, oh, 1, ow, 1, b]);
  const filled = graph.builder.op("Pad", [split, graph.builder.constant([0, 0, 0, 0, 0, 0, 0, 0, sh - 1, 0, sw - 1, 0])]);
  const { batch, channels, height, width } = read.input;
  const target = [typeof batch === "number" ? batch : -1, channels, height, width];
  const [right, below] = [width - ow * sw, height - oh * sh];
  if (right === 0 && below === 0) return graph.view(filled, target);
  const rows = graph.view(filled, [-1, oh * sh, ow * sw, b]);
  return graph.view(graph.builder.op("Pad", [rows, graph.builder.constant([0, 0, 0, 0, 0, below, right, 0])]), target);
}

/** dX of a convolution: blocked convolutions of dY with flipped weights, one per phase of the stride. */
export const convInputGradient: BlockedRule = (graph, node) => {
  const [dy, w] = node.inputs as [string, string];
  const output = node.outputs[0]!;
  if (!graph.isFloat(dy) || intsOf(node, "input_shape")!.length !== 3) return false;
  const read = readConv(graph, node, { x: graph.shape(output), kernel: graph.shape(w).slice(2) as number[], y: graph.shape(dy) });
  if (!read || read.input.channels % graph.block !== 0) return false;
  const strided = read.window.strides.some((n) => n !== 1);
  const { kernel, before } = read.window;
  const isSparse = strided && kernel.every((k) => k === 1) && before.every((p) => p === 0);
  const whole = strided && !isSparse ? grown(read) : read;
  const rows = phasesOf(whole, 0);
  const columns = phasesOf(whole, 1);
  const used = [...rows, ...columns].filter(({ taps }) => taps.length > 0);
  if (used.some(({ before: first, after }) => first < 0 || after < 0)) return false;
  if (!strided) {
    graph.setPending(output, phaseConv(graph, node, read, [rows[0]!, columns[0]!]));
    return true;
  }
  if (isSparse) {
    const small = graph.emitConv(phaseConv(graph, node, read, [rows[0]!, columns[0]!]));
    graph.setBlocked(output, spread(graph, small, read));
    return true;
  }
  if (used.length < rows.length + columns.length || read.window.dilations.some((d) => d !== 1)) return false;
  const parts = rows.map((row) => columns.map((column) => graph.emitConv(phaseConv(graph, node, whole, [row, column]))));
  graph.setBlocked(output, crop(graph, interleave(graph, parts, whole), whole.input, read.input));
  return true;
};
