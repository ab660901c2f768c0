import type { RealismMeasure } from "./contract.js";
import { histogramDistance, histogramOf, histogramQuantile } from "./distances.js";

/** How often each grey value occurs, in 32 bins. */
export const greyHistogram: RealismMeasure = {
  title: "Grey-value histogram",
  summary: "Share of the pixels in each of 32 bins from black to white",
  reference: "R. C. Gonzalez, R. E. Woods, Digital Image Processing, 4th edition 2018, section 3.3; distance: Y. Rubner et al., International Journal of Computer Vision 40, 2000",
  axes: { x: "grey value, 0 black to 1 white", y: "share of pixels" },
  scales: { x: "linear", y: "linear" },
  measure: ({ pixels }) => histogramOf(pixels, { bins: 32, top: 1 }),
  number: { title: "median grey value", of: (curve) => histogramQuantile(curve, 0.5) },
  distance: histogramDistance,
};
