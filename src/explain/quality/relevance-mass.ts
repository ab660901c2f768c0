import { InputError } from "../../base/index.js";
import { upsample, type HeatMap } from "../upsample.js";

/**
 * Relevance mass accuracy: the share of a heat map that lies inside a known region,
 * sum of the map over the region / sum of the map.
 * @param map any extent, values >= 0 (negative evidence counts as none); upsampled to the region
 * @param region [H, W] in [0, 1]; fractions count as partly inside
 * @returns in [0, 1], higher is better. A map spread evenly has the region's share of the image.
 * @throws InputError `not-estimable` when the map or the region is zero everywhere
 * @see L. Arras, A. Osman, W. Samek, CLEVR-XAI, Information Fusion 81, 2022, section 4.2
 */
export function relevanceMass(map: HeatMap, region: HeatMap): number {
  const heat = upsample(map, region.height, region.width).values;
  let inside = 0;
  let total = 0;
  let area = 0;
  for (let i = 0; i < heat.length; i++) {
    const value = Math.max(0, heat[i]!);
    inside += value * region.values[i]!;
    total += value;
    area += region.values[i]!;
  }
  if (!(total > 0)) throw new InputError("not-estimable", "relevance mass: expected a map with evidence, got one that is zero everywhere. Leave the case out and count it.");
  if (!(area > 0)) throw new InputError("not-estimable", "relevance mass: expected a region, got an empty one. Draw the region or leave the case out.");
  return inside / total;
}

/** Share of the image that the region covers: what a map spread evenly would get. */
export function regionShare(region: HeatMap): number {
  return region.values.reduce((sum, value) => sum + value, 0) / region.values.length;
}
