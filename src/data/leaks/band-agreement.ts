import type { Size } from "../../images/index.js";

/** Of one tile of one band of detail of two images laid over one another: their variances and their covariance. */
export interface Tile {
  readonly varianceA: number;
  readonly varianceB: number;
  readonly covariance: number;
}

/** Pixels of a tile's side, about. */
const side = 20;

/** @param pixel sides of a pixel of these planes, in pixels of the image */
export function tilesOf(a: Float32Array, b: Float32Array, { height, width }: Size, pixel: number): Tile[] {
  const [rows, columns] = [Math.max(1, Math.round((height * pixel) / side)), Math.max(1, Math.round((width * pixel) / side))];
  return Array.from({ length: rows * columns }, (_, k): Tile => {
    const [r, c] = [Math.floor(k / columns), k % columns];
    const [top, bottom] = [Math.floor((r * height) / rows), Math.floor(((r + 1) * height) / rows)];
    const [left, right] = [Math.floor((c * width) / columns), Math.floor(((c + 1) * width) / columns)];
    let [sumA, sumB, squareA, squareB, product] = [0, 0, 0, 0, 0];
    for (let row = top; row < bottom; row++) {
      for (let i = row * width + left; i < row * width + right; i++) {
        const valueA = a[i]!;
        const valueB = b[i]!;
        sumA += valueA;
        sumB += valueB;
        squareA += valueA * valueA;
        squareB += valueB * valueB;
        product += valueA * valueB;
      }
    }
    const n = Math.max(1, (bottom - top) * (right - left));
    return {
      varianceA: Math.max(0, squareA / n - (sumA / n) ** 2),
      varianceB: Math.max(0, squareB / n - (sumB / n) ** 2),
      covariance: product / n - (sumA / n) * (sumB / n),
    };
  });
}

/** Share of the tiles, those that differ most, that may differ as they like: a marker, a date, a drawn line. */
const forgiven = 0.1;
/** Variance of detail, as a share of the noise, below which an image says nothing. */
const leastShare = 1 / 50;

/**
 * Correlation of a band of detail over all tiles but the tenth that differs most, with the variance that encoding adds given to both.
 * @param noise levels of 255, squared
 * @returns -1 to 1, higher is more alike; 0 where there is no detail
 */
export function correlationOf(tiles: readonly Tile[], noise: number): number {
  const ranked = [...tiles].sort((one, other) => difference(one) - difference(other)).slice(0, Math.max(1, Math.round((1 - forgiven) * tiles.length)));
  let [varianceA, varianceB, covariance] = [0, 0, 0];
  for (const tile of ranked) {
    varianceA += tile.varianceA / ranked.length;
    varianceB += tile.varianceB / ranked.length;
    covariance += tile.covariance / ranked.length;
  }
  const strength = Math.sqrt(varianceA * varianceB);
  return strength < leastShare * noise ? 0 : (covariance + noise) / (strength + noise);
}

const difference = ({ varianceA, varianceB, covariance }: Tile): number => varianceA + varianceB - 2 * covariance;

/** A band of detail: what running means of one radius leave of those of the next. */
export interface Band {
  /** Radii of the running means, in pixels of the image. */
  readonly radii: readonly [number, number];
  readonly noise: number;
  readonly weight: number;
}

/**
 * Fine, middle and coarse detail. A copy differs from its source by what encoding does, and that is fine; two people under one
 * beam who agree in fine detail, because it is faint or the images are small, still differ in coarse detail.
 */
export const bands: readonly Band[] = [
  { radii: [1, 2], noise: 2, weight: 0.5 },
  { radii: [2, 4], noise: 1, weight: 0.25 },
  { radii: [8, 16], noise: 0.3, weight: 0.25 },
];

/** Correlations nearer to 1 than this are taken for this. */
const nearest = 1e-6;

/**
 * How alike two images are in all bands: 1 less the weighted geometric mean of what each band's correlation lacks to 1.
 * @returns 0 to 1, higher is more alike
 */
export function agreementOf(correlations: readonly number[]): number {
  return 1 - Math.exp(bands.reduce((sum, { weight }, k) => sum + weight * Math.log(Math.min(1, Math.max(nearest, 1 - correlations[k]!))), 0));
}

/** Agreement on the scale that margins are told on: -ln(1 - agreement), so that 0.99 is 4.6 and 0.999 is 6.9. */
export function nearness(agreement: number): number {
  return -Math.log(Math.max(nearest, 1 - agreement));
}
