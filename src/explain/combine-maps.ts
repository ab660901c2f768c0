import { InputError } from "../base/index.js";
import { scaleToPeak } from "./scale-map.js";
import { upsample, type HeatMap } from "./upsample.js";

export interface CombinedMaps {
  /** Mean of the maps, each over its largest size. */
  readonly mean: HeatMap;
  /** Share of the maps, 0..1, of whose highest part the pixel is one; the pixels on which all agree are 1. */
  readonly agreement: HeatMap;
  /** Standard deviation (divisor n) over the maps, each over its largest size. */
  readonly disagreement: HeatMap;
}

/** The `count` highest pixels above zero as 1, ties at the border included. */
function highest(values: Float32Array, count: number): Float32Array {
  const border = Math.max(Float32Array.from(values).sort().at(-count)!, Number.MIN_VALUE);
  return values.map((value) => (value >= border ? 1 : 0));
}

/**
 * Several maps of one image as one: of several methods, layers, networks or seeds. Maps of different extent are brought
 * bilinearly to the largest. A map of zeros says nothing and has no highest part.
 * @param options topShare: the highest part of a map, as a share of its pixels; default 0.2
 * @throws InputError `no-maps`, `top-share`
 */
export function combineMaps(maps: readonly HeatMap[], { topShare = 0.2 }: { readonly topShare?: number } = {}): CombinedMaps {
  if (maps.length === 0) throw new InputError("no-maps", "combineMaps: expected one map or more, got none.");
  if (!(topShare > 0 && topShare <= 1)) throw new InputError("top-share", `topShare: expected more than 0 and at most 1, got ${topShare}.`);
  const height = Math.max(...maps.map((map) => map.height));
  const width = Math.max(...maps.map((map) => map.width));
  const scaled = maps.map((map) => upsample(scaleToPeak(map), height, width).values);
  const tops = scaled.map((values) => highest(values, Math.max(1, Math.round(topShare * values.length))));
  const average = (of: readonly Float32Array[], at: number) => of.reduce((sum, values) => sum + values[at]!, 0) / of.length;
  const draw = (value: (at: number) => number): HeatMap => ({ values: Float32Array.from({ length: height * width }, (_, at) => value(at)), height, width });
  const mean = draw((at) => average(scaled, at));
  const spread = (at: number) => Math.sqrt(scaled.reduce((sum, values) => sum + (values[at]! - average(scaled, at)) ** 2, 0) / scaled.length);
  return { mean, agreement: draw((at) => average(tops, at)), disagreement: draw(spread) };
}
