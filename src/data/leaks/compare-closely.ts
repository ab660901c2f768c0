import { resizeBilinear, type Size } from "../../images/index.js";
import { boxMean, type DetailPlane } from "./detail.js";
import type { KeptImage } from "./fingerprint.js";
import { refine, type Mapping, type Registration } from "./register.js";

const tile = 20;
/** A tile of less than this share of the mean strength of detail says nothing. */
const faint = 0.15;

export interface CloseComparison {
  readonly mapping: Mapping;
  /** Mean over the tiles that show any detail of the correlation of the finest detail, -1 to 1. */
  readonly agreement: number;
  /** The same, lower quartile of the tiles. */
  readonly lowerQuartile: number;
  readonly tiles: number;
}

/**
 * Compares the finest detail that both images have, tile by tile, after laying b over a. Different people under the same
 * beam agree in outline and position; copies agree in every tile.
 * @param b mirrored already where it is the mirror image that is compared
 */
export function compareClosely(a: KeptImage, b: KeptImage, { mapping }: Pick<Registration, "mapping">): CloseComparison {
  // Both are brought to the coarser one's scale: a's pixel per b's pixel along each axis.
  const scale = Math.sqrt(((a.height * mapping.height) / b.height) * ((a.width * mapping.width) / b.width));
  const [planeA, planeB] = scale >= 1 ? [scaled(a, 1 / scale), scaled(b, 1)] : [scaled(a, 1), scaled(b, scale)];
  const [detailA, detailB] = [fineDetail(planeA), fineDetail(planeB)];
  const [refined] = refine(detailA, detailB, mapping, 3);
  return { mapping: refined, ...compareTiles(detailA, detailB, refined) };
}

function scaled({ pixels, height, width }: KeptImage, factor: number): Size & { values: Float32Array } {
  const size = { height: Math.max(8, Math.round(height * factor)), width: Math.max(8, Math.round(width * factor)) };
  return { ...size, values: resizeBilinear(new Float32Array(pixels), { height, width }, size) };
}

function fineDetail({ values, height, width }: Size & { values: Float32Array }): DetailPlane {
  const mean = boxMean(values, { height, width }, 2);
  const detail = new Float32Array(values.length);
  for (let i = 0; i < detail.length; i++) detail[i] = values[i]! - mean[i]!;
  return { height, width, values: detail };
}

function compareTiles(a: DetailPlane, b: DetailPlane, m: Mapping): Omit<CloseComparison, "mapping"> {
  const tiles: { correlation: number; strength: number }[] = [];
  const rows = Math.max(1, Math.round(b.height / tile));
  const columns = Math.max(1, Math.round(b.width / tile));
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const [top, bottom] = [Math.floor((r * b.height) / rows), Math.floor(((r + 1) * b.height) / rows)];
      const [left, right] = [Math.floor((c * b.width) / columns), Math.floor(((c + 1) * b.width) / columns)];
      const found = compareTile(a, b, { top, bottom, left, right }, m);
      if (found !== undefined) tiles.push(found);
    }
  }
  const total = tiles.reduce((sum, { strength }) => sum + strength, 0);
  const sign = tiles.reduce((sum, { correlation, strength }) => sum + correlation * strength, 0) < 0 ? -1 : 1;
  const strong = tiles.filter(({ strength }) => strength * tiles.length > faint * total).map(({ correlation }) => sign * correlation).sort((x, y) => x - y);
  if (strong.length === 0) return { agreement: 0, lowerQuartile: 0, tiles: 0 };
  return { agreement: strong.reduce((sum, value) => sum + value, 0) / strong.length, lowerQuartile: strong[Math.floor(0.25 * (strong.length - 1))]!, tiles: strong.length };
}

interface TileEdges {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

function compareTile(a: DetailPlane, b: DetailPlane, edges: TileEdges, m: Mapping): { correlation: number; strength: number } | undefined {
  let [n, sumA, sumB, squareA, squareB, product] = [0, 0, 0, 0, 0, 0];
  for (let row = edges.top; row < edges.bottom; row++) {
    const y = (m.top + (m.height * (row + 0.5)) / b.height) * a.height - 0.5;
    if (!(y >= 0 && y <= a.height - 1)) continue;
    const above = Math.min(a.height - 2, y | 0);
    const q = y - above;
    for (let column = edges.left; column < edges.right; column++) {
      const x = (m.left + (m.width * (column + 0.5)) / b.width) * a.width - 0.5;
      if (!(x >= 0 && x <= a.width - 1)) continue;
      const first = Math.min(a.width - 2, x | 0);
      const p = x - first;
      const i = above * a.width + first;
      const valueA = (1 - q) * ((1 - p) * a.values[i]! + p * a.values[i + 1]!) + q * ((1 - p) * a.values[i + a.width]! + p * a.values[i + a.width + 1]!);
      const valueB = b.values[row * b.width + column]!;
      n += 1;
      sumA += valueA;
      sumB += valueB;
      squareA += valueA * valueA;
      squareB += valueB * valueB;
      product += valueA * valueB;
    }
  }
  if (n < ((edges.bottom - edges.top) * (edges.right - edges.left)) / 2) return undefined;
  const spread = Math.sqrt(Math.max(0, squareA - (sumA * sumA) / n) * Math.max(0, squareB - (sumB * sumB) / n));
  return { correlation: (product - (sumA * sumB) / n) / (spread + 1e-6 * n), strength: spread / n };
}
