import type { GeometricAugmentation } from "./contract.js";
import { identityAffine } from "./affine.js";

/** Mirrors left and right with the given probability. Not for labels that name a side. */
export const flip: GeometricAugmentation = {
  kind: "geometric",
  title: "Horizontal flip",
  summary: "Mirrors left and right with the given probability; not for labels that name a side.",
  reference: "Krizhevsky, Sutskever, Hinton, NIPS 2012, section 4.1",
  parameter: { name: "probability", unit: "probability", minimum: 0, maximum: 1, identity: 0, suggested: 0.5 },
  draw: (probability, random) => (random.uniform() < probability ? [1, 0, 0, 0, -1, 0] : identityAffine),
};
