import { boxMean } from "./box-mean.js";
import { side } from "./fingerprint.js";
import type { Mapping } from "./register.js";

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

const [quarter, half] = [side / 4, side / 2];

/** Numbers of an image's coarse detail: a quarter of the thumbnail's size, then half. */
export const coarseLength = quarter * quarter + half * half;

/**
 * Detail of a thumbnail: a light blur less the mean around, over the deviation around, so that bright and dark parts are
 * alike in strength.
 * @param into [coarseLength]
 */
export function makeCoarseDetail(thumbnail: Uint8Array, into: Float32Array): void {
  const plane = halve(new Float32Array(thumbnail), side);
  into.set(normalizeLocally(halve(plane, half), quarter));
  into.set(normalizeLocally(plane, half), quarter * quarter);
}

/**
 * Detail of the part of a thumbnail where another image is taken to lie, at that image's scale: blurred alike, a copy then agrees as
 * strangers seldom do. What lies outside repeats the edge.
 */
export function coarseDetailWithin(thumbnail: Uint8Array, { left, width, top, height }: Mapping): CoarseDetail {
  const [lefts, parts] = [new Int32Array(side), new Float64Array(side)];
  const place = (start: number, size: number, i: number): number => Math.min(side - 1, Math.max(0, (start + (size * (i + 0.5)) / side) * side - 0.5));
  for (let column = 0; column < side; column++) {
    const x = place(left, width, column);
    lefts[column] = Math.min(side - 2, x | 0);
    parts[column] = x - lefts[column]!;
  }
  const cut = new Float32Array(side * side);
  for (let row = 0; row < side; row++) {
    const y = place(top, height, row);
    const above = Math.min(side - 2, y | 0);
    const q = y - above;
    for (let column = 0; column < side; column++) {
      const i = above * side + lefts[column]!;
      const p = parts[column]!;
      const upper = thumbnail[i]! + p * (thumbnail[i + 1]! - thumbnail[i]!);
      const lower = thumbnail[i + side]! + p * (thumbnail[i + side + 1]! - thumbnail[i + side]!);
      cut[row * side + column] = upper + q * (lower - upper);
    }
  }
  const plane = halve(cut, side);
  return [
    { height: quarter, width: quarter, values: normalizeLocally(halve(plane, half), quarter) },
    { height: half, width: half, values: normalizeLocally(plane, half) },
  ];
}

/**
 * @param values as `makeCoarseDetail` wrote them
 * @param isMirrored left and right exchanged
 */
export function coarseDetailOf(values: Float32Array, isMirrored: boolean): CoarseDetail {
  const [low, high] = [values.subarray(0, quarter * quarter), values.subarray(quarter * quarter)];
  const planeOf = (plane: Float32Array, size: number): DetailPlane => ({ height: size, width: size, values: isMirrored ? mirrored(plane, size) : plane });
  return [planeOf(low, quarter), planeOf(high, half)];
}

function mirrored(plane: Float32Array, size: number): Float32Array {
  const result = new Float32Array(plane);
  for (let row = 0; row < size; row++) result.subarray(row * size, (row + 1) * size).reverse();
  return result;
}

function halve(plane: Float32Array, size: number): Float32Array {
  const smaller = size / 2;
  const result = new Float32Array(smaller * smaller);
  for (let row = 0; row < smaller; row++) {
    for (let column = 0; column < smaller; column++) {
      const i = 2 * row * size + 2 * column;
      result[row * smaller + column] = (plane[i]! + plane[i + 1]! + plane[i + size]! + plane[i + size + 1]!) / 4;
    }
  }
  return result;
}

function normalizeLocally(plane: Float32Array, size: number): Float32Array {
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
  return values;
}
