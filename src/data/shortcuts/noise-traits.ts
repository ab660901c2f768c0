import type { Plane } from "../../images/index.js";
import type { NoiseTraits } from "./image-traits.js";

/** Side of the tiles that are looked at, a multiple of JPEG's blocks, and how many of them at most along either side. */
const tile = { side: 32, along: 8 };

/** Median of absolute values of a standard normal. */
const normalMedian = 0.6744897501960817;

/**
 * Noise and traces of compression, over tiles spread evenly over the image at its own resolution.
 * @see noise: the median absolute value of the second differences across rows and columns (Laplacian of J. Immerkær,
 *   Comput Vis Image Underst 64, 1996, doi:10.1006/cviu.1996.0060, whose mask has a norm of 6), robust against edges
 */
export function measureNoise(plane: Plane): NoiseTraits {
  const detail: number[] = [];
  const averaged: number[] = [];
  let [onBorder, borders, elsewhere, others] = [0, 0, 0, 0];
  for (const top of positions(plane.height)) {
    for (const left of positions(plane.width)) {
      const [bottom, right] = [Math.min(plane.height, top + tile.side), Math.min(plane.width, left + tile.side)];
      for (let row = top + 1; row + 1 < bottom; row++) {
        for (let column = left + 1; column + 1 < right; column++) {
          detail.push(laplacian(plane, row, column, 1));
          const step = Math.abs(plane.pixels[row * plane.width + column]! - plane.pixels[row * plane.width + column - 1]!);
          if (column % 8 === 0) [onBorder, borders] = [onBorder + step, borders + 1];
          else [elsewhere, others] = [elsewhere + step, others + 1];
        }
      }
      for (let row = top + 2; row + 3 < bottom; row += 2) for (let column = left + 2; column + 3 < right; column += 2) averaged.push(laplacian(plane, row, column, 2));
    }
  }
  const fine = deviationOf(detail);
  let [squares, fourths] = [0, 0];
  for (const value of detail) {
    squares += value * value;
    fourths += value ** 4;
  }
  const variance = squares / Math.max(1, detail.length);
  const mean = elsewhere / Math.max(1, others);
  return {
    fine: fine / 6,
    coarse: deviationOf(averaged) / 6,
    blockiness: mean > 0 && borders > 0 ? onBorder / borders / mean : 1,
    peakedness: variance > 0 ? Math.min(1000, fourths / Math.max(1, detail.length) / variance ** 2) : 0,
  };
}

/** Tiles begin where blocks of 8 pixels begin. */
function positions(extent: number): number[] {
  const count = Math.max(1, Math.min(tile.along, Math.floor(extent / tile.side)));
  const room = Math.max(0, extent - tile.side);
  return Array.from({ length: count }, (_, i) => 8 * Math.floor((count === 1 ? room / 2 : (room * i) / (count - 1)) / 8));
}

/** Second difference across rows of the second difference across columns, of pixels or of the means of s x s pixels. */
function laplacian({ pixels, width }: Plane, row: number, column: number, s: number): number {
  const at = (r: number, c: number): number => {
    if (s === 1) return pixels[r * width + c]!;
    const i = r * width + c;
    return (pixels[i]! + pixels[i + 1]! + pixels[i + width]! + pixels[i + width + 1]!) / 4;
  };
  const [a, b, c] = [row - s, row, row + s].map((r) => at(r, column - s) - 2 * at(r, column) + at(r, column + s)) as [number, number, number];
  return a - 2 * b + c;
}

function deviationOf(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = Float32Array.from(values, Math.abs).sort();
  return sorted[sorted.length >> 1]! / normalMedian;
}
