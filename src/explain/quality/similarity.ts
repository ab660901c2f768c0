import { InputError } from "../../base/index.js";
import { scaleToPeak } from "../scale-map.js";
import { upsample, type HeatMap } from "../upsample.js";

/** Side of the frame in which maps are compared: as fine as a reader sees, and the same for coarse and fine maps. */
export const comparisonSide = 32;

/**
 * Size of the evidence in a square frame, scaled to a peak of 1: larger maps by the mean over the frame's cells, smaller ones bilinearly.
 * @returns [side, side] in [0, 1]
 */
export function comparable(map: HeatMap, side: number = comparisonSide): HeatMap {
  const size = { ...map, values: map.values.map(Math.abs) };
  return scaleToPeak(map.height <= side && map.width <= side ? upsample(size, side, side) : averageCells(size, side));
}

/** Mean over cells; a pixel counts in each cell by the share of it that lies there. */
export function averageCells({ values, height, width }: HeatMap, side: number): HeatMap {
  const rows = shares(height, side);
  const columns = shares(width, side);
  const half = new Float64Array(side * width);
  rows.forEach((taps, y) => taps.forEach(([from, weight]) => {
    for (let x = 0; x < width; x++) half[y * width + x]! += weight * values[from * width + x]!;
  }));
  const result = new Float32Array(side * side);
  for (let y = 0; y < side; y++) {
    columns.forEach((taps, x) => {
      let sum = 0;
      for (const [from, weight] of taps) sum += weight * half[y * width + from]!;
      result[y * side + x] = sum;
    });
  }
  return { values: result, height: side, width: side };
}

/** For each cell the positions it covers, with weights that sum to 1. */
function shares(from: number, to: number): (readonly [position: number, weight: number])[][] {
  return Array.from({ length: to }, (_, i) => {
    const [start, end] = [(i * from) / to, ((i + 1) * from) / to];
    const taps: [number, number][] = [];
    for (let p = Math.floor(start); p < Math.min(from, Math.ceil(end)); p++) {
      const covered = Math.min(end, p + 1) - Math.max(start, p);
      if (covered > 1e-9) taps.push([p, covered / (end - start)]);
    }
    return taps;
  });
}

/**
 * Pearson's correlation.
 * @returns in [-1, 1]
 * @throws InputError `not-estimable` where either list is constant
 */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  let [meanA, meanB] = [0, 0];
  for (let i = 0; i < n; i++) {
    meanA += a[i]! / n;
    meanB += b[i]! / n;
  }
  let [both, squareA, squareB] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    both += x * y;
    squareA += x * x;
    squareB += y * y;
  }
  const size = Math.sqrt(squareA * squareB);
  // Rounding leaves a constant list a spread of about 1e-16 of its size.
  const spread = Math.min(squareA - 1e-20 * n * meanA ** 2, squareB - 1e-20 * n * meanB ** 2);
  if (!(size > 0) || !(spread > 0)) throw new InputError("not-estimable", "correlation: expected values that differ, got a constant list. Leave the case out and count it.");
  return Math.max(-1, Math.min(1, both / size));
}

/** Spearman's rank correlation; equal values share the mean of their ranks. @throws InputError `not-estimable` */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return correlation(midRanks(a), midRanks(b));
}

function midRanks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Float64Array(values.length);
  for (let first = 0; first < order.length; ) {
    let last = first;
    while (last + 1 < order.length && values[order[last + 1]!] === values[order[first]!]) last++;
    for (let k = first; k <= last; k++) ranks[order[k]!] = (first + last) / 2;
    first = last + 1;
  }
  return ranks;
}

/**
 * Structural similarity: the mean over Gaussian windows (11 x 11, σ = 1.5, inside the map) of
 * (2 μ_a μ_b + c₁)(2 σ_ab + c₂) / ((μ_a² + μ_b² + c₁)(σ_a² + σ_b² + c₂)), c₁ = 0.01², c₂ = 0.03² for maps in [0, 1].
 * On maps of less than 11 pixels a side the window is the largest odd one that fits.
 * @returns in [-1, 1]; 1 for equal maps
 * @see Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli, IEEE Trans Image Process 13, 2004, doi:10.1109/TIP.2003.819861
 */
export function structuralSimilarity(a: HeatMap, b: HeatMap): number {
  const { height, width } = a;
  const side = Math.min(11, ...[height, width].map((n) => (n % 2 === 0 ? n - 1 : n)));
  const radius = (side - 1) / 2;
  const kernel = Float64Array.from({ length: side }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * 1.5 ** 2)));
  const total = kernel.reduce((sum, value) => sum + value, 0);
  const [rows, columns] = [height - side + 1, width - side + 1];
  const mean = (value: (i: number) => number): Float64Array => {
    const half = new Float64Array(height * columns);
    for (let y = 0; y < height; y++) for (let x = 0; x < columns; x++) for (let k = 0; k < side; k++) half[y * columns + x]! += (kernel[k]! / total) * value(y * width + x + k);
    const result = new Float64Array(rows * columns);
    for (let y = 0; y < rows; y++) for (let k = 0; k < side; k++) for (let x = 0; x < columns; x++) result[y * columns + x]! += (kernel[k]! / total) * half[(y + k) * columns + x]!;
    return result;
  };
  const [meanA, meanB] = [mean((i) => a.values[i]!), mean((i) => b.values[i]!)];
  const squareA = mean((i) => a.values[i]! ** 2);
  const squareB = mean((i) => b.values[i]! ** 2);
  const product = mean((i) => a.values[i]! * b.values[i]!);
  const [c1, c2] = [0.01 ** 2, 0.03 ** 2];
  let sum = 0;
  for (let i = 0; i < product.length; i++) {
    const [x, y] = [meanA[i]!, meanB[i]!];
    const [varA, varB, both] = [squareA[i]! - x * x, squareB[i]! - y * y, product[i]! - x * y];
    sum += ((2 * x * y + c1) * (2 * both + c2)) / ((x * x + y * y + c1) * (varA + varB + c2));
  }
  return Math.max(-1, Math.min(1, sum / product.length));
}

export type SimilarityName = "ssim" | "rank";

/**
 * How alike two maps of any extents are, by the size of their evidence in one frame. A map without evidence is unlike any other: 0.
 * @returns in [-1, 1]
 */
export function similarityOf(a: HeatMap, b: HeatMap, name: SimilarityName): number {
  const [x, y] = [comparable(a), comparable(b)];
  if (isFlat(x) || isFlat(y)) return 0;
  return name === "ssim" ? structuralSimilarity(x, y) : rankCorrelation(x.values, y.values);
}

function isFlat({ values }: HeatMap): boolean {
  const first = values[0]!;
  return values.every((value) => Math.abs(value - first) <= 1e-6);
}
