import { InputError } from "../../base/index.js";
import type { Measure, MeasureSubject } from "./contract.js";
import { rankPixels, readMap, requireEvidence, requireRegion } from "./read-map.js";

/** Share of the `count` hottest pixels that lie in the region. */
function hottestInside({ map, region }: MeasureSubject, count: number, seed: number, subject: string): number {
  const heat = readMap(map, region!, "positive");
  requireEvidence(heat, subject);
  let hits = 0;
  for (const pixel of rankPixels(heat, seed).subarray(0, count)) if (region!.values[pixel]! >= 0.5) hits += 1;
  return hits / count;
}

const shared = { property: "localization", direction: "higher", range: [0, 1], needs: ["region"], reads: "positive", passes: "none" } as const;

/** As many of the hottest pixels as the region has. */
export const relevanceRankAccuracy: Measure = {
  ...shared,
  title: "Relevance rank accuracy",
  summary: "Of as many of the hottest pixels as the region has, the share that lies inside it.",
  formula: "|hottest k pixels ∩ region| / k, k = pixels of the region; ties in a random order by the seed",
  reference: "L. Arras, A. Osman, W. Samek, CLEVR-XAI, Inf Fusion 81, 2022, section 4.2, doi:10.1016/j.inffus.2021.11.008",
  applies: "Any method, where a region is known. Looks at the order of the pixels alone: the same under any rising change of the map.",
  elsewhere: ["Quantus"],
  measure: (subject, { seed = 0 }) => hottestInside(subject, requireRegion(subject.region!, "relevance rank accuracy"), seed, "relevance rank accuracy"),
};

/** A fixed number of the hottest pixels. */
export const topKIntersection: Measure = {
  ...shared,
  title: "Top-k intersection",
  summary: "Of the hottest hundredth of the pixels, the share that lies inside the region.",
  formula: "|hottest k pixels ∩ region| / k, k = 1 % of the pixels unless `share` says another, never more than the region has; ties in a random order by the seed",
  reference: "J. Theiner, E. Müller-Budack, R. Ewerth, Interpretable Semantic Photo Geolocation, WACV 2022, section 4.3, arXiv:2104.14995",
  applies: "Any method, where a region is known. Looks at the very top of the map only.",
  elsewhere: ["Quantus"],
  measure: (subject, { seed = 0, share = 0.01 }) => {
    if (!(share > 0 && share <= 1)) throw new InputError("measure-setting", `top-k intersection, share: expected a share from above 0 to 1, got ${share}.`);
    const area = requireRegion(subject.region!, "top-k intersection");
    return hottestInside(subject, Math.min(area, Math.ceil(share * subject.region!.values.length)), seed, "top-k intersection");
  },
};
