import type { Size } from "../resample.js";

/**
 * A map of the plane in (row, column) measured from the image's center:
 * row' = a row + b column + c, column' = d row + e column + f.
 */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export const identityAffine: Affine = [1, 0, 0, 0, 1, 0];

/** The map that applies `first` and then `second`. */
export function composeAffine(first: Affine, second: Affine): Affine {
  const [a, b, c, d, e, f] = first;
  const [A, B, C, D, E, F] = second;
  return [A * a + B * d, A * b + B * e, A * c + B * f + C, D * a + E * d, D * b + E * e, D * c + E * f + F];
}

export function isIdentity(affine: Affine): boolean {
  return affine.every((value, i) => value === identityAffine[i]);
}

/**
 * Resamples planes bilinearly: output(p) = input(affine(p)).
 * @param pixels [P, H, W]
 * @param fill value outside the image
 * @returns [P, H, W]
 */
export function resampleAffine(pixels: Float32Array, { height, width }: Size, affine: Affine, fill: number): Float32Array {
  const plane = height * width;
  const result = new Float32Array(pixels.length);
  const [a, b, c, d, e, f] = affine;
  const centerRow = (height - 1) / 2;
  const centerColumn = (width - 1) / 2;
  for (let base = 0; base < pixels.length; base += plane) {
    for (let i = 0; i < height; i++) {
      const y = i - centerRow;
      for (let j = 0; j < width; j++) {
        const x = j - centerColumn;
        const row = a * y + b * x + c + centerRow;
        const column = d * y + e * x + f + centerColumn;
        const r = Math.floor(row);
        const s = Math.floor(column);
        const v = row - r;
        const u = column - s;
        let value: number;
        if (r >= 0 && s >= 0 && r + 1 < height && s + 1 < width) {
          const at = base + r * width + s;
          const above = pixels[at]! + u * (pixels[at + 1]! - pixels[at]!);
          const below = pixels[at + width]! + u * (pixels[at + width + 1]! - pixels[at + width]!);
          value = above + v * (below - above);
        } else {
          value = edgeValue(pixels, base, height, width, r, s, v, u, fill);
        }
        result[base + i * width + j] = value;
      }
    }
  }
  return result;
}

/** Bilinear value where one of the four neighbors lies outside: that neighbor counts as `fill`. */
function edgeValue(
  pixels: Float32Array,
  base: number,
  height: number,
  width: number,
  r: number,
  s: number,
  v: number,
  u: number,
  fill: number,
): number {
  if (r < -1 || s < -1 || r >= height || s >= width) return fill;
  const at = (row: number, column: number): number =>
    row < 0 || column < 0 || row >= height || column >= width ? fill : pixels[base + row * width + column]!;
  // A neighbor of weight 0 must not enter: an exact flip stays exact at the edge.
  const mix = (p: number, q: () => number, share: number): number => (share === 0 ? p : p + share * (q() - p));
  const line = (row: number): number => mix(at(row, s), () => at(row, s + 1), u);
  return mix(line(r), () => line(r + 1), v);
}
