import { InputError } from "../../base/index.js";
import type { GreyPlane, RealismMeasure } from "./contract.js";
import { decadeDistance } from "./distances.js";
import { cutSquare, hannSquare, powerOf, radialMean, squaresIn } from "./fourier.js";

const side = 32;
const window = hannSquare(side);

/**
 * Noise power spectrum where the image shows least: from squares of 32 pixels a second-order surface is taken off, the
 * rest is windowed after Hann, and |DFT|² / 32² is averaged over squares and directions. White noise of variance s² gives
 * s² at every frequency. A patient is no flat field: the tenth of the squares with the least structure coarser than 8 pixels
 * is taken, squares with black or white pixels (clipped, so without noise) left out, and what anatomy remains counts as noise.
 */
export const noisePower: RealismMeasure = {
  title: "Noise power spectrum",
  summary: "Power by spatial frequency in the tenth of the image with the least coarse structure",
  reference: "IEC 62220-1-1:2015, section 6.3 (detrending, averaging), which asks for flat fields of 256 pixels; here 32 in patient images",
  axes: { x: "cycles per image height", y: "noise power (grey value² x pixel²)" },
  scales: { x: "log", y: "log" },
  measure(image) {
    const squares = quietSquares(image);
    const mean = new Float64Array(side * side);
    for (const square of squares) {
      const power = powerOf(square.map((value, i) => value * window[i]!), side);
      for (let i = 0; i < mean.length; i++) mean[i]! += power[i]! / (squares.length * side * side);
    }
    // 1e-9 is a hundredth of what rounding to 8 bits adds at most.
    const y = radialMean(mean, side).map((value) => Math.max(1e-9, value));
    return { x: y.map((_, i) => ((i + 1) * image.height) / side), y };
  },
  number: { title: "noise, standard deviation of grey values", of: ({ y }) => Math.sqrt(y.reduce((a, b) => a + b, 0) / y.length) },
  distance: decadeDistance,
};

function quietSquares(image: GreyPlane): Float64Array[] {
  const found: { square: Float64Array; coarse: number }[] = [];
  for (const corner of squaresIn(image, side)) {
    const square = cutSquare(image, corner, side);
    if (square.some((value) => value < 1 / 510 || value > 1 - 1 / 510)) continue;
    const rest = removeSurface(square);
    found.push({ square: rest, coarse: coarsePower(rest) });
  }
  if (found.length < 10) {
    throw new InputError("not-estimable", `noise power: expected 10 squares of ${side} pixels without black or white, got ${found.length}. Use a larger image, or leave this one out.`);
  }
  found.sort((a, b) => a.coarse - b.coarse);
  return found.slice(0, Math.ceil(found.length / 10)).map(({ square }) => square);
}

/** Mean square of the means over blocks of 8 pixels. */
function coarsePower(square: Float64Array): number {
  const blocks = new Float64Array((side / 8) ** 2);
  square.forEach((value, i) => (blocks[(Math.floor(i / side) >> 3) * (side / 8) + ((i % side) >> 3)]! += value / 64));
  return blocks.reduce((sum, value) => sum + value * value, 0);
}

/** Columns of an orthonormal basis of 1, x, y, xy, x², y² on the square (Gram and Schmidt). */
const surfaces = ((): Float64Array[] => {
  const at = (i: number): [number, number] => [(i % side) / side - 0.5, Math.floor(i / side) / side - 0.5];
  const basis: Float64Array[] = [];
  for (const term of [() => 1, (x: number) => x, (_: number, y: number) => y, (x: number, y: number) => x * y, (x: number) => x * x, (_: number, y: number) => y * y]) {
    const column = project(Float64Array.from({ length: side * side }, (_, i) => term(...at(i))), basis);
    const norm = Math.sqrt(column.reduce((s, v) => s + v * v, 0));
    basis.push(column.map((v) => v / norm));
  }
  return basis;
})();

function project(values: Float64Array, basis: readonly Float64Array[]): Float64Array {
  const rest = Float64Array.from(values);
  for (const column of basis) {
    let amount = 0;
    for (let i = 0; i < rest.length; i++) amount += rest[i]! * column[i]!;
    for (let i = 0; i < rest.length; i++) rest[i]! -= amount * column[i]!;
  }
  return rest;
}

/** The square without its best-fitting surface of second order. */
function removeSurface(square: Float64Array): Float64Array {
  return project(square, surfaces);
}
