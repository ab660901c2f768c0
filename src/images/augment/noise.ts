import type { PhotometricAugmentation } from "./contract.js";

/** Adds independent Gaussian noise whose standard deviation is uniform in [0, maxStd]. */
export const noise: PhotometricAugmentation = {
  kind: "photometric",
  title: "Gaussian noise",
  summary: "Adds independent Gaussian noise whose standard deviation is uniform in [0, maxStd]; the same noise in every color plane.",
  reference: "Bishop, Neural Computation 7, 1995, doi 10.1162/neco.1995.7.1.108",
  parameter: { name: "maxStd", unit: "share of the full range", minimum: 0, maximum: 0.5, identity: 0, suggested: 0.02 },
  apply(pixels, maxStd, random, { height, width }) {
    const std = random.between(0, maxStd);
    const plane = height * width;
    for (let i = 0; i < plane; i++) {
      const step = std * random.normal();
      for (let at = i; at < pixels.length; at += plane) pixels[at]! += step;
    }
  },
};
