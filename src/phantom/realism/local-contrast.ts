import type { RealismMeasure } from "./contract.js";
import { histogramDistance, histogramOf, histogramQuantile } from "./distances.js";

/** Windows down the image. */
const windows = 40;

/** Standard deviation of the grey values within windows of a fortieth of the image's height: root-mean-square contrast, not divided by the mean, as display values are not luminances. */
export const localContrast: RealismMeasure = {
  title: "Local contrast",
  summary: "Standard deviation of grey values within windows of a fortieth of the height",
  reference: "E. Peli, Journal of the Optical Society of America A 7, 1990 (root-mean-square contrast); B. Moulden, F. Kingdom, L. F. Gatley, Perception 19, 1990",
  axes: { x: "standard deviation of grey values in a window", y: "share of windows" },
  scales: { x: "linear", y: "linear" },
  measure({ pixels, width, height }) {
    const side = Math.max(2, Math.round(height / windows));
    const deviations: number[] = [];
    for (let r = 0; r + side <= height; r += side) {
      for (let k = 0; k + side <= width; k += side) {
        let [sum, squares] = [0, 0];
        for (let i = 0; i < side; i++) {
          for (let j = 0; j < side; j++) {
            const value = pixels[(r + i) * width + k + j]!;
            sum += value;
            squares += value * value;
          }
        }
        const count = side * side;
        deviations.push(Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)));
      }
    }
    return histogramOf(deviations, { bins: 40, top: 0.2 });
  },
  number: { title: "median deviation", of: (curve) => histogramQuantile(curve, 0.5) },
  distance: histogramDistance,
};
