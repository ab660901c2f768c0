import { InputError } from "../../base/index.js";
import type { Measure, MeasureSubject } from "./contract.js";
import { readMap, requireEvidence, requireRegion } from "./read-map.js";

/** Pixels that are hot, inside the region, and both. */
function countOverlap({ map, region }: MeasureSubject, threshold: number, subject: string) {
  if (!(threshold > 0 && threshold <= 1)) throw new InputError("measure-setting", `${subject}, threshold: expected a share of the peak from above 0 to 1, got ${threshold}.`);
  const inside = requireRegion(region!, subject);
  const heat = readMap(map, region!, "positive");
  requireEvidence(heat, subject);
  const limit = threshold * heat.reduce((a, b) => Math.max(a, b));
  let [hot, both] = [0, 0];
  heat.forEach((value, i) => {
    if (value < limit) return;
    hot += 1;
    if (region!.values[i]! >= 0.5) both += 1;
  });
  return { hot, inside, both };
}

const shared = { property: "localization", direction: "higher", range: [0, 1], needs: ["region"], reads: "positive", passes: "none" } as const;

export const iou: Measure = {
  ...shared,
  title: "IoU at a threshold",
  summary: "Overlap of the map's hot part with the region: intersection over union.",
  formula: "|hot ∩ region| / |hot ∪ region|, hot = pixels of at least half of the peak unless `threshold` says another",
  reference: "P. Jaccard, New Phytol 11, 1912; B. Zhou et al., CVPR 2016, section 3.2, arXiv:1512.04150 (maps cut at a share of the peak)",
  applies: "Any method, where a region is known. Depends on the threshold; read it beside AUPRC, which has none.",
  elsewhere: [],
  measure: (subject, { threshold = 0.5 }) => {
    const { hot, inside, both } = countOverlap(subject, threshold, "IoU");
    return both / (hot + inside - both);
  },
};

export const dice: Measure = {
  ...shared,
  title: "Dice at a threshold",
  summary: "Overlap of the map's hot part with the region: Dice's coefficient, 2 IoU / (1 + IoU).",
  formula: "2 |hot ∩ region| / (|hot| + |region|), hot = pixels of at least half of the peak unless `threshold` says another",
  reference: "L. R. Dice, Ecology 26, 1945, doi:10.2307/1932409",
  applies: "As IoU, of which it is a rising function.",
  elsewhere: [],
  measure: (subject, { threshold = 0.5 }) => {
    const { hot, inside, both } = countOverlap(subject, threshold, "Dice");
    return (2 * both) / (hot + inside);
  },
};
