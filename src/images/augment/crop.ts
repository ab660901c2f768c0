import type { GeometricAugmentation } from "./contract.js";

/** Cuts a window of random side (a share in [minScale, 1] of the image's) at a random place and enlarges it to the full size. */
export const crop: GeometricAugmentation = {
  kind: "geometric",
  title: "Random crop",
  summary: "Cuts a window whose side is a share in [minScale, 1] of the image's, at a random place, and enlarges it to the full size.",
  reference: "Szegedy et al., CVPR 2015, section 6, doi 10.1109/CVPR.2015.7298594, with the aspect ratio kept",
  parameter: { name: "minScale", unit: "share of the side", minimum: 0.2, maximum: 1, identity: 1, suggested: 0.9 },
  draw(minScale, random, { height, width }) {
    const scale = random.between(minScale, 1);
    const reach = (1 - scale) / 2;
    const down = random.between(-reach, reach) * height;
    const right = random.between(-reach, reach) * width;
    return [scale, 0, down, 0, scale, right];
  },
};
