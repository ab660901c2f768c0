import { seededRandom } from "../../base/index.js";

interface Imputation {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Standard deviation of the noise added to what was filled in. */
  readonly noise: number;
  readonly seed: number;
}

const offsets: readonly (readonly [dy: number, dx: number, weight: number])[] = [-1, 0, 1].flatMap((dy) =>
  [-1, 0, 1].flatMap((dx) => (dy === 0 && dx === 0 ? [] : [[dy, dx, dy === 0 || dx === 0 ? 1 / 6 : 1 / 12] as const])),
);

/**
 * Noisy linear imputation: every missing pixel is the weighted mean of its neighbors, 1/6 beside and 1/12 across a corner (those in
 * the image, their weights summing to 1), all at once, and noise is added.
 * @param image [C, H, W]
 * @param missing [H, W], 1 where a pixel is to be filled in; at least one has to be 0
 * @see Y. Rong, T. Leemann, V. Borisov, G. Kasneci, E. Kasneci, ICML 2022, arXiv:2202.00449, section 4.2; checked against a sparse solver
 */
export function impute(image: Float32Array, missing: Uint8Array, { channels, height, width, noise, seed }: Imputation): Float32Array {
  const plane = height * width;
  const result = Float32Array.from(image);
  const random = seededRandom("imputation", seed);
  const unknown = Uint32Array.from(missing.keys()).filter((i) => missing[i] === 1);
  const system = systemOf(missing, unknown, height, width);
  for (let c = 0; c < channels; c++) {
    const values = result.subarray(c * plane, (c + 1) * plane);
    // Grey images have three equal planes up to a scale; the noise is drawn per plane either way.
    solve(values, unknown, system, spread(values, missing, height, width));
    for (const i of unknown) values[i]! += noise * random.normal();
  }
  return result;
}

interface System {
  /** For each unknown eight neighbors (-1 outside the image) and their weights. */
  readonly neighbors: Int32Array;
  readonly weights: Float64Array;
  /** Place of each pixel among the unknowns, -1 where it is known. */
  readonly place: Int32Array;
}

function systemOf(missing: Uint8Array, unknown: Uint32Array, height: number, width: number): System {
  const place = new Int32Array(missing.length).fill(-1);
  unknown.forEach((pixel, k) => (place[pixel] = k));
  const neighbors = new Int32Array(unknown.length * 8).fill(-1);
  const weights = new Float64Array(unknown.length * 8);
  unknown.forEach((pixel, k) => {
    const [y, x] = [Math.floor(pixel / width), pixel % width];
    offsets.forEach(([dy, dx, weight], o) => {
      if (y + dy < 0 || y + dy >= height || x + dx < 0 || x + dx >= width) return;
      neighbors[k * 8 + o] = pixel + dy * width + dx;
      weights[k * 8 + o] = weight;
    });
  });
  return { neighbors, weights, place };
}

/** Conjugate gradients from a first guess: the system is symmetric and, with a known pixel, positive definite. */
function solve(values: Float32Array, unknown: Uint32Array, { neighbors, weights, place }: System, guess: Float32Array): void {
  const n = unknown.length;
  const diagonal = new Float64Array(n);
  const right = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    for (let o = k * 8; o < k * 8 + 8; o++) {
      diagonal[k]! += weights[o]!;
      if (neighbors[o]! >= 0 && place[neighbors[o]!]! < 0) right[k]! += weights[o]! * values[neighbors[o]!]!;
    }
  }
  const apply = (x: Float64Array, to: Float64Array): void => {
    for (let k = 0; k < n; k++) {
      let sum = diagonal[k]! * x[k]!;
      for (let o = k * 8; o < k * 8 + 8; o++) {
        const at = neighbors[o]!;
        if (at >= 0 && place[at]! >= 0) sum -= weights[o]! * x[place[at]!]!;
      }
      to[k] = sum;
    }
  };
  const x = Float64Array.from(unknown, (pixel) => guess[pixel]!);
  const product = new Float64Array(n);
  apply(x, product);
  const residual = right.map((value, k) => value - product[k]!);
  let [square, start] = [0, 0];
  for (let k = 0; k < n; k++) {
    square += residual[k]! ** 2;
    start += right[k]! ** 2 + x[k]! ** 2;
  }
  const direction = Float64Array.from(residual);
  // Far below the noise that is added.
  for (let step = 0; step < 500 && square > 1e-8 * start; step++) {
    apply(direction, product);
    let along = 0;
    for (let k = 0; k < n; k++) along += direction[k]! * product[k]!;
    const length = square / along;
    let next = 0;
    for (let k = 0; k < n; k++) {
      x[k]! += length * direction[k]!;
      residual[k]! -= length * product[k]!;
      next += residual[k]! ** 2;
    }
    for (let k = 0; k < n; k++) direction[k] = residual[k]! + (next / square) * direction[k]!;
    square = next;
  }
  unknown.forEach((pixel, k) => (values[pixel] = x[k]!));
}

/** A first guess: each missing pixel from the mean of the known ones in the smallest block around it that has any. */
function spread(values: Float32Array, missing: Uint8Array, height: number, width: number): Float32Array {
  let level = { sums: Float64Array.from(values, (value, i) => (missing[i] === 1 ? 0 : value)), counts: Float64Array.from(missing, (m) => 1 - m), height, width };
  const levels = [level];
  while (level.height > 1 || level.width > 1) {
    const [h, w] = [Math.ceil(level.height / 2), Math.ceil(level.width / 2)];
    const next = { sums: new Float64Array(h * w), counts: new Float64Array(h * w), height: h, width: w };
    for (let i = 0; i < level.sums.length; i++) {
      const to = (Math.floor(i / level.width) >> 1) * w + ((i % level.width) >> 1);
      next.sums[to]! += level.sums[i]!;
      next.counts[to]! += level.counts[i]!;
    }
    levels.push((level = next));
  }
  return values.map((value, i) => {
    if (missing[i] === 0) return value;
    const [y, x] = [Math.floor(i / width), i % width];
    for (let l = 1; l < levels.length; l++) {
      const at = (y >> l) * levels[l]!.width + (x >> l);
      if (levels[l]!.counts[at]! > 0) return levels[l]!.sums[at]! / levels[l]!.counts[at]!;
    }
    return 0;
  });
}
