import type { Plane } from "./contract.js";

/**
 * Greatest (or least) value of every window of `side` values along rows and then columns, the window held inside the
 * image. By blocks of running extremes, so that the time does not depend on the window.
 * @see M. van Herk, Pattern Recognition Letters 13, 1992, doi:10.1016/0167-8655(92)90069-C
 */
function slide({ pixels, height, width }: Plane, side: number, pick: "least" | "greatest"): Float32Array {
  const radius = Math.floor(side / 2);
  const result = new Float32Array(pixels.length);
  const longest = Math.max(height, width);
  const line = new Float32Array(longest + 2 * radius);
  const ahead = new Float32Array(line.length);
  const behind = new Float32Array(line.length);
  const window = 2 * radius + 1;
  const isLeast = pick === "least";
  const sign = isLeast ? 1 : -1;
  // Taking the greatest is taking the least of the negated values: one loop without a choice inside.
  const pass = (from: Float32Array, start: number, stride: number, count: number): void => {
    const total = count + 2 * radius;
    line.fill(Infinity, 0, radius).fill(Infinity, radius + count, total);
    for (let i = 0, at = start; i < count; i++, at += stride) line[radius + i] = sign * from[at]!;
    for (let i = 0; i < total; i += window) {
      const end = Math.min(total, i + window);
      let best = Infinity;
      for (let k = i; k < end; k++) {
        const value = line[k]!;
        if (value < best) best = value;
        ahead[k] = best;
      }
      best = Infinity;
      for (let k = end - 1; k >= i; k--) {
        const value = line[k]!;
        if (value < best) best = value;
        behind[k] = best;
      }
    }
    for (let i = 0, at = start; i < count; i++, at += stride) {
      const before = behind[i]!;
      const after = ahead[i + window - 1]!;
      result[at] = sign * (before < after ? before : after);
    }
  };
  for (let row = 0; row < height; row++) pass(pixels, row * width, 1, width);
  for (let column = 0; column < width; column++) pass(result, column, width, height);
  return result;
}

/** The least of every 2 x 2 pixels. */
function halve({ pixels, height, width }: Plane): Plane {
  const [rows, columns] = [Math.ceil(height / 2), Math.ceil(width / 2)];
  const halved = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const upper = 2 * row * width;
    const lower = Math.min(2 * row + 1, height - 1) * width;
    for (let column = 0; column < columns; column++) {
      const [left, right] = [2 * column, Math.min(2 * column + 1, width - 1)];
      halved[row * columns + column] = Math.min(pixels[upper + left]!, pixels[upper + right]!, pixels[lower + left]!, pixels[lower + right]!);
    }
  }
  return { pixels: halved, height: rows, width: columns };
}

/**
 * What is brighter than everything in which a square of the given side would fit: the white top-hat, its opening taken
 * at half the resolution.
 * @returns [H, W], 0 or more
 */
export function topHat(plane: Plane, side: number): Float32Array {
  const half = halve(plane);
  const window = Math.max(3, Math.ceil(side / 2));
  const opened = slide({ ...half, pixels: slide(half, window, "least") }, window, "greatest");
  const residual = new Float32Array(plane.pixels.length);
  for (let row = 0, at = 0; row < plane.height; row++) {
    const base = (row >> 1) * half.width;
    for (let column = 0; column < plane.width; column++, at++) residual[at] = Math.max(0, plane.pixels[at]! - opened[base + (column >> 1)]!);
  }
  return residual;
}
