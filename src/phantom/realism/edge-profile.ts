import { InputError } from "../../base/index.js";
import type { GreyPlane, RealismMeasure } from "./contract.js";
import { histogramDistance, histogramOf, histogramQuantile } from "./distances.js";

/** How far to either side of an edge its profile is followed, pixels, and in what steps. */
const reach = 12;
const step = 0.25;

/**
 * Widths of the image's strongest edges. Where the gradient (Sobel) is a maximum along its own direction and within the
 * strongest fiftieth of the image, the profile across is followed to where it stops rising at either side, 12 pixels at
 * most; the width is what lies between 10 and 90 % of that rise. A step blurred by a Gaussian of deviation s has a width of 2.563 s.
 * Unlike a slanted-edge test no known object is needed, so that a wide shadow counts as a blurred edge: the figure is
 * good for comparison only.
 */
export const edgeProfile: RealismMeasure = {
  title: "Edge profile",
  summary: "Distance from 10 to 90 % of the rise across the image's strongest edges",
  reference: "P. Marziliano, F. Dufaux, S. Winkler, T. Ebrahimi, A no-reference perceptual blur metric, ICIP 2002",
  axes: { x: "width from 10 to 90 %, thousandths of the image height", y: "share of edges" },
  scales: { x: "linear", y: "linear" },
  measure(image) {
    const widths = edgeWidths(image).map((width) => (1000 * width) / image.height);
    if (widths.length < 20) throw new InputError("not-estimable", `edge profile: expected 20 edges or more, got ${widths.length}. Use a larger image, or leave this one out.`);
    return histogramOf(widths, { bins: 40, top: 20 });
  },
  number: { title: "median width, thousandths of the height", of: (curve) => histogramQuantile(curve, 0.5) },
  distance: histogramDistance,
};

function edgeWidths(image: GreyPlane): number[] {
  const { width, height } = image;
  const [down, right, size] = gradientOf(image);
  const limit = Float32Array.from(size).sort()[Math.floor(size.length * 0.98)]!;
  const widths: number[] = [];
  const margin = reach + 2;
  for (let r = margin; r < height - margin; r++) {
    for (let k = margin; k < width - margin; k++) {
      const i = r * width + k;
      const strength = size[i]!;
      if (!(strength >= limit && strength > 0)) continue;
      const [dr, dk] = [down[i]! / strength, right[i]! / strength];
      const gradientAt = (t: number): number => sample(size, width, r + t * dr, k + t * dk);
      if (gradientAt(1) > strength || gradientAt(-1) >= strength) continue;
      const measured = riseWidth((t) => sample(image.pixels, width, r + t * dr, k + t * dk));
      if (measured !== undefined) widths.push(measured);
    }
  }
  return widths;
}

/** Width from 10 to 90 % of the rise about 0; undefined where nothing rises. */
function riseWidth(at: (t: number) => number): number | undefined {
  const end = (sign: 1 | -1): number => {
    let t = 0;
    while (t < reach && sign * (at(sign * (t + step)) - at(sign * t)) > 0) t += step;
    return sign * t;
  };
  const [low, high] = [end(-1), end(1)];
  if (high <= low) return undefined;
  const [dark, bright] = [at(low), at(high)];
  const crossing = (share: number): number => {
    const wanted = dark + share * (bright - dark);
    let t = low;
    while (at(t + step) < wanted) t += step;
    return t + (step * (wanted - at(t))) / (at(t + step) - at(t));
  };
  return crossing(0.9) - crossing(0.1);
}

function gradientOf({ pixels, width, height }: GreyPlane): [Float32Array, Float32Array, Float32Array] {
  const [down, right, size] = [0, 1, 2].map(() => new Float32Array(pixels.length)) as [Float32Array, Float32Array, Float32Array];
  for (let r = 1; r < height - 1; r++) {
    for (let k = 1; k < width - 1; k++) {
      const i = r * width + k;
      const at = (dr: number, dk: number): number => pixels[i + dr * width + dk]!;
      down[i] = at(1, -1) + 2 * at(1, 0) + at(1, 1) - at(-1, -1) - 2 * at(-1, 0) - at(-1, 1);
      right[i] = at(-1, 1) + 2 * at(0, 1) + at(1, 1) - at(-1, -1) - 2 * at(0, -1) - at(1, -1);
      size[i] = Math.sqrt(down[i] * down[i] + right[i] * right[i]);
    }
  }
  return [down, right, size];
}

function sample(plane: Float32Array, width: number, row: number, column: number): number {
  const [r, k] = [Math.floor(row), Math.floor(column)];
  const [a, b] = [row - r, column - k];
  const i = r * width + k;
  const top = plane[i]! + b * (plane[i + 1]! - plane[i]!);
  return top + a * (plane[i + width]! + b * (plane[i + width + 1]! - plane[i + width]!) - top);
}
