import type { PhotometricAugmentation } from "./contract.js";

/** Adds one number, uniform in [-max, max], to every pixel. */
export const brightness: PhotometricAugmentation = {
  kind: "photometric",
  title: "Brightness",
  summary: "Adds one number, uniform in [-max, max], to every pixel.",
  reference: "Howard, arXiv 1312.5402, 2013",
  parameter: { name: "max", unit: "share of the full range", minimum: 0, maximum: 0.5, identity: 0, suggested: 0.1 },
  apply(pixels, max, random) {
    const step = random.between(-max, max);
    for (let i = 0; i < pixels.length; i++) pixels[i]! += step;
  },
};
