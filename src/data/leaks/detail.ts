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
  const sums = sumsOf(thumbnail);
  into.set(detailWithin(sums, everything, quarter).values);
  into.set(detailWithin(sums, everything, half).values, quarter * quarter);
}

const everything: Mapping = { left: 0, width: 1, top: 0, height: 1 };

/**
 * Detail of the part of a thumbnail where another image is taken to lie, at that image's scale: blurred alike, a copy then agrees as
 * strangers seldom do. What lies outside repeats the edge.
 */
export const roughDetailWithin = (thumbnail: Uint8Array, part: Mapping): DetailPlane => detailWithin(sumsOf(thumbnail), part, quarter);
/** The same at half the thumbnail's size. */
export const halfDetailWithin = (thumbnail: Uint8Array, part: Mapping): DetailPlane => detailWithin(sumsOf(thumbnail), part, half);

const stride = side + 1;
/** Reused from call to call. */
const sumsBefore = new Float64Array(stride * stride);

/** Sums over all rows and columns before. */
function sumsOf(thumbnail: Uint8Array): Float64Array {
  for (let row = 0; row < side; row++) {
    let line = 0;
    const at = (row + 1) * stride + 1;
    for (let column = 0; column < side; column++) {
      line += thumbnail[row * side + column]!;
      sumsBefore[at + column] = sumsBefore[at + column - stride]! + line;
    }
  }
  return sumsBefore;
}

/** Where lines between the pixels of a part lie in the whole: in which of its pixels, and what part of that is before. */
function edgesOf(start: number, length: number, size: number): { places: Int32Array; parts: Float64Array; at: Float64Array } {
  const at = Float64Array.from({ length: size + 1 }, (_, i) => Math.min(side, Math.max(0, (start + (length * i) / size) * side)));
  const places = Int32Array.from(at, (place) => Math.min(side - 1, place));
  return { places, parts: at.map((place, i) => place - places[i]!), at };
}

/** The mean of each pixel's area, then its detail. */
function detailWithin(sums: Float64Array, { left, width, top, height }: Mapping, size: number): DetailPlane {
  const [rows, columns] = [edgesOf(top, height, size), edgesOf(left, width, size)];
  const plane = new Float32Array(size * size);
  let [above, below] = [new Float64Array(size + 1), new Float64Array(size + 1)];
  sumsUpTo(sums, rows.places[0]!, rows.parts[0]!, columns, above);
  for (let row = 0; row < size; row++) {
    sumsUpTo(sums, rows.places[row + 1]!, rows.parts[row + 1]!, columns, below);
    const tall = rows.at[row + 1]! - rows.at[row]!;
    for (let column = 0; column < size; column++) {
      const area = tall * (columns.at[column + 1]! - columns.at[column]!);
      plane[row * size + column] = area > 0 ? (below[column + 1]! - below[column]! - above[column + 1]! + above[column]!) / area : 0;
    }
    [above, below] = [below, above];
  }
  fillOutside(plane, rows.at, columns.at, size);
  return { height: size, width: size, values: normalizeLocally(plane, size) };
}

/** Sums of all that is above a line, up to each column's edge. */
function sumsUpTo(sums: Float64Array, row: number, part: number, { places, parts }: { places: Int32Array; parts: Float64Array }, into: Float64Array): void {
  const line = row * stride;
  for (let i = 0; i < into.length; i++) {
    const at = line + places[i]!;
    const before = sums[at]! + part * (sums[at + stride]! - sums[at]!);
    const after = sums[at + 1]! + part * (sums[at + stride + 1]! - sums[at + 1]!);
    into[i] = before + parts[i]! * (after - before);
  }
}

/** Pixels that have no area inside repeat the nearest that has. */
function fillOutside(plane: Float32Array, rows: Float64Array, columns: Float64Array, size: number): void {
  const nearestOf = (edges: Float64Array): Int32Array => {
    const inside = Array.from({ length: size }, (_, i) => i).filter((i) => edges[i + 1]! > edges[i]!);
    const [first, last] = [inside[0] ?? 0, inside[inside.length - 1] ?? size - 1];
    return Int32Array.from({ length: size }, (_, i) => Math.min(last, Math.max(first, i)));
  };
  if (rows[0]! < rows[1]! && columns[0]! < columns[1]! && rows[size - 1]! < rows[size]! && columns[size - 1]! < columns[size]!) return;
  const [fromRow, fromColumn] = [nearestOf(rows), nearestOf(columns)];
  const known = plane.slice();
  for (let row = 0; row < size; row++) for (let column = 0; column < size; column++) plane[row * size + column] = known[fromRow[row]! * size + fromColumn[column]!]!;
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
