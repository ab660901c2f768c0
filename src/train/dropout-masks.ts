import { float32, seededRandom, sizeOf, type Tensor } from "../base/index.js";
import type { DropoutMask } from "./training-form.js";

/** Draws a step's masks: each element is 0 with its probability p, else 1 / (1 - p). The numbers depend on seed, step and mask alone. */
export function drawMasks(masks: readonly DropoutMask[], { seed, update }: { seed: number; update: number }): Record<string, Tensor> {
  return Object.fromEntries(
    masks.map(({ name, shape, probability }) => {
      const random = seededRandom(seed, "dropout", update, name);
      const kept = 1 / (1 - probability);
      return [name, float32(shape, Float32Array.from({ length: sizeOf(shape) }, () => (random.uniform() < probability ? 0 : kept)))];
    }),
  );
}
