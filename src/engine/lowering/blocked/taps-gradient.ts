import type { BlockedGraph, ImageShape } from "./blocked-graph.js";
import { padForTaps, sliceTap } from "../taps.js";
import { positionsOf, type SlidingWindow } from "../window.js";
import type { WeightGradientForm } from "./weight-gradient.js";

/** Moved copies of X and dY of the whole batch may take this much memory together; above it the form that slices is faster. */
const largestCopiesBytes = 256 * 2 ** 20;

/**
 * What is copied at once: about what the last cache holds, and little enough (below 32 MiB) that the system's allocator gives the same
 * memory again. Products run in parallel over images, so that two should fit.
 */
const copiesBytes = 24 * 2 ** 20;
const slicedBytes = 28 * 2 ** 20;

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

/** Equal runs of images, the longest whose moved copies stay small. */
function runsOf(batch: number, bytesPerImage: number, bytes: number): Images[] {
  const fitting = Array.from({ length: batch }, (_, i) => i + 1).filter((count) => batch % count === 0 && count * bytesPerImage <= bytes);
  const count = fitting.at(-1) ?? 1;
  return Array.from({ length: batch / count }, (_, i) => ({ first: i * count, count, batch }));
}

/** Some images of a value. */
function imagesOf(graph: BlockedGraph, value: string, { first, count, batch }: Images): string {
  if (count === batch) return value;
  const { builder } = graph;
  return builder.op("Slice", [value, builder.constant([first]), builder.constant([first + count]), builder.constant([0])]);
}

/**
 * One product per image and kernel position, in plain order; the sum over images follows. Few images at a time, so that what is sliced is
 * still in the cache when it is multiplied.
 */
function byImage(graph: BlockedGraph, x: string, dy: string, options: { window: SlidingWindow; input: ImageShape; filters: number }): string {
  const { builder } = graph;
  const { window, input, filters } = options;
  const batch = Number(input.batch);
  const pixels = window.output[0]! * window.output[1]!;
  const taps = positionsOf(window.kernel);
  const products: string[][] = taps.map(() => []);
  for (const images of runsOf(batch, 4 * pixels * Math.max(input.channels, filters), slicedBytes)) {
    const left = graph.view(imagesOf(graph, dy, images), [images.count, filters, pixels]);
    const padded = padForTaps(builder, imagesOf(graph, x, images), window);
    for (const [i, tap] of taps.entries()) {
      const right = graph.view(sliceTap(builder, padded, window, tap), [images.count, input.channels, pixels]);
      products[i]!.push(builder.op("FusedMatMul", [left, right], { transB: 1 }));
    }
  }
  const perTap = products.map((parts) => {
    const all = parts.length === 1 ? parts[0]! : builder.op("Concat", parts, { axis: 0 });
    return builder.op("ReduceSum", [all, builder.constant([0])], { keepdims: 0 });
  });
  return stack(graph, perTap, filters, input.channels, window.kernel);
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
function byImageAtOnce(graph: BlockedGraph, x: string, dy: string, options: { window: SlidingWindow; input: ImageShape; filters: number }): string {
  const { builder } = graph;
  const { window, input, filters } = options;
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
function overImages(graph: BlockedGraph, last: string, dy: string, options: { window: SlidingWindow; input: ImageShape; filters: number }): string {
  const { builder } = graph;
  const { window, input, filters } = options;
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

/**
 * One blocked 1x1 convolution per kernel position, whose channels are all pixels of some images (as for a 1x1 layer); what the images
 * before gave is its sum. A position (i, j) needs dY moved by rows and X moved by columns: 3 + 3 copies serve the 9 positions
 * of a 3x3 kernel.
 */
function overPixelsByTap(graph: BlockedGraph, last: string, dy: string, options: { window: SlidingWindow; input: ImageShape; filters: number }): string {
  const { builder } = graph;
  const { window, input, filters } = options;
  const { channels } = input;
  const b = graph.block;
  const batch = Number(input.batch);
  const [height, width] = window.output as [number, number];
  const [kh, kw] = window.kernel as [number, number];
  const image = graph.view(dy, [batch, filters / b, height, width * b]);
  let sums: (string | undefined)[] = Array.from({ length: kh * kw }, () => undefined);
  for (const images of runsOf(batch, copiedBytes(window, channels, filters), copiesBytes)) {
    const all = images.count * height * width;
    const rows = Array.from({ length: kh }, (_, i) => {
      const part = moved(graph, image, { axis: 2, shift: i * window.dilations[0]! - window.before[0]!, images });
      const byBlock = graph.view(part, [images.count, filters / b, height * width * b]);
      // Of one image the blocks already follow each other.
      const turned = images.count === 1 ? byBlock : builder.op("Transpose", [byBlock], { perm: [1, 0, 2] });
      return graph.view(turned, [filters, all, 1, 1]);
    });
    const columns = Array.from({ length: kw }, (_, j) => {
      const part = moved(graph, last, { axis: 2, shift: window.before[1]! - j * window.dilations[1]!, images });
      return builder.op("nchwc.ReorderInput", [graph.view(part, [1, all, channels, 1])]);
    });
    sums = rows.flatMap((row, i) =>
      columns.map((column, j) => {
        const before = sums[i * kw + j];
        return builder.op("nchwc.Conv", [column, row, ...(before === undefined ? [] : ["", before])], { kernel_shape: [1, 1] });
      }),
    );
  }
  const tiles = builder.op("Concat", sums.map((sum) => graph.view(sum!, [filters / b, channels / b, b * b])), { axis: 2 });
  const spots = kh * kw;
  const turned = builder.op("Transpose", [graph.view(tiles, [(filters / b) * (channels / b), spots, b, b])], { perm: [0, 2, 1, 3] });
  const plain = builder.op("nchwc.ReorderOutput", [graph.view(turned, [filters / b, b, channels * spots, 1])], { channels: b });
  return graph.view(plain, [filters, channels, kh, kw]);
}

/** Bytes of the moved copies of one image of X and dY. */
function copiedBytes({ kernel, output }: SlidingWindow, channels: number, filters: number): number {
  return 4 * output[0]! * output[1]! * (kernel[1]! * channels + kernel[0]! * filters);
}

/** dW of a convolution with a window, one kernel position at a time. */
export const tapsGradient: WeightGradientForm = (graph, { x, dy }, { window, input, output }) => {
  const options = { window, input, filters: output.channels };
  if (input.channels < graph.block) return byImageAtOnce(graph, graph.plain(x), graph.plain(dy), options);
  const pixels = output.height * output.width;
  const sameExtents = input.height === output.height && input.width === output.width && window.strides.every((n) => n === 1);
  const perImage = copiedBytes(window, input.channels, output.channels);
  const batch = Number(input.batch);
  const fillsBlocks = runsOf(batch, perImage, copiesBytes).every(({ count }) => (count * pixels) % graph.block === 0);
  if (sameExtents && fillsBlocks && batch * perImage < largestCopiesBytes) {
    return overPixelsByTap(graph, graph.channelsLast(x), graph.blocked(dy), options);
  }
  if (pixels > 1000) return byImage(graph, graph.plain(x), graph.plain(dy), options);
  return overImages(graph, graph.channelsLast(x), graph.plain(dy), options);
};
