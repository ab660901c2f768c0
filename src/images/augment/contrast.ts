import type { PhotometricAugmentation } from "./contract.js";

/** Stretches grey values about the image's mean by a factor uniform in [1 - max, 1 + max]. */
export const contrast: PhotometricAugmentation = {
  kind: "photometric",
  title: "Contrast",
  summary: "Stretches grey values about the image's mean by a factor uniform in [1 - max, 1 + max].",
  reference: "Howard, arXiv 1312.5402, 2013",
  parameter: { name: "max", unit: "share of the contrast", minimum: 0, maximum: 0.9, identity: 0, suggested: 0.15 },
  apply(pixels, max, random) {
    const factor = 1 + random.between(-max, max);
    let sum = 0;
    for (let i = 0; i < pixels.length; i++) sum += pixels[i]!;
    const offset = (sum / pixels.length) * (1 - factor);
    for (let i = 0; i < pixels.length; i++) pixels[i] = pixels[i]! * factor + offset;
  },
};
