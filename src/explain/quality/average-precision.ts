import type { HeatMap } from "../upsample.js";
import type { Measure } from "./contract.js";
import { readMap, requireEvidence, requireRegion } from "./read-map.js";

/**
 * Area under the precision-recall curve of the pixels: Σ (R_k - R_(k-1)) P_k over the distinct values of the map, largest first.
 * @returns in [0, 1]; a random map has the region's share of the image
 */
export function pixelPrecision(heat: Float32Array, region: HeatMap): number {
  const inside = requireRegion(region, "AUPRC");
  // Both lists from the largest value; only counts matter, so that two sorted lists do.
  const all = Float32Array.from(heat).sort();
  const hits = heat.filter((_, i) => region.values[i]! >= 0.5).sort();
  let [area, atAll, atHits] = [0, all.length, hits.length];
  while (atHits > 0) {
    const value = hits[atHits - 1]!;
    const before = atHits;
    while (atHits > 0 && hits[atHits - 1] === value) atHits--;
    while (atAll > 0 && all[atAll - 1]! >= value) atAll--;
    area += ((before - atHits) / inside) * ((hits.length - atHits) / (all.length - atAll));
  }
  return area;
}

export const averagePrecision: Measure = {
  title: "AUPRC against the mask",
  summary: "How well the map's values find the region's pixels, over all thresholds: the area under their precision-recall curve.",
  formula: "Σ (recall_k − recall_(k−1)) precision_k over the distinct values of the map, largest first; equal values are one step",
  reference: "N. Arun et al., Radiol Artif Intell 3, 2021, e200267, doi:10.1148/ryai.2021200267",
  property: "localization",
  direction: "higher",
  range: [0, 1],
  needs: ["region"],
  reads: "positive",
  applies: "Any method, where a region is known. A random map has the region's share of the image; the same under any rising change of the map.",
  passes: "none",
  elsewhere: [],
  measure: ({ map, region }) => {
    const heat = readMap(map, region!, "positive");
    requireEvidence(heat, "AUPRC");
    return pixelPrecision(heat, region!);
  },
};
