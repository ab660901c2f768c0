import { seededRandom } from "../../base/index.js";
import type { ImageTraits } from "../../data/index.js";
import { clusterFeatures, estimateOrReason, isEstimable, silhouetteOf } from "../../stats/index.js";
import type { SubgroupColumn } from "./subgroups.js";

/** Numbers of groups that are tried, fewest cases for it, fewest cases of a group, and the silhouette below which there are no groups. */
const [tried, leastCases, leastInGroup, leastSilhouette] = [[2, 3, 4], 60, 12, 0.15];
/** Name of the groups as a column. */
export const lookAlikeColumn = "images that look alike";

/** What an image looks like, anatomy aside as far as that goes: brightness, contrast, noise, sharpness, shape and what lies at its edges. */
function featuresOf({ height, width, brightness, noise, thumbnail }: ImageTraits): number[] {
  const rows = Math.sqrt(thumbnail.length);
  // Cells at the edge of the grid: air, table, collimation, and how the patient is placed.
  const rim = thumbnail.filter((_, i) => [0, rows - 1].includes(Math.floor(i / rows)) || [0, rows - 1].includes(i % rows));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return [Math.log(width / height), Math.log(height * width), brightness.mean, brightness.deviation, brightness.rimLessCenter, Math.log(noise.fine + 1e-4), Math.log(noise.coarse + 1e-4), Math.log(noise.peakedness + 1), mean(rim), Math.sqrt(mean(rim.map((value) => (value - mean(rim)) ** 2)))];
}

/**
 * Hidden strata: groups of images that look alike, found without a look at any result. What images of one class have in common is
 * taken away first, so that groups are no second names of the classes.
 * @returns undefined where there are too few images, or no groups
 */
export function lookAlikes(cases: readonly { readonly id: string; readonly label: string }[], traits: ReadonlyMap<string, ImageTraits>, { seed }: { readonly seed: number | string }): SubgroupColumn | undefined {
  const known = cases.filter(({ id }) => traits.has(id));
  if (known.length < leastCases) return undefined;
  const features = known.map(({ id }) => featuresOf(traits.get(id)!));
  const byLabel = new Map<string, number[]>();
  known.forEach(({ label }, i) => byLabel.set(label, [...(byLabel.get(label) ?? []), i]));
  for (const members of byLabel.values()) {
    for (let j = 0; j < features[0]!.length; j++) {
      const mean = members.reduce((sum, i) => sum + features[i]![j]!, 0) / members.length;
      for (const i of members) features[i]![j]! -= mean;
    }
  }
  const found = tried.flatMap((clusters) => {
    const groups = estimateOrReason(() => clusterFeatures(features, { clusters, random: seededRandom("look-alikes", seed, clusters) }));
    if (!isEstimable(groups)) return [];
    const sizes = Array.from({ length: clusters }, (_, k) => groups.assignment.filter((own) => own === k).length);
    return Math.min(...sizes) >= leastInGroup ? [{ groups, sizes, silhouette: silhouetteOf(features, groups) }] : [];
  });
  const best = found.sort((a, b) => b.silhouette - a.silhouette)[0];
  if (best === undefined || best.silhouette < leastSilhouette) return undefined;
  // The largest group is the first, so that names do not hang on where the search began.
  const rank = best.sizes.map((_, k) => k).sort((a, b) => best.sizes[b]! - best.sizes[a]! || a - b);
  return { column: lookAlikeColumn, groupOf: new Map(known.map(({ id }, i) => [id, `group ${rank.indexOf(best.groups.assignment[i]!) + 1} of ${rank.length}`])) };
}
