import type { Size } from "../../images/index.js";
import { side } from "./fingerprint.js";

/** Fine detail of a thumbnail at three sizes, bright and dark parts alike in strength. */
export interface Detail {
  /** From coarse to fine: sides 24, 48 and 96. */
  readonly levels: readonly DetailPlane[];
}

export interface DetailPlane {
  readonly height: number;
  readonly width: number;
  /** [H, W], of local mean 0. */
  readonly values: Float32Array;
}

/** Radius within which detail is set against its surroundings, in pixels of its own plane. */
const reach = 5;

/**
 * Detail of a thumbnail: a light blur less the mean around, over the deviation around.
 * @param isMirrored left and right exchanged
 */
export function makeDetail(thumbnail: Uint8Array, isMirrored = false): Detail {
  let plane = Float32Array.from(thumbnail);
  if (isMirrored) for (let row = 0; row < side; row++) plane.subarray(row * side, (row + 1) * side).reverse();
  const levels: DetailPlane[] = [];
  for (let size = side; size >= side / 4; size /= 2) {
    levels.unshift({ height: size, width: size, values: normalizeLocally(plane, size) });
    plane = halve(plane, size);
  }
  return { levels };
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

function normalizeLocally(plane: Float32Array, size: number): Float32Array {
  const square = { height: size, width: size };
  const smooth = boxMean(plane, square, 1);
  const mean = boxMean(smooth, square, reach);
  const rest = smooth.map((value, i) => value - mean[i]!);
  const power = boxMean(rest.map((value) => value * value), square, reach);
  const floor = 0.1 * (power.reduce((a, b) => a + b, 0) / power.length) + 1;
  return rest.map((value, i) => value / Math.sqrt(power[i]! + floor));
}

/** Mean over a square of the radius, over what of it is inside; two running sums. */
export function boxMean(plane: Float32Array, { height, width }: Size, radius: number): Float32Array {
  return transpose(runningMean(transpose(runningMean(plane, width, radius), height, width), height, radius), width, height);
}

function runningMean(plane: Float32Array, length: number, radius: number): Float32Array {
  const result = new Float32Array(plane.length);
  for (let start = 0; start < plane.length; start += length) {
    let sum = 0;
    for (let i = 0; i < Math.min(radius, length); i++) sum += plane[start + i]!;
    for (let i = 0; i < length; i++) {
      if (i + radius < length) sum += plane[start + i + radius]!;
      if (i - radius - 1 >= 0) sum -= plane[start + i - radius - 1]!;
      result[start + i] = sum / (Math.min(length - 1, i + radius) - Math.max(0, i - radius) + 1);
    }
  }
  return result;
}

function transpose(plane: Float32Array, height: number, width: number): Float32Array {
  const result = new Float32Array(plane.length);
  for (let row = 0; row < height; row++) for (let column = 0; column < width; column++) result[column * height + row] = plane[row * width + column]!;
  return result;
}
