import { InputError, seededRandom } from "../../base/index.js";
import { settingsAt } from "../space.js";
import type { Sampler } from "./contract.js";
import { directionNumbers } from "./direction-numbers.js";

const bits = 32;

/** Most parameters that the table of direction numbers serves. */
export const mostDimensions = directionNumbers.length + 1;

/** Direction integers v_1 ... v_32 of a dimension (from 0), as fractions of 2^32: equations 2 and 3 of Joe and Kuo. */
function directionsOf(dimension: number): Uint32Array {
  const directions = new Uint32Array(bits);
  if (dimension === 0) return directions.map((_, k) => 2 ** (31 - k));
  const [inner, ...first] = directionNumbers[dimension - 1]!;
  const degree = first.length;
  for (let k = 0; k < bits; k++) {
    if (k < degree) {
      directions[k] = first[k]! * 2 ** (31 - k);
      continue;
    }
    let value = directions[k - degree]! ^ (directions[k - degree]! >>> degree);
    for (let j = 1; j < degree; j++) if ((inner >>> (degree - 1 - j)) & 1) value ^= directions[k - j]!;
    directions[k] = value;
  }
  return directions;
}

/**
 * One coordinate of the Sobol' sequence in Gray-code order, as a fraction of 2^32.
 * @param index from 0, whose point is the origin
 * @see checked against Joe and Kuo's first ten points and against SciPy and PyTorch
 */
export function sobolInteger(index: number, dimension: number): number {
  const directions = directionsOf(dimension);
  let gray = index ^ (index >>> 1);
  let value = 0;
  for (let k = 0; gray !== 0; k++, gray >>>= 1) if (gray & 1) value ^= directions[k]!;
  return value >>> 0;
}

function reverseBits(x: number): number {
  let value = x;
  value = ((value >>> 1) & 0x55555555) | ((value & 0x55555555) << 1);
  value = ((value >>> 2) & 0x33333333) | ((value & 0x33333333) << 2);
  value = ((value >>> 4) & 0x0f0f0f0f) | ((value & 0x0f0f0f0f) << 4);
  value = ((value >>> 8) & 0x00ff00ff) | ((value & 0x00ff00ff) << 8);
  return ((value >>> 16) | (value << 16)) >>> 0;
}

/**
 * Owen's nested scrambling by a hash in which a bit depends on the bits below it alone; between reversals of the bits, on those above.
 * @see Burley 2020, J Comput Graph Tech 9(4), listing 2 (Laine and Karras's hash with Vegdahl's constants)
 */
function scramble(x: number, seed: number): number {
  let value = reverseBits(x);
  value = (value + seed) | 0;
  value ^= Math.imul(value, 0x6c50b47c);
  value ^= Math.imul(value, 0xb82f1e52);
  value ^= Math.imul(value, 0xc7afe638);
  value ^= Math.imul(value, 0x8d22f6e6);
  return reverseBits(value >>> 0);
}

/** Point of the scrambled sequence, each coordinate in (0, 1): uniform by itself, and as evenly spread as the plain sequence. */
export function scrambledPoint(index: number, dimensions: number, seed: number | string): number[] {
  return Array.from({ length: dimensions }, (_, dimension) => {
    const key = seededRandom("search", seed, "sobol", dimension).integer(2 ** 32);
    return (scramble(sobolInteger(index, dimension), key) + 0.5) / 2 ** 32;
  });
}

export const sobol: Sampler = {
  title: "Scrambled Sobol'",
  summary: "Points that fill the space evenly however many are drawn.",
  reference: "Sobol' 1967; Joe and Kuo 2008, doi:10.1137/070709359; Owen 1998, doi:10.1006/jcom.1998.0487",
  adaptive: false,
  propose({ space, seed, trial }) {
    const dimensions = Object.keys(space).length;
    if (dimensions > mostDimensions) {
      throw new InputError("search-dimensions", `sobol: expected at most ${mostDimensions} parameters, got ${dimensions}. Use latin-hypercube or random.`);
    }
    return settingsAt(space, scrambledPoint(trial, dimensions, seed));
  },
};
