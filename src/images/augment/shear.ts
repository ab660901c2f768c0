import type { GeometricAugmentation } from "./contract.js";

/** Slants rows sideways: column' = column + tan(angle) row, angle uniform in [-maxDeg, maxDeg]. */
export const shear: GeometricAugmentation = {
  kind: "geometric",
  title: "Shear",
  summary: "Slants the image sideways: column' = column + tan(angle) row, angle uniform in [-maxDeg, maxDeg].",
  reference: "Simard, Steinkraus, Platt, ICDAR 2003, doi 10.1109/ICDAR.2003.1227801",
  parameter: { name: "maxDeg", unit: "degrees", minimum: 0, maximum: 45, identity: 0, suggested: 5 },
  draw: (maxDeg, random) => [1, 0, 0, Math.tan((random.between(-maxDeg, maxDeg) * Math.PI) / 180), 1, 0],
};
