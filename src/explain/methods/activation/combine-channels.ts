import type { DrivenMap, Question } from "../contract.js";

/** ReLU(sum_c w_c A_c), [h, w]. */
export function combineChannels(layer: NonNullable<Question["layer"]>, weights: ArrayLike<number>): DrivenMap {
  const { activations, channels, height, width } = layer;
  const size = height * width;
  const values = new Float32Array(size);
  for (let p = 0; p < size; p++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += weights[c]! * activations[c * size + p]!;
    values[p] = Math.max(0, sum);
  }
  return { values, height, width };
}
