import type { CoarseDetail, DetailPlane } from "./detail.js";

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

/** Steps at a quarter of the size and at half. */
const [roughSteps, halfSteps] = [8, 7] as const;

/**
 * Lays b over a by shifting and scaling it, each axis on its own, so that their detail agrees best at a quarter of the
 * size, from where b is taken to lie.
 * @see B. Lucas, T. Kanade, An iterative image registration technique, 1981; G. Evangelidis, E. Psarakis, Enhanced
 *   correlation coefficient maximization, doi 10.1109/TPAMI.2008.113
 */
export function registerRoughly([a]: CoarseDetail, [b]: CoarseDetail, start: Mapping): Registration {
  return registered(a, b, start, roughSteps);
}

/** The same at half the size, from where `registerRoughly` came to. */
export function register([, a]: CoarseDetail, [, b]: CoarseDetail, { mapping }: Registration): Registration {
  return registered(a, b, mapping, halfSteps);
}

function registered(a: DetailPlane, b: DetailPlane, start: Mapping, steps: number): Registration {
  const [mapping, { correlation, overlap }] = refine(a, b, start, { steps });
  return { mapping, correlation: Math.abs(correlation), overlap };
}

/**
 * Steps towards the best correlation while they help.
 * @param options.rows every so many rows are looked at
 * @param options.gain what a step must bring at least, as a share of what is left to perfect correlation; else 0.002 of correlation itself
 */
export function refine(a: DetailPlane, b: DetailPlane, start: Mapping, { steps, gain, rows = 1 }: { readonly steps: number; readonly gain?: number; readonly rows?: number }): [Mapping, Fit] {
  let mapping = start;
  let fit = correlate(a, b, start, rows);
  for (let step = 0; step < steps; step++) {
    const next = improveMapping(a, b, mapping, { sign: fit.correlation < 0 ? -1 : 1, rows });
    if (next === undefined) break;
    const better = correlate(a, b, next, rows);
    const least = gain === undefined ? 2e-3 : gain * (1 - Math.abs(fit.correlation));
    if (Math.abs(better.correlation) <= Math.abs(fit.correlation) + least) break;
    [mapping, fit] = [next, better];
  }
  return [mapping, fit];
}

interface Fit {
  readonly correlation: number;
  readonly overlap: number;
}

/** Least share of b that must lie inside a for a correlation to mean anything. */
const leastOverlap = 0.5;

/** Correlation of the detail of b, where it lies in a, with a's. */
export function correlate(a: DetailPlane, b: DetailPlane, m: Mapping, rows = 1): Fit {
  let [n, sumA, sumB, squareA, squareB, product] = [0, 0, 0, 0, 0, 0];
  const [from, to] = [a.values, b.values];
  const [widthA, heightA, widthB, heightB] = [a.width, a.height, b.width, b.height];
  const { lefts, parts, first, last } = columnsOf(m, widthA, widthB);
  for (let row = 0; row < heightB; row += rows) {
    const y = (m.top + (m.height * (row + 0.5)) / heightB) * heightA - 0.5;
    if (!(y >= 0 && y <= heightA - 1)) continue;
    const above = Math.min(heightA - 2, y | 0);
    const q = y - above;
    for (let column = first; column < last; column++) {
      const p = parts[column]!;
      const i = above * widthA + lefts[column]!;
      const valueA = (1 - q) * ((1 - p) * from[i]! + p * from[i + 1]!) + q * ((1 - p) * from[i + widthA]! + p * from[i + widthA + 1]!);
      const valueB = to[row * widthB + column]!;
      n += 1;
      sumA += valueA;
      sumB += valueB;
      squareA += valueA * valueA;
      squareB += valueB * valueB;
      product += valueA * valueB;
    }
  }
  const overlap = n / (widthB * Math.ceil(heightB / rows));
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

/** One Gauss-Newton step of the squared difference; undefined where the detail does not fix the map. */
function improveMapping(a: DetailPlane, b: DetailPlane, m: Mapping, { sign, rows }: { readonly sign: 1 | -1; readonly rows: number }): Mapping | undefined {
  // Rows and columns are fitted together, as the detail ties them: four unknowns. Sums are written out, as this is where
  // the audit spends its time.
  let [n00, n10, n11, n20, n21, n22, n30, n31, n32, n33] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  let [r0, r1, r2, r3] = [0, 0, 0, 0];
  const [from, to] = [a.values, b.values];
  const [widthA, heightA, widthB, heightB] = [a.width, a.height, b.width, b.height];
  const { lefts, parts, first, last } = columnsOf(m, widthA, widthB);
  for (let row = 0; row < heightB; row += rows) {
    const v = (row + 0.5) / heightB;
    const y = (m.top + m.height * v) * heightA - 0.5;
    if (!(y >= 0 && y <= heightA - 1)) continue;
    const above = Math.min(heightA - 2, y | 0);
    const q = y - above;
    for (let column = first; column < last; column++) {
      const u = (column + 0.5) / widthB;
      const p = parts[column]!;
      const i = above * widthA + lefts[column]!;
      const a00 = from[i]!;
      const a01 = from[i + 1]!;
      const a10 = from[i + widthA]!;
      const a11 = from[i + widthA + 1]!;
      const gx = ((1 - q) * (a01 - a00) + q * (a11 - a10)) * widthA;
      const gy = ((1 - p) * (a10 - a00) + p * (a11 - a01)) * heightA;
      const error = sign * to[row * widthB + column]! - ((1 - q) * ((1 - p) * a00 + p * a01) + q * ((1 - p) * a10 + p * a11));
      const gxu = gx * u;
      const gyv = gy * v;
      r0 += gx * error;
      r1 += gxu * error;
      r2 += gy * error;
      r3 += gyv * error;
      n00 += gx * gx;
      n10 += gxu * gx;
      n11 += gxu * gxu;
      n20 += gy * gx;
      n21 += gy * gxu;
      n22 += gy * gy;
      n30 += gyv * gx;
      n31 += gyv * gxu;
      n32 += gyv * gy;
      n33 += gyv * gyv;
    }
  }
  const normal = Float64Array.of(n00, 0, 0, 0, n10, n11, 0, 0, n20, n21, n22, 0, n30, n31, n32, n33);
  const right = Float64Array.of(r0, r1, r2, r3);
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
