import { InputError } from "../../base/index.js";
import type { Random } from "../../base/index.js";
import { checkFinite, checkSameLength } from "../checks.js";
import { notEstimable } from "../estimate.js";

export interface FeatureClusters {
  /** Cluster of each row, numbered from the largest. */
  readonly assignment: Int32Array;
  readonly centers: readonly Float64Array[];
  /** Sum of squared distances to the centers, of the standardized features. */
  readonly inertia: number;
}

/**
 * k-means of standardized features, the best of several starts by k-means++.
 * @throws InputError `not-estimable` with fewer different rows than clusters; `length`, `not-finite`, `clusters`
 * @see D. Arthur, S. Vassilvitskii, SODA 2007; S. P. Lloyd, IEEE Trans Inf Theory 28, 1982
 */
export function clusterFeatures(
  features: readonly ArrayLike<number>[],
  options: { readonly clusters: number; readonly random: Random; readonly starts?: number },
): FeatureClusters {
  const { clusters, random, starts = 8 } = options;
  if (!Number.isSafeInteger(clusters) || clusters < 1) {
    throw new InputError("clusters", `clusters: expected a positive integer, got ${clusters}. Two to six are usual.`);
  }
  const rows = standardize(features);
  const different = new Set(rows.map((row) => row.join(","))).size;
  if (different < clusters) {
    throw notEstimable("clusters", `${clusters} different rows or more`, `${different}`, "Ask for fewer clusters.");
  }
  let best: FeatureClusters | undefined;
  for (let start = 0; start < starts; start++) {
    const found = lloyd(rows, firstCenters(rows, clusters, random));
    if (!best || found.inertia < best.inertia) best = found;
  }
  return sortBySize(best!, clusters);
}

/**
 * Mean silhouette: how much nearer cases are to their own cluster's center than to the next one's, from distances to centers.
 * @returns in [-1, 1], higher is better
 * @see P. J. Rousseeuw, J Comput Appl Math 20, 1987; E. R. Hruschka et al., 2004 (by centers)
 */
export function silhouetteOf(features: readonly ArrayLike<number>[], { assignment, centers }: FeatureClusters): number {
  const rows = standardize(features);
  const total = rows.reduce((sum, row, i) => {
    const distances = centers.map((center) => Math.sqrt(squaredDistance(row, center)));
    const own = distances[assignment[i]!]!;
    const next = Math.min(...distances.filter((_, k) => k !== assignment[i]));
    const scale = Math.max(own, next);
    return sum + (scale > 0 ? (next - own) / scale : 0);
  }, 0);
  return total / rows.length;
}

function standardize(features: readonly ArrayLike<number>[]): Float64Array[] {
  const width = features[0]?.length ?? 0;
  if (features.length === 0 || width === 0) throw notEstimable("clusters", "rows of features", "none", "Pass features.");
  features.forEach((row, i) => {
    checkSameLength(`features of case ${i}`, row.length, width);
    checkFinite(`feature of case ${i}`, row);
  });
  const n = features.length;
  const means = new Float64Array(width);
  const scales = new Float64Array(width);
  for (const row of features) for (let j = 0; j < width; j++) means[j]! += row[j]! / n;
  for (const row of features) for (let j = 0; j < width; j++) scales[j]! += (row[j]! - means[j]!) ** 2 / n;
  return features.map((row) =>
    Float64Array.from({ length: width }, (_, j) => (scales[j]! > 0 ? (row[j]! - means[j]!) / Math.sqrt(scales[j]!) : 0)),
  );
}

function firstCenters(rows: readonly Float64Array[], clusters: number, random: Random): Float64Array[] {
  const centers = [rows[random.integer(rows.length)]!];
  while (centers.length < clusters) {
    const distances = rows.map((row) => Math.min(...centers.map((center) => squaredDistance(row, center))));
    let left = random.uniform() * distances.reduce((sum, d) => sum + d, 0);
    let chosen = distances.findIndex((d) => (left -= d) < 0);
    if (chosen < 0) chosen = distances.indexOf(Math.max(...distances));
    centers.push(rows[chosen]!);
  }
  return centers.map((center) => center.slice());
}

function lloyd(rows: readonly Float64Array[], start: Float64Array[]): FeatureClusters {
  let centers = start;
  const assignment = new Int32Array(rows.length).fill(-1);
  for (let iteration = 0; ; iteration++) {
    let [changed, inertia] = [false, 0];
    rows.forEach((row, i) => {
      const distances = centers.map((center) => squaredDistance(row, center));
      const nearest = distances.indexOf(Math.min(...distances));
      inertia += distances[nearest]!;
      if (assignment[i] !== nearest) changed = true;
      assignment[i] = nearest;
    });
    if (!changed || iteration === 300) return { assignment, centers, inertia };
    centers = centers.map((center, k) => {
      const own = rows.filter((_, i) => assignment[i] === k);
      return own.length === 0
        ? center
        : Float64Array.from(center, (_, j) => own.reduce((sum, row) => sum + row[j]!, 0) / own.length);
    });
  }
}

function sortBySize({ assignment, centers, inertia }: FeatureClusters, clusters: number): FeatureClusters {
  const sizes = Array.from({ length: clusters }, (_, k) => assignment.filter((a) => a === k).length);
  const order = sizes.map((_, k) => k).sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  const rank = order.map((_, k) => order.indexOf(k));
  return { assignment: assignment.map((k) => rank[k]!), centers: order.map((k) => centers[k]!), inertia };
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j]! - b[j]!) ** 2;
  return sum;
}
