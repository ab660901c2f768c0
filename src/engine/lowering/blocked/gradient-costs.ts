/** Sizes that decide how a weight gradient is best made. */
export interface GradientShape {
  readonly batch: number;
  /** Of the layer's input and output. */
  readonly channels: number;
  readonly filters: number;
  readonly inputPixels: number;
  readonly pixels: number;
  readonly kernel: readonly [number, number];
}

/** How the products of a 1x1 layer, and of one kernel position of another layer, can be taken; see the forms of these names. */
export type PointwiseForm = "by-group" | "over-pixels" | "by-image";
export type TapsForm = "over-pixels" | "joined-over-pixels" | "over-images";

/**
 * A product of `width` columns runs at `rate · width / (width + half)` GFLOP/s: one that is half as fast has `half` columns. These and the constants
 * below are fitted to the processor times of all forms on the shapes of the studied networks (gradient-costs.testkit.ts): one thread of a Zen 3
 * core. The same on every machine, so that a run can be repeated bit for bit; what counts is how they compare.
 */
const conv = { rate: 81, half: 18 };
const productByImage = { rate: 88, half: 15 };
const productOverImages = { rate: 73, half: 6 };

/** GB/s at which memory is read and written: by copies, by copies that no cache holds, and where memory is new, as products kept for each image. */
const copied = 16;
const sliced = 10;
const kept = 2.5;
/** The same for products of groups, and for sums that grow from one run of images to the next. */
const grouped = 12;
const added = 10;

/** Megabytes of moved copies that the caches hold beside what they are made of. */
const cached = 16;

/** Milliseconds that a call of an operator costs beside its work. */
const call = 0.03;

/** Milliseconds of a product. */
function timeOf(flops: number, width: number, { rate, half }: { readonly rate: number; readonly half: number }): number {
  return ((flops / 1e6) * (width + half)) / (rate * width);
}

/** Megabytes of so many numbers. */
function megabytes(numbers: number): number {
  return (4 * numbers) / 1e6;
}

/** Extents in megabytes: X where the layer sees it, dY, dW, and X as it comes. */
function sizesOf({ batch, channels, filters, inputPixels, pixels, kernel: [height, width] }: GradientShape) {
  const spots = height * width;
  return {
    flops: 2 * batch * pixels * channels * filters * spots,
    x: megabytes(batch * pixels * channels),
    dy: megabytes(batch * pixels * filters),
    dw: megabytes(channels * filters * spots),
    input: megabytes(batch * inputPixels * channels),
  };
}

/** Milliseconds that a form of a 1x1 layer's gradient is expected to take. Every pass over memory counts what it reads and what it writes. */
export function costOfPointwise(form: PointwiseForm, shape: GradientShape): number {
  const { flops, x, dy, dw } = sizesOf(shape);
  const [large, small] = [Math.max(x, dy), Math.min(x, dy)];
  const width = Math.min(shape.channels, shape.filters);
  if (form === "by-group") return timeOf(flops, width, conv) + (4 * small) / copied + (3 * shape.batch * dw) / grouped;
  if (form === "over-pixels") return timeOf(flops, width, conv) + (2 * large + 4 * small) / copied + (2 * dw) / kept;
  return timeOf(flops, width, productByImage) + (2 * (large + small)) / copied + (3 * shape.batch * dw) / kept;
}

/** The same for a layer with a window. @param images at a time, where a form takes some of them */
export function costOfTaps(form: TapsForm, shape: GradientShape, images = shape.batch): number {
  const { batch, channels, filters, pixels } = shape;
  const { flops, x, dy, dw, input } = sizesOf(shape);
  const [height, width] = shape.kernel;
  const spots = height * width;
  if (form === "over-images") return timeOf(flops, channels, productOverImages) + (2 * input + 4 * dy) / copied + (2 * spots * x) / sliced + (3 * dw) / kept;
  const isJoined = form === "joined-over-pixels";
  const moved = megabytes(images * pixels * (width * channels + height * filters));
  const copies = (isJoined ? 6 : 4) * width * x + (images > 1 ? 4 : 2) * height * dy;
  return timeOf(flops, isJoined ? width * channels : channels, conv) + (2 * x) / copied + copies / (moved > cached ? sliced : copied) + (batch / images) * ((2 * dw) / added + call * (isJoined ? height : spots));
}
