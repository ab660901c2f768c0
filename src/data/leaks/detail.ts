import type { Size } from "../../images/index.js";
import { side } from "./fingerprint.js";

/** Detail at a quarter and at half of a thumbnail's size. */
export type CoarseDetail = readonly [DetailPlane, DetailPlane];

export interface DetailPlane {
  readonly height: number;
  readonly width: number;
  /** [H, W], of local mean 0. */
  readonly values: Float32Array;
}

/** Radius within which detail is set against its surroundings, in pixels of its own plane. */
const reach = 5;

/**
 * Detail of a thumbnail: a light blur less the mean around, over the deviation around, so that bright and dark parts are
 * alike in strength.
 * @param isMirrored left and right exchanged
 */
export function makeCoarseDetail(thumbnail: Uint8Array, isMirrored: boolean): CoarseDetail {
  const half = halve(oriented(thumbnail, isMirrored), side);
  return [normalizeLocally(halve(half, side / 2), side / 4), normalizeLocally(half, side / 2)];
}

function oriented(thumbnail: Uint8Array, isMirrored: boolean): Float32Array<ArrayBuffer> {
  const plane = new Float32Array(thumbnail);
  if (isMirrored) for (let row = 0; row < side; row++) plane.subarray(row * side, (row + 1) * side).reverse();
  return plane;
}

function halve(plane: Float32Array, size: number): Float32Array<ArrayBuffer> {
  const half = size / 2;
  const result = new Float32Array(half * half);
  for (let row = 0; row < half; row++) {
    for (let column = 0; column < half; column++) {
      const i = 2 * row * size + 2 * column;
      result[row * half + column] = (plane[i]! + plane[i + 1]! + plane[i + size]! + plane[i + size + 1]!) / 4;
    }
  }
  return result;
}

function normalizeLocally(plane: Float32Array, size: number): DetailPlane {
  const square = { height: size, width: size };
  const smooth = boxMean(plane, square, 1);
  const mean = boxMean(smooth, square, reach);
  const values = new Float32Array(plane.length);
  const squares = new Float32Array(plane.length);
  for (let i = 0; i < values.length; i++) {
    const rest = smooth[i]! - mean[i]!;
    values[i] = rest;
    squares[i] = rest * rest;
  }
  const power = boxMean(squares, square, reach);
  let sum = 0;
  for (let i = 0; i < power.length; i++) sum += power[i]!;
  const floor = (0.1 * sum) / power.length + 1;
  for (let i = 0; i < values.length; i++) values[i]! /= Math.sqrt(power[i]! + floor);
  return { height: size, width: size, values };
}

/** Mean over a square of the radius, over what of it is inside; two running sums. */
export function boxMean(plane: Float32Array, { height, width }: Size, radius: number): Float32Array {
  return meanOfColumns(meanOfRows(plane, width, radius), { height, width }, radius);
}

/** One over the number of a line's pixels within the radius. */
function scalesOf(length: number, radius: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => 1 / (Math.min(length - 1, i + radius) - Math.max(0, i - radius) + 1));
}

function meanOfRows(plane: Float32Array, length: number, radius: number): Float32Array {
  const result = new Float32Array(plane.length);
  const scales = scalesOf(length, radius);
  // Sums of many are kept in a number of double precision, so that nothing creeps in along a line.
  for (let start = 0; start < plane.length; start += length) {
    const [filled, emptied] = [Math.max(0, length - radius), Math.min(length, radius + 1)];
    let sum = 0;
    for (let i = 0; i < Math.min(radius, length); i++) sum += plane[start + i]!;
    for (let i = 0; i < length; i++) {
      if (i < filled) sum += plane[start + i + radius]!;
      if (i >= emptied) sum -= plane[start + i - radius - 1]!;
      result[start + i] = sum * scales[i]!;
    }
  }
  return result;
}

/** All columns side by side, row by row: memory is read in its own order. */
function meanOfColumns(plane: Float32Array, { height, width }: Size, radius: number): Float32Array {
  const result = new Float32Array(plane.length);
  const scales = scalesOf(height, radius);
  const sums = new Float64Array(width);
  for (let row = 0; row < Math.min(radius, height); row++) {
    const at = row * width;
    for (let i = 0; i < width; i++) sums[i]! += plane[at + i]!;
  }
  for (let row = 0; row < height; row++) {
    const at = row * width;
    if (row + radius < height) {
      const entering = at + radius * width;
      for (let i = 0; i < width; i++) sums[i]! += plane[entering + i]!;
    }
    if (row > radius) {
      const leaving = at - (radius + 1) * width;
      for (let i = 0; i < width; i++) sums[i]! -= plane[leaving + i]!;
    }
    const scale = scales[row]!;
    for (let i = 0; i < width; i++) result[at + i] = sums[i]! * scale;
  }
  return result;
}
