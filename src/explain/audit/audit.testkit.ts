import { float32, seededRandom } from "../../base/index.js";
import { buildNetwork, initializeWeights, type ArchitectureName } from "../../models/index.js";
import type { AuditedCase, AuditedModel } from "./contract.js";

const side = 32;

/** Images with a bright disc, half of them on the left, and where it is. */
export function discCases(count: number): { readonly images: Float32Array; readonly cases: AuditedCase[] } {
  const images = new Float32Array(count * 3 * side * side);
  const cases = Array.from({ length: count }, (_, n): AuditedCase => {
    const random = seededRandom("disc", n);
    const [cy, cx] = [8 + 16 * random.uniform(), (n % 2 === 0 ? 8 : 24) + 2 * random.uniform()];
    const inside = Float32Array.from({ length: side * side }, (_unused, i) => (Math.hypot(Math.floor(i / side) - cy, (i % side) - cx) < 5 ? 1 : 0));
    for (let c = 0; c < 3; c++) for (let i = 0; i < side * side; i++) images[(n * 3 + c) * side * side + i] = 2 * inside[i]! + 0.3 * random.normal();
    return { id: `disc-${n}`, label: n % 2 === 0 ? "left" : "right", patient: `p${n >> 1}`, region: { values: inside, height: side, width: side } };
  });
  return { images, cases };
}

/** A tiny network with random weights over images in memory. */
export function randomModel(name: ArchitectureName, seed: number, images: Float32Array): AuditedModel {
  const network = buildNetwork(name, { classes: 2, inputSize: side });
  const size = 3 * side * side;
  return {
    name: `${name} ${seed}`, architecture: name, network, weights: initializeWeights(network, seededRandom("audited", seed)), labels: ["left", "right"],
    read: async (indices) => float32([indices.length, 3, side, side], Float32Array.from({ length: indices.length * size }, (_, i) => images[indices[Math.floor(i / size)]! * size + (i % size)]!)),
  };
}
