import { float32 } from "../../../base/index.js";
import type { BlockedGraph, ImageShape, PendingConv } from "./blocked-graph.js";
import { tileWeights } from "./constant-weights.js";
import type { BlockedConv } from "./conv-geometry.js";

/** A tile of 4 x 4 results is made of 6 x 6 inputs and as many products. */
const made = 4;
const read = 6;

/** Rows of Bᵀ: what the inputs of a tile become. */
const inputRows: readonly (readonly number[])[] = [
  [4, 0, -5, 0, 1, 0],
  [0, -4, -4, 1, 1, 0],
  [0, 4, -4, -1, 1, 0],
  [0, -2, -1, 2, 1, 0],
  [0, 2, -1, -2, 1, 0],
  [0, 4, 0, -5, 0, 1],
];

/** Rows of G: what the weights of a kernel become. */
const weightRows: readonly (readonly number[])[] = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
];

/** Rows of Aᵀ: how products become results. */
const outputRows: readonly (readonly number[])[] = [
  [1, 1, 1, 1, 1, 0],
  [0, 1, -1, 2, -2, 0],
  [0, 1, 1, 4, 4, 0],
  [0, 1, -1, 8, -8, 1],
];

/** What decides whether a convolution is cheaper in tiles. */
export interface TiledShape {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly filters: number;
  readonly channels: number;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

/** Channels from which on the products saved outweigh the transformations, and tiles from which on they outweigh the larger weights. */
const leastChannels = 128;
const leastTiles = 64;

/** Whether a convolution of one group was measured to be faster in tiles. */
export function fitsTiles({ kernel, strides, dilations, pads, filters, channels, batch, height, width }: TiledShape): boolean {
  const isPlain = kernel.length === 2 && kernel.every((k) => k === 3) && [...strides, ...dilations, ...pads].every((n) => n === 1);
  const tiles = batch * Math.ceil(height / made) * Math.ceil(width / made);
  return isPlain && Math.min(filters, channels) >= leastChannels && tiles >= leastTiles;
}

/** Whether this convolution is made in tiles. */
export function isTiled({ kind, weights, window, input }: BlockedConv): boolean {
  const { batch, height, width } = input;
  if (kind !== "full" || typeof batch !== "number") return false;
  const pads = [...window.before, ...window.after];
  return fitsTiles({ kernel: weights.kernel, strides: window.strides, dilations: window.dilations, pads, filters: weights.filters, channels: weights.channels, batch, height, width });
}

/** One number per kernel position, the same for all channels, as the weights of a depthwise convolution. */
function sameForAll(graph: BlockedGraph, channels: number, row: readonly number[], kernel: readonly [number, number]): string {
  return graph.once(`tile weights ${channels} ${kernel.join("x")} ${row.join(" ")}`, () => {
    const b = graph.block;
    const values = Float32Array.from({ length: channels * row.length }, (_, i) => row[Math.floor(i / b) % row.length]!);
    return graph.builder.constant(float32([channels, 1, ...kernel], values));
  });
}

/** Weighted sums of a tile's rows or columns, one value for each of `rows`. */
function sums(graph: BlockedGraph, x: string, options: { readonly channels: number; readonly rows: readonly (readonly number[])[]; readonly axis: 0 | 1; readonly stride: number; readonly pads: readonly [number, number]; readonly last?: Partial<PendingConv> }): string[] {
  const { channels, rows, axis, stride, pads: [before, after], last } = options;
  const along = (n: number): [number, number] => (axis === 0 ? [n, 1] : [1, n]);
  return rows.map((row) =>
    graph.emitConv({
      ...last,
      x,
      weights: sameForAll(graph, channels, row, along(read)),
      attributes: {
        kernel_shape: along(read),
        strides: along(stride),
        dilations: [1, 1],
        pads: axis === 0 ? [before, 0, after, 0] : [0, before, 0, after],
        group: channels,
      },
    }),
  );
}

/** The 36 forms of the weights, as blocked 1x1 convolutions read them. */
function tiledWeights(graph: BlockedGraph, plain: string, { weights }: BlockedConv): string[] {
  const { filters, channels } = weights;
  const forms = tileWeights(graph.builder.constantValue(plain)!.data as Float32Array, { filters, channels, rows: weightRows, block: graph.block });
  return forms.map((form) => graph.builder.constant(float32([filters, channels, 1, 1], form)));
}

/** Values side by side along the last axis but the channels of a block: element i of each follows element i of the one before. */
function interleave(graph: BlockedGraph, values: readonly string[], rows: number, length: number): string {
  return graph.builder.op("Concat", values.map((value) => graph.view(value, [rows, 1, length])), { axis: 1 });
}

/**
 * A 3x3 convolution of stride 1 in tiles: Y = Aᵀ [(G W Gᵀ) ⊙ (Bᵀ X B)] A, a quarter of the multiplications. The transformations are depthwise
 * convolutions along one axis, whose stride is the tile; the products are 1x1 convolutions, one for each of 36 positions.
 * @see Lavin and Gray 2016, Fast Algorithms for Convolutional Neural Networks, arXiv 1509.09308, F(4x4, 3x3)
 */
export function tiledConv(graph: BlockedGraph, plainWeights: string, conv: BlockedConv, { x, bias, activation }: PendingConv): string {
  const { channels, height, width } = conv.input;
  const { filters } = conv.weights;
  const b = graph.block;
  const batch = Number(conv.input.batch);
  const [down, across] = [Math.ceil(height / made), Math.ceil(width / made)];
  const blocks = (batch * filters) / b;
  const weights = tiledWeights(graph, plainWeights, conv);
  const columns = sums(graph, x, { channels, rows: inputRows, axis: 1, stride: made, pads: [1, across * made + 1 - width] });
  // [6 columns][6 rows]
  const inputs = columns.map((column) => sums(graph, column, { channels, rows: inputRows, axis: 0, stride: made, pads: [1, down * made + 1 - height] }));
  const halves = inputRows.map((_, i) => {
    const products = inputs.map((column, j) => graph.emitConv({ x: column[i]!, weights: weights[i * read + j]!, attributes: { kernel_shape: [1, 1], group: 1 } }));
    const row = graph.view(interleave(graph, products, blocks * down * across, b), [batch, filters, down, across * read]);
    return sums(graph, row, { channels: filters, rows: outputRows, axis: 1, stride: read, pads: [0, 0] });
  });
  const last = { ...(bias !== undefined && { bias }), ...(activation && { activation }) };
  const results = outputRows.map((_, q) => {
    const column = graph.view(interleave(graph, halves.map((half) => half[q]!), blocks * down, across * b), [batch, filters, down * read, across]);
    return sums(graph, column, { channels: filters, rows: outputRows, axis: 0, stride: read, pads: [0, 0], last });
  });
  const rows = outputRows.map((_, p) => interleave(graph, results.map((column) => column[p]!), blocks * down * across, b));
  const whole = interleave(graph, rows, blocks * down, across * made * b);
  return cut(graph, whole, { batch, channels: filters, height, width }, [down * made, across * made]);
}

/** Without what the last tiles reach beyond the image. */
function cut(graph: BlockedGraph, value: string, image: ImageShape & { readonly batch: number }, [rows, columns]: readonly [number, number]): string {
  const { builder, block: b } = graph;
  const { batch, channels, height, width } = image;
  const shape = [batch, channels, height, width];
  if (rows === height && columns === width) return graph.view(value, shape);
  const all = graph.view(value, [(batch * channels) / b, rows, columns, b]);
  return graph.view(builder.op("Slice", [all, builder.constant([0, 0]), builder.constant([height, width]), builder.constant([1, 2])]), shape);
}
