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
  return transpose(runningMean(transpose(runningMean(plane, width, radius), height, width), height, radius), width, height);
}

function runningMean(plane: Float32Array, length: number, radius: number): Float32Array {
  const result = new Float32Array(plane.length);
  const scales = Float64Array.from({ length }, (_, i) => 1 / (Math.min(length - 1, i + radius) - Math.max(0, i - radius) + 1));
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

function transpose(plane: Float32Array, height: number, width: number): Float32Array {
  const result = new Float32Array(plane.length);
  for (let row = 0; row < height; row++) for (let column = 0; column < width; column++) result[column * height + row] = plane[row * width + column]!;
  return result;
}
