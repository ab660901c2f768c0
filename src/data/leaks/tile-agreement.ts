import type { Size } from "../../images/index.js";

/** Of one tile of one band of detail of two images laid over one another: the root of the product of their variances, and their covariance. */
export interface Tile {
  readonly strength: number;
  readonly covariance: number;
}

/** Pixels of a tile's side, about. */
const side = 20;

export function tilesOf(a: Float32Array, b: Float32Array, { height, width }: Size): Tile[] {
  const [rows, columns] = [Math.max(1, Math.round(height / side)), Math.max(1, Math.round(width / side))];
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
    const n = (bottom - top) * (right - left);
    const variances = Math.max(0, squareA / n - (sumA / n) ** 2) * Math.max(0, squareB / n - (sumB / n) ** 2);
    return { strength: Math.sqrt(variances), covariance: product / n - (sumA / n) * (sumB / n) };
  });
}

/** Variance that encoding adds, in levels of 255 squared: differences of two levels are forgiven. */
const noise = 4;
/** Variance at which a tile has half of the greatest weight. */
const halfWeight = 16;
/** Weight of the tiles that may agree less. */
const lowShare = 0.3;
/** Detail below this, on average, says nothing. */
const leastStrength = 0.25;

/**
 * How far two images agree where they agree least: the lower 30 % point of (covariance + 4) / (strength + 4) over the tiles,
 * each counting strength / (strength + 16). A copy differs from its source by the noise of encoding, the same in every tile; two
 * people under one beam agree well in most tiles and badly in some.
 * @returns -1 to 1, higher is more alike; 0 where there is no detail
 */
export function agreementOf(tiles: readonly Tile[]): number {
  if (tiles.reduce((sum, { strength }) => sum + strength, 0) < leastStrength * tiles.length) return 0;
  const ranked = tiles
    .map(({ strength, covariance }) => ({ agreement: (covariance + noise) / (strength + noise), weight: strength / (strength + halfWeight) }))
    .sort((one, other) => one.agreement - other.agreement);
  const total = ranked.reduce((sum, { weight }) => sum + weight, 0);
  let seen = 0;
  return ranked.find(({ weight }) => (seen += weight) >= lowShare * total)!.agreement;
}
