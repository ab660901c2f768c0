/** For every output position: the first input it reads, how many, and their weights (which sum to 1). */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Float64Array;
  readonly stride: number;
}

/**
 * Triangle filter of half-width max(scale, 1) around the output's center (i + 0.5) scale, scale = from / to:
 * bilinear when enlarging, averaging as many inputs as needed when reducing, so that nothing aliases.
 */
function triangleTaps(from: number, to: number, { start: begin, count }: Span): Taps {
  const scale = from / to;
  const support = Math.max(scale, 1);
  const stride = Math.ceil(support) * 2 + 1;
  const taps = { first: new Int32Array(count), count: new Int32Array(count), weights: new Float64Array(count * stride), stride };
  for (let i = 0; i < count; i++) {
    const center = (begin + i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(from, Math.trunc(center + support + 0.5));
    let sum = 0;
    for (let j = start; j < end; j++) {
      const weight = Math.max(0, 1 - Math.abs((j - center + 0.5) / support));
      taps.weights[i * stride + j - start] = weight;
      sum += weight;
    }
    for (let j = 0; j < end - start; j++) taps.weights[i * stride + j]! /= sum;
    taps.first[i] = start;
    taps.count[i] = end - start;
  }
  return taps;
}

export interface Size {
  readonly height: number;
  readonly width: number;
}

/** Positions from `start` on, `count` of them. */
interface Span {
  readonly start: number;
  readonly count: number;
}

/** A part of a resized plane, in its pixels. */
export interface Part extends Size {
  readonly top: number;
  readonly left: number;
}

/**
 * Antialiased bilinear resize of one plane, in floating point throughout, so that 16-bit depth survives.
 * @param plane [H, W] row-major
 * @param part of the result that is wanted; all of it by default
 * @returns [part.height, part.width]; every value lies between the least and the greatest input
 * @see P. Heckbert, Fundamentals of Texture Mapping, 1989; same filter as Pillow 9.4 `Image.resize(BILINEAR)` in mode F and
 *   torch 1.13 `interpolate(mode="bilinear", antialias=True)`, checked against both
 */
export function resizeBilinear(plane: Float32Array, from: Size, to: Size, part: Part = { top: 0, left: 0, ...to }): Float32Array {
  const isWhole = part.height === to.height && part.width === to.width;
  if (isWhole && from.width === to.width && from.height === to.height) return plane.slice();
  // Rows first: their sums run along memory, and what is left for the columns is small.
  const low = reduceRows(plane, from, to.height, { start: part.top, count: part.height });
  const { first, count, weights, stride } = triangleTaps(from.width, to.width, { start: part.left, count: part.width });
  const result = new Float32Array(part.height * part.width);
  for (let row = 0; row < part.height; row++) {
    const base = row * from.width;
    for (let i = 0; i < part.width; i++) {
      const start = base + first[i]!;
      const weight = i * stride;
      const n = count[i]!;
      let sum = 0;
      for (let j = 0; j < n; j++) sum += weights[weight + j]! * low[start + j]!;
      result[row * part.width + i] = sum;
    }
  }
  return result;
}

/** Weighted sums of whole rows, in double precision. */
function reduceRows(plane: Float32Array, { height, width }: Size, to: number, span: Span): Float64Array {
  const { first, count, weights, stride } = triangleTaps(height, to, span);
  const result = new Float64Array(span.count * width);
  for (let i = 0; i < span.count; i++) {
    const line = result.subarray(i * width, (i + 1) * width);
    const n = count[i]!;
    for (let j = 0; j < n; j++) {
      const weight = weights[i * stride + j]!;
      const source = plane.subarray((first[i]! + j) * width, (first[i]! + j + 1) * width);
      for (let column = 0; column < width; column++) line[column]! += weight * source[column]!;
    }
  }
  return result;
}
