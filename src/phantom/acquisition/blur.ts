import { exp } from "../../base/index.js";

/** Three running means in each direction, together of the given deviation: close to a Gaussian. Edges repeat. */
export function blurSmooth(image: Float32Array, width: number, height: number, sigmaPx: number): Float32Array {
  // The variance of a mean over 2 r + 1 pixels is r (r + 1) / 3: three of half width r or r + 1 come nearest.
  const radius = Math.floor(Math.sqrt(sigmaPx * sigmaPx + 0.25) - 0.5);
  if (radius < 1) return gaussianBlur(image, width, height, sigmaPx);
  const wider = Math.round((3 * (sigmaPx * sigmaPx - radius * (radius + 1))) / (2 * (radius + 1)));
  const result = new Float32Array(image.length);
  const middle = scratch(image.length);
  for (let pass = 0; pass < 3; pass++) {
    const half = pass < wider ? radius + 1 : radius;
    averageRows(pass === 0 ? image : result, middle, width, height, half);
    averageColumns(middle, result, width, height, half);
  }
  return result;
}

/** What lies between rows and columns: fresh memory for each image would cost as much as the sums. */
let memory = new Float32Array(0);

function scratch(length: number): Float32Array {
  if (memory.length < length) memory = new Float32Array(length);
  return memory;
}

function averageRows(from: Float32Array, to: Float32Array, width: number, height: number, radius: number): void {
  const share = 1 / (2 * radius + 1);
  for (let r = 0; r < height; r++) {
    const start = r * width;
    const end = start + width - 1;
    let sum = 0;
    for (let i = start - radius; i <= start + radius; i++) sum += from[i < start ? start : i > end ? end : i]!;
    for (let i = start; i <= end; i++) {
      to[i] = sum * share;
      sum += from[i + radius + 1 > end ? end : i + radius + 1]! - from[i - radius < start ? start : i - radius]!;
    }
  }
}

function averageColumns(from: Float32Array, to: Float32Array, width: number, height: number, radius: number): void {
  const share = 1 / (2 * radius + 1);
  const sums = new Float64Array(width);
  const rowAt = (r: number): number => Math.min(height - 1, Math.max(0, r)) * width;
  for (let i = -radius; i <= radius; i++) {
    const row = rowAt(i);
    for (let k = 0; k < width; k++) sums[k]! += from[row + k]!;
  }
  for (let r = 0; r < height; r++) {
    const [here, enters, leaves] = [r * width, rowAt(r + radius + 1), rowAt(r - radius)];
    for (let k = 0; k < width; k++) {
      const sum = sums[k]!;
      to[here + k] = sum * share;
      sums[k] = sum + (from[enters + k]! - from[leaves + k]!);
    }
  }
}

/** Gaussian blur by a sampled kernel cut at three deviations. Edges repeat; deviation 0 copies. */
export function gaussianBlur(image: Float32Array, width: number, height: number, sigmaPx: number): Float32Array {
  const radius = Math.ceil(3 * sigmaPx);
  const kernel = Float64Array.from({ length: radius + 1 }, (_, i) => (i === 0 ? 1 : exp((-i * i) / (2 * sigmaPx * sigmaPx))));
  const total = kernel.reduce((sum, w, i) => sum + (i === 0 ? w : 2 * w), 0);
  for (let i = 0; i <= radius; i++) kernel[i]! /= total;
  const [middle, result] = [scratch(image.length), new Float32Array(image.length)];
  // A row with its ends repeated: the sums need no look at the edges.
  const padded = new Float32Array(width + 2 * radius);
  for (let r = 0; r < height; r++) {
    const start = r * width;
    padded.fill(image[start]!, 0, radius).fill(image[start + width - 1]!, width + radius);
    for (let k = 0; k < width; k++) padded[radius + k] = image[start + k]!;
    for (let k = 0; k < width; k++) {
      let sum = kernel[0]! * padded[radius + k]!;
      for (let j = 1; j <= radius; j++) sum += kernel[j]! * (padded[radius + k - j]! + padded[radius + k + j]!);
      middle[start + k] = sum;
    }
  }
  const sums = new Float64Array(width);
  for (let r = 0; r < height; r++) {
    for (let k = 0; k < width; k++) sums[k] = kernel[0]! * middle[r * width + k]!;
    for (let j = 1; j <= radius; j++) {
      const [above, below, weight] = [Math.max(0, r - j) * width, Math.min(height - 1, r + j) * width, kernel[j]!];
      for (let k = 0; k < width; k++) sums[k]! += weight * (middle[above + k]! + middle[below + k]!);
    }
    for (let k = 0; k < width; k++) result[r * width + k] = sums[k]!;
  }
  return result;
}
