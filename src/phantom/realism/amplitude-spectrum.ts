import { InputError } from "../../base/index.js";
import type { Curve, RealismMeasure } from "./contract.js";
import { decadeDistance } from "./distances.js";
import { cutSquare, hannSquare, powerOf, radialMean, squaresIn } from "./fourier.js";

const side = 64;
const window = hannSquare(side);

/**
 * Mean amplitude by spatial frequency over all squares of 64 pixels, each less its mean and windowed after Hann: the root of
 * |DFT|² / 64² averaged over squares and directions. Images of nature fall as 1 / f^a with a near 1, radiographs faster.
 * The number is a, by least squares of the logarithms from 2 cycles per square to 0.35 cycles per pixel.
 */
export const amplitudeSpectrum: RealismMeasure = {
  title: "Amplitude spectrum",
  summary: "Amplitude by spatial frequency of the whole image, and the exponent a of 1 / f^a that fits it",
  reference: "D. J. Field, Journal of the Optical Society of America A 4, 1987; of radiographs: A. E. Burgess, Medical Physics 28, 2001",
  axes: { x: "cycles per image height", y: "amplitude (grey value x pixel)" },
  scales: { x: "log", y: "log" },
  measure(image) {
    const corners = squaresIn(image, side);
    if (corners.length === 0) throw new InputError("not-estimable", `amplitude spectrum: expected an image of ${side} pixels or more a side, got ${image.width} x ${image.height}. Use a larger image.`);
    const mean = new Float64Array(side * side);
    for (const corner of corners) {
      const square = cutSquare(image, corner, side);
      const level = square.reduce((a, b) => a + b, 0) / square.length;
      const power = powerOf(square.map((value, i) => (value - level) * window[i]!), side);
      for (let i = 0; i < mean.length; i++) mean[i]! += power[i]! / (corners.length * side * side);
    }
    const y = radialMean(mean, side).map((value) => Math.sqrt(Math.max(1e-9, value)));
    return { x: y.map((_, i) => ((i + 1) * image.height) / side), y };
  },
  number: { title: "exponent a of 1 / f^a", of: slopeOf },
  distance: decadeDistance,
};

function slopeOf({ x, y }: Curve): number {
  const points = x.map((f, i) => [Math.log(f), Math.log(y[i]!)] as const).slice(1, Math.round(0.35 * side));
  const [mx, my] = [0, 1].map((c) => points.reduce((s, p) => s + p[c as 0 | 1], 0) / points.length) as [number, number];
  const above = points.reduce((s, [a, b]) => s + (a - mx) * (b - my), 0);
  return -above / points.reduce((s, [a]) => s + (a - mx) ** 2, 0);
}
