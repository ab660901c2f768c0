import type { Plane } from "../../images/index.js";
import type { NoiseTraits } from "./image-traits.js";

/** Side of the tiles that are looked at, a multiple of JPEG's blocks, and how many of them at most along either side. */
const tile = { side: 32, along: 6 };

/** A tenth of a grey level of 8 bits: even images have no steps to compare. */
const leastStep = 0.1 / 255;

/** Details enough for a median within a percent. */
const enough = 10_000;

/** Median of absolute values of a standard normal. */
const normalMedian = 0.6744897501960817;

/**
 * Noise and traces of compression, over tiles spread evenly over the image at its own resolution.
 * @see noise: the median absolute value of the second differences across rows and columns (Laplacian of J. Immerkær,
 *   Comput Vis Image Underst 64, 1996, doi:10.1006/cviu.1996.0060, whose mask has a norm of 6), robust against edges
 */
export function measureNoise(plane: Plane): NoiseTraits {
  const [rows, columns] = [positions(plane.height), positions(plane.width)];
  const size = tile.side ** 2 * rows.length * columns.length;
  const fine = new Details(size);
  const coarse = new Details(size / 4);
  let [onBorder, borders, elsewhere, others] = [0, 0, 0, 0];
  const { pixels, width, height } = plane;
  const means = new Float32Array((tile.side / 2) ** 2);
  for (const top of rows) {
    for (const left of columns) {
      const [bottom, right] = [Math.min(height, top + tile.side), Math.min(width, left + tile.side)];
      fine.addAll(pixels, { start: top * width + left, stride: width, rows: bottom - top, columns: right - left });
      for (let row = top; row < bottom; row++) {
        for (let column = left + 1, at = row * width + left + 1; column < right; column++, at++) {
          const step = Math.abs(pixels[at]! - pixels[at - 1]!);
          if (column % 8 === 0) {
            onBorder += step;
            borders += 1;
          } else {
            elsewhere += step;
            others += 1;
          }
        }
      }
      const [halfRows, halfColumns] = [(bottom - top) >> 1, (right - left) >> 1];
      for (let row = 0; row < halfRows; row++) {
        for (let column = 0, at = (top + 2 * row) * width + left; column < halfColumns; column++, at += 2) {
          means[row * halfColumns + column] = (pixels[at]! + pixels[at + 1]! + pixels[at + width]! + pixels[at + width + 1]!) / 4;
        }
      }
      coarse.addAll(means, { start: 0, stride: halfColumns, rows: halfRows, columns: halfColumns });
    }
  }
  return {
    fine: fine.deviation() / 6,
    coarse: coarse.deviation() / 6,
    blockiness: (onBorder / Math.max(1, borders) + leastStep) / (elsewhere / Math.max(1, others) + leastStep),
    peakedness: fine.kurtosis(),
  };
}

/** Tiles begin where blocks of 8 pixels begin. */
function positions(extent: number): number[] {
  const count = Math.max(1, Math.min(tile.along, Math.floor(extent / tile.side)));
  const room = Math.max(0, extent - tile.side);
  return Array.from({ length: count }, (_, i) => 8 * Math.floor((count === 1 ? room / 2 : (room * i) / (count - 1)) / 8));
}

/** Absolute second differences across rows of second differences across columns. */
class Details {
  readonly #values: Float32Array;
  #count = 0;
  #squares = 0;
  #fourths = 0;

  constructor(most: number) {
    this.#values = new Float32Array(most);
  }

  addAll(plane: Float32Array, { start, stride, rows, columns }: { start: number; stride: number; rows: number; columns: number }): void {
    for (let row = 1; row + 1 < rows; row++) {
      for (let column = 1, at = start + row * stride + 1; column + 1 < columns; column++, at++) {
        const [up, down] = [at - stride, at + stride];
        const value = plane[up - 1]! - 2 * plane[up]! + plane[up + 1]! - 2 * (plane[at - 1]! - 2 * plane[at]! + plane[at + 1]!) + plane[down - 1]! - 2 * plane[down]! + plane[down + 1]!;
        const square = value * value;
        this.#values[this.#count] = Math.abs(value);
        this.#count += 1;
        this.#squares += square;
        this.#fourths += square * square;
      }
    }
  }

  /** From the median absolute value, as of a normal. */
  deviation(): number {
    if (this.#count === 0) return 0;
    const every = Math.max(1, Math.floor(this.#count / enough));
    const some = Float32Array.from({ length: Math.floor(this.#count / every) }, (_, i) => this.#values[i * every]!).sort();
    return some[some.length >> 1]! / normalMedian;
  }

  kurtosis(): number {
    const variance = this.#squares / Math.max(1, this.#count);
    return variance > 0 ? Math.min(1000, this.#fourths / this.#count / variance ** 2) : 0;
  }
}
