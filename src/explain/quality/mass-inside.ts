import type { HeatMap } from "../upsample.js";
import type { Measure } from "./contract.js";
import { requireRegion } from "./read-map.js";
import { relevanceMass } from "./relevance-mass.js";

/** Share of the evidence on the region itself. */
export const relevanceMassAccuracy: Measure = {
  title: "Relevance mass accuracy",
  summary: "Share of the map's evidence that lies inside the region.",
  formula: "sum of the positive map over the region / sum of the positive map; fractions of the region count as partly inside",
  reference: "L. Arras, A. Osman, W. Samek, CLEVR-XAI, Inf Fusion 81, 2022, section 4.2, doi:10.1016/j.inffus.2021.11.008",
  property: "localization",
  direction: "higher",
  range: [0, 1],
  needs: ["region"],
  reads: "positive",
  applies: "Any method, where a region is known. An even map has the region's share of the image, so compare with that.",
  passes: "none",
  elsewhere: ["Quantus"],
  measure: ({ map, region }) => relevanceMass(map, region!),
};

/** Share of the evidence in the box around the region. */
export const energyInside: Measure = {
  ...relevanceMassAccuracy,
  title: "Energy inside",
  summary: "Share of the map's evidence that lies inside the box around the region: the energy-based pointing game.",
  formula: "sum of the positive map over the region's bounding box / sum of the positive map",
  reference: "H. Wang et al., Score-CAM, CVPR Workshops 2020, section 4.3, arXiv:1910.01279",
  applies: "Any method, where a region or a box is known. Kinder than the mass on the region itself.",
  elsewhere: ["Quantus"],
  measure: ({ map, region }) => {
    requireRegion(region!, "energy inside");
    return relevanceMass(map, boxAround(region!));
  },
};

/** The smallest box that holds the region's pixels of 0.5 and more. */
export function boxAround({ values, height, width }: HeatMap): HeatMap {
  let [top, bottom, left, right] = [height, -1, width, -1];
  values.forEach((value, i) => {
    if (value < 0.5) return;
    const [y, x] = [Math.floor(i / width), i % width];
    [top, bottom, left, right] = [Math.min(top, y), Math.max(bottom, y), Math.min(left, x), Math.max(right, x)];
  });
  const inside = (i: number) => Math.floor(i / width) >= top && Math.floor(i / width) <= bottom && i % width >= left && i % width <= right;
  return { values: values.map((_, i) => (inside(i) ? 1 : 0)), height, width };
}
