import type { BlockedGraph, ImageShape } from "./blocked-graph.js";
import { padForTaps, sliceTap } from "../taps.js";
import { positionsOf, type SlidingWindow } from "../window.js";
import type { BlockedConv } from "./conv-geometry.js";
import type { GradientOperands } from "./weight-gradient.js";

/** [positions][K, C] to [K, C, kh, kw]. */
function stack(graph: BlockedGraph, perTap: readonly string[], filters: number, channels: number, kernel: readonly number[]): string {
  const { builder } = graph;
  const rows = perTap.map((tap) => graph.view(tap, [1, filters * channels]));
  const joined = builder.op("Concat", rows, { axis: 0 });
  return graph.view(builder.op("Transpose", [joined], { perm: [1, 0] }), [filters, channels, ...kernel]);
}

/** A run of the batch's images. */
interface Images {
  readonly first: number;
  readonly count: number;
  readonly batch: number;
}

function runsOf(batch: number, count: number): Images[] {
  return Array.from({ length: batch / count }, (_, i) => ({ first: i * count, count, batch }));
}

/**
 * What every kernel position sees, [N, C, oh, ow] each. With a stride of 2 or more, the padded input is first split into
 * its phases, so that slices are made of whole rows and not of every second number.
 */
function slices(graph: BlockedGraph, x: string, { window, input }: { window: SlidingWindow; input: ImageShape }): string[] {
  const { builder } = graph;
  const taps = positionsOf(window.kernel);
  const [sh, sw] = window.strides as [number, number];
  const dense = sh * sw === 1 || window.dilations.some((d) => d !== 1);
  if (dense) {
    const padded = padForTaps(builder, x, window);
    return taps.map((tap) => sliceTap(builder, padded, window, tap));
  }
  const { batch, channels } = { batch: Number(input.batch), channels: input.channels };
  // Rows and columns of each phase: enough for the last position's window.
  const [rows, columns] = window.output.map((extent, i) => extent + Math.ceil(window.kernel[i]! / window.strides[i]!) - 1) as [number, number];
  const [below, right] = [rows * sh - input.height - window.before[0]!, columns * sw - input.width - window.before[1]!];
  const padded = builder.op("Pad", [x, builder.constant([0, 0, ...window.before, 0, 0, below, right])]);
  // Single numbers move in a transposition of a matrix, then whole rows: together four times as fast as both at once.
  const all = batch * channels * rows;
  const byColumn = builder.op("Transpose", [graph.view(padded, [all * sh * columns, sw])], { perm: [1, 0] });
  const byRow = builder.op("Transpose", [graph.view(byColumn, [sw * all, sh, columns])], { perm: [1, 0, 2] });
  const phases = graph.view(byRow, [sh * sw, batch, channels, rows, columns]);
  const parts = builder.ops("Split", [phases], { axis: 0 }, { outputs: sh * sw });
  const phase = parts.map((part) => graph.view(part, [batch, channels, rows, columns]));
  const unit: SlidingWindow = { ...window, strides: [1, 1] };
  return taps.map(([i, j]) =>
    sliceTap(builder, phase[(i! % sh) * sw + (j! % sw)]!, unit, [Math.floor(i! / sh), Math.floor(j! / sw)]),
  );
}

/** With few channels one product for all positions: the positions of every image side by side. */
export function tapsAtOnce(graph: BlockedGraph, operands: GradientOperands, { window, input, output }: BlockedConv): string {
  const { builder } = graph;
  const [x, dy] = [graph.plain(operands.x), graph.plain(operands.dy)];
  const filters = output.channels;
  const batch = Number(input.batch);
  const pixels = window.output[0]! * window.output[1]!;
  const taps = positionsOf(window.kernel);
  const columns = builder.op("Concat", slices(graph, x, { window, input }), { axis: 1 });
  const width = taps.length * input.channels;
  const products = builder.op("FusedMatMul", [graph.view(dy, [batch, filters, pixels]), graph.view(columns, [batch, width, pixels])], { transB: 1 });
  const summed = builder.op("ReduceSum", [products, builder.constant([0])], { keepdims: 0 });
  const turned = builder.op("Transpose", [graph.view(summed, [filters, taps.length, input.channels])], { perm: [0, 2, 1] });
  return graph.view(turned, [filters, input.channels, ...window.kernel]);
}

/** One product per kernel position over all images: X with channels last, dY with channels first. */
export function tapsOverImages(graph: BlockedGraph, operands: GradientOperands, { window, input, output }: BlockedConv): string {
  const { builder } = graph;
  const [last, dy] = [graph.channelsLast(operands.x), graph.plain(operands.dy)];
  const filters = output.channels;
  const batch = Number(input.batch);
  const [height, width] = window.output as [number, number];
  const pixels = height * width;
  const rows = builder.op("Transpose", [graph.view(dy, [batch, filters, pixels])], { perm: [1, 0, 2] });
  const left = graph.view(rows, [filters, batch * pixels]);
  const { before, after, strides, dilations } = window;
  const pads = [0, ...before, 0, 0, ...after, 0];
  const padded = pads.some((pad) => pad !== 0) ? builder.op("Pad", [last, builder.constant(pads)]) : last;
  const perTap = positionsOf(window.kernel).map((tap) => {
    const starts = tap.map((k, i) => k * dilations[i]!);
    const ends = starts.map((start, i) => start + (window.output[i]! - 1) * strides[i]! + 1);
    const steps = strides.every((s) => s === 1) ? [] : [builder.constant([...strides])];
    const slice = builder.op("Slice", [padded, builder.constant(starts), builder.constant(ends), builder.constant([1, 2]), ...steps]);
    return builder.op("MatMul", [left, graph.view(slice, [batch * pixels, input.channels])]);
  });
  return stack(graph, perTap, filters, input.channels, window.kernel);
}

/** Some images of a value, moved along one axis; what falls out is cut off and zeros come in. */
function moved(graph: BlockedGraph, value: string, options: { axis: number; shift: number; images: Images }): string {
  const { axis, shift, images } = options;
  const shape = graph.builder.shape(value);
  const before = shape.map((_, i) => (i === 0 ? -images.first : i === axis ? shift : 0));
  const after = shape.map((_, i) => (i === 0 ? images.first + images.count - images.batch : i === axis ? -shift : 0));
  if ([...before, ...after].every((n) => n === 0)) return value;
  return graph.builder.op("Pad", [value, graph.builder.constant([...before, ...after])]);
}

/** How the positions of a kernel are taken together. */
export interface TapsOptions {
  /** Images at a time. */
  readonly images: number;
  /** One product for all positions of a kernel's row, instead of one for each. */
  readonly joined: boolean;
}

/**
 * Blocked 1x1 convolutions whose channels are all pixels of some images (as for a 1x1 layer); what the images before gave is their sum. A
 * position (i, j) needs dY moved by rows and X moved by columns: 3 + 3 copies serve the 9 positions of a 3x3 kernel. Joined, the moved
 * X of a row of positions lie side by side, so that few channels make a product that is wide enough.
 */
export function tapsOverPixels(graph: BlockedGraph, { x, dy }: GradientOperands, { window, input, output }: BlockedConv, { images: count, joined }: TapsOptions): string {
  const { builder, block: b } = graph;
  const { channels } = input;
  const filters = output.channels;
  const batch = Number(input.batch);
  const [height, width] = window.output as [number, number];
  const [kh, kw] = window.kernel as [number, number];
  const last = graph.channelsLast(x);
  const image = graph.view(graph.blocked(dy), [batch, filters / b, height, width * b]);
  const all = count * height * width;
  let sums: (string | undefined)[] = [];
  for (const images of runsOf(batch, count)) {
    const rows = Array.from({ length: kh }, (_, i) => {
      const part = moved(graph, image, { axis: 2, shift: i * window.dilations[0]! - window.before[0]!, images });
      const byBlock = graph.view(part, [count, filters / b, height * width * b]);
      // Of one image the blocks already follow each other.
      const turned = count === 1 ? byBlock : builder.op("Transpose", [byBlock], { perm: [1, 0, 2] });
      return graph.view(turned, [filters, all, 1, 1]);
    });
    const columns = Array.from({ length: kw }, (_, j) => moved(graph, last, { axis: 2, shift: window.before[1]! - j * window.dilations[1]!, images }));
    const parts = joined && kw > 1 ? [builder.op("Concat", columns, { axis: 3 })] : columns;
    const pixels = parts.map((part) => builder.op("nchwc.ReorderInput", [graph.view(part, [1, all, (kw * channels) / parts.length, 1])]));
    const before = sums;
    sums = rows.flatMap((row, i) =>
      pixels.map((pixel, j) => {
        const sum = before[i * parts.length + j];
        return builder.op("nchwc.Conv", [pixel, row, ...(sum === undefined ? [] : ["", sum])], { kernel_shape: [1, 1] });
      }),
    );
  }
  const spots = kh * kw;
  const tiles = builder.op("Concat", sums.map((sum) => graph.view(sum!, [filters / b, spots / sums.length, channels * b])), { axis: 1 });
  const turned = builder.op("Transpose", [graph.view(tiles, [filters / b, spots, channels, b])], { perm: [0, 2, 1, 3] });
  const plain = builder.op("nchwc.ReorderOutput", [graph.view(turned, [filters / b, b, channels * spots, 1])], { channels: b });
  return graph.view(plain, [filters, channels, kh, kw]);
}

