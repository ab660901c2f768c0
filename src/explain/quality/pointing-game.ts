import type { Measure } from "./contract.js";
import { readMap, requireEvidence, requireRegion } from "./read-map.js";

/** Whether the hottest pixel lies in the region. */
export const pointingGame: Measure = {
  title: "Pointing game",
  summary: "Whether the hottest point of the map lies in the region.",
  formula: "1 where the largest value is inside the region, else 0; of several largest values the share that is inside",
  reference: "J. Zhang, S. A. Bargal, Z. Lin, J. Brandt, X. Shen, S. Sclaroff, Int J Comput Vis 126, 2018, doi:10.1007/s11263-017-1059-x",
  property: "localization",
  direction: "higher",
  range: [0, 1],
  needs: ["region"],
  reads: "positive",
  applies: "Any method, where a region is known. One bit per case: needs many cases.",
  passes: "none",
  elsewhere: ["Quantus"],
  measure: ({ map, region }) => {
    requireRegion(region!, "pointing game");
    const heat = readMap(map, region!, "positive");
    requireEvidence(heat, "pointing game");
    const highest = heat.reduce((a, b) => Math.max(a, b));
    let [hits, all] = [0, 0];
    heat.forEach((value, i) => {
      if (value < highest) return;
      all += 1;
      if (region!.values[i]! >= 0.5) hits += 1;
    });
    return hits / all;
  },
};
