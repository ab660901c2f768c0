import { exp, sin, type Random } from "../../base/index.js";

/**
 * A photograph of a film on a light box, in place: the film's S-shaped curve, light that falls off to one corner, a weak
 * reflection, and grain.
 */
export function photographFilm(image: Float32Array, width: number, height: number, random: Random): void {
  const [cx, cy] = [random.between(0.3, 0.7) * width, random.between(0.3, 0.7) * height];
  const reach = Math.sqrt(width * width + height * height);
  const fall = random.between(0.1, 0.3);
  const [gx, gy, glare] = [random.between(0, width), random.between(0, height), random.between(0, 0.1)];
  const grain = random.between(0.005, 0.015);
  for (let r = 0; r < height; r++) {
    for (let k = 0; k < width; k++) {
      const i = r * width + k;
      const value = image[i]!;
      const curved = value * value * (3 - 2 * value);
      const away = Math.sqrt((k - cx) * (k - cx) + (r - cy) * (r - cy)) / reach;
      const near = exp(-((k - gx) * (k - gx) + (r - gy) * (r - gy)) / (0.02 * reach * reach));
      const shown = (0.06 + 0.9 * curved) * (1 - fall * away) + glare * near + grain * random.normal();
      image[i] = Math.min(1, Math.max(0, shown));
    }
  }
}

/** Lines of a still anti-scatter grid, multiplied onto quanta in place. */
export function addGridLines(quanta: Float32Array, width: number, periodPx: number, depth: number): void {
  const lines = Float64Array.from({ length: width }, (_, k) => 1 + depth * sin((2 * Math.PI * k) / periodPx));
  for (let start = 0; start < quanta.length; start += width) {
    for (let k = 0; k < width; k++) quanta[start + k]! *= lines[k]!;
  }
}

/** Shadow of the collimator's leaves on quanta, in place; a hundredth leaks through. */
export function collimate(quanta: Float32Array, width: number, height: number, { sides, ends }: { sides: number; ends: number }): void {
  const [left, top] = [Math.round(sides * width), Math.round(ends * height)];
  for (let r = 0; r < height; r++) {
    const covered = r < top || r >= height - top;
    for (let k = 0; k < width; k++) if (covered || k < left || k >= width - left) quanta[r * width + k]! *= 0.01;
  }
}
