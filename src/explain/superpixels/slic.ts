import { rangeOf } from "../baselines.js";
import type { Divided, Superpixels } from "./contract.js";
import { Regions } from "./regions.js";

export interface SlicOptions {
  /** Weight of nearness against likeness of values, for an image stretched to 0..1. Default 0.2. */
  readonly compactness?: number;
  readonly iterations?: number;
}

interface Center {
  y: number;
  x: number;
  /** Mean value per channel. */
  values: number[];
}

/**
 * SLIC: k-means over (values, position) that looks for each center within one step S = sqrt(HW / segments) to each side, with
 * distance² = |difference of values|² + compactness² |difference of position|² / S²; then parts that are not connected, or smaller than
 * a quarter of S², join the neighbor they touch first.
 * @see R. Achanta et al., SLIC Superpixels, IEEE TPAMI 2012, doi 10.1109/TPAMI.2012.120, algorithm 1
 */
export function slic(divided: Divided, segments: number, { compactness = 0.2, iterations = 10 }: SlicOptions = {}): Superpixels {
  const { image, channels, height, width } = divided;
  const plane = height * width;
  const [low, high] = rangeOf(image);
  const stretch = high > low ? 1 / (high - low) : 0;
  const step = Math.max(1, Math.sqrt(plane / segments));
  const valueAt = (c: number, p: number) => (image[c * plane + p]! - low) * stretch;
  const centers = startingCenters(height, width, step).map(({ y, x }): Center => {
    const p = Math.round(y) * width + Math.round(x);
    return { y, x, values: Array.from({ length: channels }, (_, c) => valueAt(c, p)) };
  });
  const nearest = new Int32Array(plane);
  const nearness = (compactness / step) ** 2;
  for (let round = 0; round < iterations; round++) {
    const distance = new Float64Array(plane).fill(Infinity);
    centers.forEach((center, k) => {
      const reach = Math.ceil(step);
      const [top, left] = [Math.max(0, Math.round(center.y) - reach), Math.max(0, Math.round(center.x) - reach)];
      const [bottom, right] = [Math.min(height - 1, Math.round(center.y) + reach), Math.min(width - 1, Math.round(center.x) + reach)];
      for (let y = top; y <= bottom; y++) {
        for (let x = left; x <= right; x++) {
          const p = y * width + x;
          let d = nearness * ((y - center.y) ** 2 + (x - center.x) ** 2);
          for (let c = 0; c < channels; c++) d += (valueAt(c, p) - center.values[c]!) ** 2;
          if (d < distance[p]!) [distance[p], nearest[p]] = [d, k];
        }
      }
    });
    moveCenters(centers, nearest, { height, width, channels, valueAt });
  }
  return connect(nearest, { height, width }, (step * step) / 4);
}

function startingCenters(height: number, width: number, step: number): { y: number; x: number }[] {
  const rows = Math.max(1, Math.round(height / step));
  const columns = Math.max(1, Math.round(width / step));
  return Array.from({ length: rows * columns }, (_, k) => ({
    y: ((Math.floor(k / columns) + 0.5) * height) / rows - 0.5,
    x: (((k % columns) + 0.5) * width) / columns - 0.5,
  }));
}

/** Each center goes to the mean of its pixels; one without pixels stays. */
function moveCenters(
  centers: Center[],
  nearest: Int32Array,
  { height, width, channels, valueAt }: { height: number; width: number; channels: number; valueAt: (c: number, p: number) => number },
): void {
  const sums = centers.map(() => ({ n: 0, y: 0, x: 0, values: new Float64Array(channels) }));
  for (let p = 0; p < height * width; p++) {
    const sum = sums[nearest[p]!]!;
    sum.n++;
    sum.y += Math.floor(p / width);
    sum.x += p % width;
    for (let c = 0; c < channels; c++) sum.values[c]! += valueAt(c, p);
  }
  sums.forEach(({ n, y, x, values }, k) => {
    if (n > 0) centers[k] = { y: y / n, x: x / n, values: Array.from(values, (value) => value / n) };
  });
}

function connect(nearest: Int32Array, { height, width }: { height: number; width: number }, minSizePx: number): Superpixels {
  const regions = new Regions(nearest.length);
  const neighbors = (p: number) => [(p + 1) % width === 0 ? -1 : p + 1, p + width < height * width ? p + width : -1].filter((q) => q >= 0);
  for (let p = 0; p < nearest.length; p++) for (const q of neighbors(p)) if (nearest[p] === nearest[q]) regions.merge(p, q);
  for (let p = 0; p < nearest.length; p++) for (const q of neighbors(p)) if (Math.min(regions.size(p), regions.size(q)) < minSizePx) regions.merge(p, q);
  return regions.labels();
}
