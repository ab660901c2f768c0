import type { HeatMap } from "./upsample.js";

/** Below this a map counts as zero: it is then returned as zeros and not blown up by the scaling. */
export const tinyMaximum = 1e-12;

/** Map over its largest size, so that it lies in [0, 1] or, where signed, in [-1, 1]; a map of zeros stays one. */
export function scaleToPeak({ values, height, width }: HeatMap): HeatMap {
  const largest = values.reduce((highest, value) => Math.max(highest, Math.abs(value)), tinyMaximum);
  return { values: values.map((value) => value / largest), height, width };
}
