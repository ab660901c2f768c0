import { blur, rangeOf } from "../baselines.js";
import type { Divided, Superpixels } from "./contract.js";
import { Regions } from "./regions.js";

export interface FelzenszwalbOptions {
  /** The larger, the larger the parts; for an image stretched to 0..255. Default 100. */
  readonly scale?: number;
  /** Standard deviation of the smoothing before. Default 0.8. */
  readonly sigmaPx?: number;
  /** Smaller parts are merged with a neighbor. Default 20. */
  readonly minSizePx?: number;
}

/**
 * Parts between which the image differs more than within them: edges between neighbors (8 per pixel), by increasing
 * difference, join two parts where the difference is at most the least over both of (largest difference within + scale / size).
 * @see P. F. Felzenszwalb, D. P. Huttenlocher, Efficient Graph-Based Image Segmentation, IJCV 2004,
 *   doi 10.1023/B:VISI.0000022288.19776.77, algorithm 1
 */
export function felzenszwalb(divided: Divided, { scale = 100, sigmaPx = 0.8, minSizePx = 20 }: FelzenszwalbOptions = {}): Superpixels {
  const { channels, height, width } = divided;
  const smooth = blur(divided, sigmaPx);
  const [low, high] = rangeOf(smooth);
  const stretch = high > low ? 255 / (high - low) : 0;
  const plane = height * width;
  const edges = edgesOf(height, width);
  const difference = Float64Array.from(edges, ([a, b]) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += ((smooth[c * plane + a]! - smooth[c * plane + b]!) * stretch) ** 2;
    return Math.sqrt(sum);
  });
  const order = Array.from(edges.keys()).sort((i, j) => difference[i]! - difference[j]! || i - j);
  const regions = new Regions(plane);
  const threshold = new Float64Array(plane).fill(scale);
  for (const i of order) {
    const [a, b] = edges[i]!.map((pixel) => regions.find(pixel)) as [number, number];
    if (a === b || difference[i]! > Math.min(threshold[a]!, threshold[b]!)) continue;
    const root = regions.merge(a, b);
    threshold[root] = difference[i]! + scale / regions.size(root);
  }
  for (const i of order) {
    const [a, b] = edges[i]!;
    if (regions.size(a) < minSizePx || regions.size(b) < minSizePx) regions.merge(a, b);
  }
  return regions.labels();
}

/** Each pixel with its neighbors to the right, below and on both lower diagonals. */
function edgesOf(height: number, width: number): [number, number][] {
  const edges: [number, number][] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const p = y * width + x;
      if (x + 1 < width) edges.push([p, p + 1]);
      if (y + 1 < height) edges.push([p, p + width]);
      if (y + 1 < height && x + 1 < width) edges.push([p, p + width + 1]);
      if (y + 1 < height && x > 0) edges.push([p, p + width - 1]);
    }
  }
  return edges;
}
