import type { GeometricAugmentation } from "./contract.js";

/** Turns about the center by an angle uniform in [-maxDeg, maxDeg]. */
export const rotation: GeometricAugmentation = {
  kind: "geometric",
  title: "Rotation",
  summary: "Turns about the center by an angle uniform in [-maxDeg, maxDeg].",
  reference: "Simard, Steinkraus, Platt, ICDAR 2003, doi 10.1109/ICDAR.2003.1227801",
  parameter: { name: "maxDeg", unit: "degrees", minimum: 0, maximum: 180, identity: 0, suggested: 7 },
  draw(maxDeg, random) {
    const angle = (random.between(-maxDeg, maxDeg) * Math.PI) / 180;
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    return [cos, -sin, 0, sin, cos, 0];
  },
};
