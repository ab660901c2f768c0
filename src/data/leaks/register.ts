import type { DetailPlane } from "./detail.js";

/** Where b lies in a, in shares of the sides of a: b's left edge, width, top edge and height. */
export interface Mapping {
  readonly left: number;
  readonly width: number;
  readonly top: number;
  readonly height: number;
}

export interface Registration {
  readonly mapping: Mapping;
  /** Correlation of the fine detail where both images are, -1 to 1; a negative of an image counts as the image. */
  readonly correlation: number;
  /** Share of b that lies inside a. */
  readonly overlap: number;
}

/**
 * Lays b over a by shifting and scaling it, each axis on its own, so that their detail agrees best, from where b is taken to lie.
 * @see B. Lucas, T. Kanade, An iterative image registration technique, 1981; G. Evangelidis, E. Psarakis, Enhanced
 *   correlation coefficient maximization, doi 10.1109/TPAMI.2008.113
 */
export function register(a: DetailPlane, b: DetailPlane, start: Mapping, steps: number): Registration {
  const [mapping, { correlation, overlap }] = refine(a, b, start, { steps });
  return { mapping, correlation: Math.abs(correlation), overlap };
}

/**
 * Steps towards the best correlation while they help.
 * @param options.rows every so many rows are looked at
 * @param options.gain what a step must bring at least, as a share of what is left to perfect correlation; else 0.002 of correlation itself
 * @param options.from what `measure` told of the start, if it is known
 */
export function refine(a: DetailPlane, b: DetailPlane, start: Mapping, { steps, gain, rows = 1, from = measure(a, b, start, rows) }: { readonly steps: number; readonly gain?: number; readonly rows?: number; readonly from?: Fit }): [Mapping, Fit] {
  let [mapping, fit] = [start, from];
  for (let step = 0; step < steps; step++) {
    const next = nextMapping(a, mapping, fit);
    if (next === undefined) break;
    const better = step === steps - 1 ? correlate(a, b, next, rows) : measure(a, b, next, rows);
    const least = gain === undefined ? 2e-3 : gain * (1 - Math.abs(fit.correlation));
    if (Math.abs(better.correlation) <= Math.abs(fit.correlation) + least) break;
    [mapping, fit] = [next, better];
  }
  return [mapping, fit];
}

export interface Fit {
  readonly correlation: number;
  readonly overlap: number;
  /** Sums of products of a's slopes, and of these with both images: what a step is made of. See `measure`. */
  readonly sums?: Sums;
}

/** Least share of b that must lie inside a for a correlation to mean anything. */
const leastOverlap = 0.5;

/** Reused from call to call: a line of a between two of its rows, and how these differ. */
let between = new Float64Array(0);
let slopes = new Float64Array(0);

function makeRoom(width: number): void {
  if (between.length >= width) return;
  between = new Float64Array(width);
  slopes = new Float64Array(width);
}

/** Values between a row and the next, `part` of the way. */
export function lineBetween({ values, width }: DetailPlane, row: number, part: number, into: Float64Array): void {
  const at = row * width;
  for (let i = 0; i < width; i++) {
    const value = values[at + i]!;
    into[i] = value + part * (values[at + width + i]! - value);
  }
}

/** Correlation of the detail of b, where it lies in a, with a's. */
export function correlate(a: DetailPlane, b: DetailPlane, m: Mapping, rows = 1): Fit {
  let [n, sumA, sumB, squareA, squareB, product] = [0, 0, 0, 0, 0, 0];
  const to = b.values;
  const [widthA, heightA, widthB, heightB] = [a.width, a.height, b.width, b.height];
  const { lefts, parts, first, last } = columnsOf(m, widthA, widthB);
  makeRoom(widthA);
  const line = between;
  for (let row = 0; row < heightB; row += rows) {
    const y = (m.top + (m.height * (row + 0.5)) / heightB) * heightA - 0.5;
    if (!(y >= 0 && y <= heightA - 1)) continue;
    const above = Math.min(heightA - 2, y | 0);
    lineBetween(a, above, y - above, line);
    const at = row * widthB;
    for (let column = first; column < last; column++) {
      const i = lefts[column]!;
      const left = line[i]!;
      const valueA = left + parts[column]! * (line[i + 1]! - left);
      const valueB = to[at + column]!;
      sumA += valueA;
      sumB += valueB;
      squareA += valueA * valueA;
      squareB += valueB * valueB;
      product += valueA * valueB;
    }
    n += Math.max(0, last - first);
  }
  return fitOf(n, heightB, widthB, rows, sumA, sumB, squareA, squareB, product);
}

function fitOf(n: number, height: number, width: number, rows: number, sumA: number, sumB: number, squareA: number, squareB: number, product: number): { correlation: number; overlap: number } {
  const overlap = n / (width * Math.ceil(height / rows));
  if (overlap < leastOverlap) return { correlation: 0, overlap };
  const spread = Math.sqrt((squareA - (sumA * sumA) / n) * (squareB - (sumB * sumB) / n));
  return { correlation: spread > 1e-9 ? (product - (sumA * sumB) / n) / spread : 0, overlap };
}

/** Where b's columns lie in a: the pixel to the left, the part of the way to the next, and from which to which column they do. */
function columnsOf(m: Mapping, widthA: number, widthB: number): { lefts: Int32Array; parts: Float64Array; first: number; last: number } {
  const lefts = new Int32Array(widthB);
  const parts = new Float64Array(widthB);
  let [first, last] = [widthB, 0];
  for (let column = 0; column < widthB; column++) {
    const x = (m.left + (m.width * (column + 0.5)) / widthB) * widthA - 0.5;
    if (!(x >= 0 && x <= widthA - 1)) continue;
    first = Math.min(first, column);
    last = column + 1;
    lefts[column] = Math.min(widthA - 2, x | 0);
    parts[column] = x - lefts[column]!;
  }
  return { lefts, parts, first, last };
}

/** Lower half of the normal equations of a step, then its right side with a's values and with b's; slopes are per pixel of a. */
interface Sums {
  readonly normal: readonly [number, number, number, number, number, number, number, number, number, number];
  readonly withA: readonly [number, number, number, number];
  readonly withB: readonly [number, number, number, number];
}

/** The same as `correlate`, and what the next step needs. */
export function measure(a: DetailPlane, b: DetailPlane, m: Mapping, rows = 1): Fit {
  // Rows and columns are fitted together, as the detail ties them: four unknowns. Sums are written out, as this is where
  // the audit spends its time; what is the same along a row is multiplied in at its end.
  let [n, sumA, sumB, squareA, squareB, product] = [0, 0, 0, 0, 0, 0];
  let [n00, n10, n11, n20, n21, n22, n30, n31, n32, n33] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  let [a0, a1, a2, a3, b0, b1, b2, b3] = [0, 0, 0, 0, 0, 0, 0, 0];
  const [from, to] = [a.values, b.values];
  const [widthA, heightA, widthB, heightB] = [a.width, a.height, b.width, b.height];
  const { lefts, parts, first, last } = columnsOf(m, widthA, widthB);
  makeRoom(widthA);
  const [line, slope] = [between, slopes];
  for (let row = 0; row < heightB; row += rows) {
    const v = (row + 0.5) / heightB;
    const y = (m.top + m.height * v) * heightA - 0.5;
    if (!(y >= 0 && y <= heightA - 1)) continue;
    const above = Math.min(heightA - 2, y | 0);
    const q = y - above;
    for (let i = 0, at = above * widthA; i < widthA; i++, at++) {
      const value = from[at]!;
      const step = from[at + widthA]! - value;
      line[i] = value + q * step;
      slope[i] = step;
    }
    const at = row * widthB;
    let [xx, xxu, xxuu, xy, xyu, yy, xa, xau, ya, xb, xbu, yb] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    for (let column = first; column < last; column++) {
      const u = (column + 0.5) / widthB;
      const p = parts[column]!;
      const i = lefts[column]!;
      const left = line[i]!;
      const top = slope[i]!;
      const gx = line[i + 1]! - left;
      const gy = top + p * (slope[i + 1]! - top);
      const valueA = left + p * gx;
      const valueB = to[at + column]!;
      const gxu = gx * u;
      sumA += valueA;
      sumB += valueB;
      squareA += valueA * valueA;
      squareB += valueB * valueB;
      product += valueA * valueB;
      xx += gx * gx;
      xxu += gxu * gx;
      xxuu += gxu * gxu;
      xy += gx * gy;
      xyu += gxu * gy;
      yy += gy * gy;
      xa += gx * valueA;
      xau += gxu * valueA;
      ya += gy * valueA;
      xb += gx * valueB;
      xbu += gxu * valueB;
      yb += gy * valueB;
    }
    n += Math.max(0, last - first);
    n00 += xx;
    n10 += xxu;
    n11 += xxuu;
    n20 += xy;
    n21 += xyu;
    n22 += yy;
    n30 += v * xy;
    n31 += v * xyu;
    n32 += v * yy;
    n33 += v * v * yy;
    a0 += xa;
    a1 += xau;
    a2 += ya;
    a3 += v * ya;
    b0 += xb;
    b1 += xbu;
    b2 += yb;
    b3 += v * yb;
  }
  const fit = fitOf(n, heightB, widthB, rows, sumA, sumB, squareA, squareB, product);
  return { ...fit, sums: { normal: [n00, n10, n11, n20, n21, n22, n30, n31, n32, n33], withA: [a0, a1, a2, a3], withB: [b0, b1, b2, b3] } };
}

/** One Gauss-Newton step of the squared difference; undefined where the detail does not fix the map. */
function nextMapping({ width: w, height: h }: DetailPlane, m: Mapping, { correlation, sums }: Fit): Mapping | undefined {
  const { normal: n, withA, withB } = sums!;
  const sign = correlation < 0 ? -1 : 1;
  // Slopes were taken per pixel; the map counts in sides of a.
  const normal = Float64Array.of(w * w * n[0], 0, 0, 0, w * w * n[1], w * w * n[2], 0, 0, w * h * n[3], w * h * n[4], h * h * n[5], 0, w * h * n[6], w * h * n[7], h * h * n[8], h * h * n[9]);
  const right = Float64Array.from(withA, (own, k) => (k < 2 ? w : h) * (sign * withB[k]! - own));
  const step = solveSymmetric(normal, right);
  if (step === undefined) return undefined;
  const next = { left: m.left + step[0]!, width: m.width + step[1]!, top: m.top + step[2]!, height: m.height + step[3]! };
  const isPlausible = [next.width, next.height].every((scale) => scale > 0.6 && scale < 1.7);
  return isPlausible ? next : undefined;
}

/** Cholesky's solution of the equations; the lower half of `matrix` is given. */
function solveSymmetric(matrix: Float64Array, right: Float64Array): Float64Array | undefined {
  const n = right.length;
  for (let i = 0; i < n; i++) matrix[i * n + i]! *= 1.0001;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * n + k]! * matrix[j * n + k]!;
      if (i === j) {
        if (sum <= 1e-9) return undefined;
        matrix[i * n + i] = Math.sqrt(sum);
      } else matrix[i * n + j] = sum / matrix[j * n + j]!;
    }
  }
  const solution = right.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) solution[i]! -= matrix[i * n + k]! * solution[k]!;
    solution[i]! /= matrix[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) solution[i]! -= matrix[k * n + i]! * solution[k]!;
    solution[i]! /= matrix[i * n + i]!;
  }
  return solution;
}
