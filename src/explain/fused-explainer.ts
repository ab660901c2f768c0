import { combineMaps } from "./combine-maps.js";
import type { Explainer, Explanation } from "./explainer.js";
import { scaleToPeak } from "./scale-map.js";

/**
 * One method at several layers as one: the mean of the scaled maps, at the largest of their extents.
 * @param explainers the method at each layer
 */
export function fuseExplainers(explainers: readonly Explainer[], scaling: "peak" | "none"): Explainer {
  return {
    explain: async (images, watch) => {
      const each: Explanation[] = [];
      for (const explainer of explainers) each.push(await explainer.explain(images, watch));
      const [first] = each;
      const maps = first!.maps.map((_, n) => {
        const { mean } = combineMaps(each.map(({ maps: ofLayer }) => ofLayer[n]!));
        return scaling === "peak" ? scaleToPeak(mean) : mean;
      });
      return { ...first!, maps, readings: maps.map(() => ({})) };
    },
    release: async () => {
      for (const explainer of explainers) await explainer.release();
    },
  };
}
