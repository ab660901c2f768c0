import type { GeometricAugmentation } from "./contract.js";

/** Moves the image along each axis by a share of its side, uniform in [-maxShare, maxShare]. */
export const shift: GeometricAugmentation = {
  kind: "geometric",
  title: "Shift",
  summary: "Moves the image along each axis by a share of its side, uniform in [-maxShare, maxShare]; on crops, the jitter of the window.",
  reference: "Krizhevsky, Sutskever, Hinton, NIPS 2012, section 4.1 (translations)",
  parameter: { name: "maxShare", unit: "share of the side", minimum: 0, maximum: 0.5, identity: 0, suggested: 0.05 },
  draw(maxShare, random, { height, width }) {
    return [1, 0, random.between(-maxShare, maxShare) * height, 0, 1, random.between(-maxShare, maxShare) * width];
  },
};
