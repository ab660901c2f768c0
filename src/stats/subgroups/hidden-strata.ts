import type { Random } from "../../base/index.js";
import { checkSameLength } from "../checks.js";
import { notEstimable } from "../estimate.js";
import type { StatisticFacts } from "../estimate.js";
import { collect } from "../resample.js";
import type { Key } from "../resample.js";
import { clusterFeatures, silhouetteOf } from "./cluster-features.js";
import type { FeatureClusters } from "./cluster-features.js";
import { proportionHeterogeneity } from "./heterogeneity.js";
import { subgroupProportions } from "./subgroup-figures.js";
import type { SubgroupReport } from "./subgroup-figures.js";

export const hiddenStrataFacts: StatisticFacts = {
  title: "Hidden strata",
  summary: "Groups of cases that nobody named, found by clustering a network's features, on which it does worse than elsewhere.",
  formula:
    "k-means of standardized features, k by the largest mean silhouette; accuracy per cluster with interval; p = share of exchanges of the " +
    "patients' results among clusters with a Pearson χ² at least as large, (1 + #)/(1 + B). The clusters do not know the results, so that the " +
    "test is valid",
  methods: ["k-means, permutation"],
  reference: "L. Oakden-Rayner et al., ACM CHIL 2020, doi:10.1145/3368555.3384468; N. Sohoni et al., NeurIPS 2020",
};

export interface HiddenStrata extends SubgroupReport {
  readonly clusters: FeatureClusters;
  /** Mean silhouette of the clusters, in [-1, 1]. */
  readonly silhouette: number;
  /** Test by permutation that the accuracy is the same in all clusters. */
  readonly p: number;
  readonly permutations: number;
}

/**
 * Finds clusters of features and how a network does in each.
 * @param features one row per case, such as the network's last layer before the classes
 * @param hits whether the network is right, per case
 * @param options.clusters numbers of clusters to try; default 2 to 6
 * @throws InputError `not-estimable` with fewer different rows than clusters, or where all are right or all wrong; `length`
 * @see finds a planted stratum, and nothing where there is none (slow tests)
 */
export function hiddenStrata(
  features: readonly ArrayLike<number>[],
  hits: readonly boolean[],
  options: {
    readonly random: Random;
    readonly clusters?: readonly number[];
    readonly groups?: readonly Key[];
    readonly level?: number;
    readonly permutations?: number;
  },
): HiddenStrata {
  const { random, clusters: tried = [2, 3, 4, 5, 6], groups, level, permutations = 999 } = options;
  checkSameLength("hits", hits.length, features.length);
  const candidates = tried.map((clusters) => {
    const found = clusterFeatures(features, { clusters, random });
    return { found, silhouette: silhouetteOf(features, found) };
  });
  const best = candidates.reduce((a, b) => (b.silhouette > a.silhouette ? b : a));
  const { assignment } = best.found;
  if (hits.every((hit) => hit === hits[0])) {
    throw notEstimable("hidden strata", "right and wrong answers", "one kind only", "There is nothing to find.");
  }
  // Results are exchanged between patients with equally many cases, so that every patient stays whole.
  const patients = groups ? collect(groups) : hits.map((_, i) => [i]);
  const alike = collect(patients.map((cases) => cases.length));
  const observed = spread(assignment, hits);
  const permuted = [...hits];
  let extreme = 0;
  for (let k = 0; k < permutations; k++) {
    for (const units of alike) {
      const order = random.shuffle(units);
      units.forEach((unit, u) => patients[unit]!.forEach((i, c) => (permuted[i] = hits[patients[order[u]!]![c]!]!)));
    }
    if (spread(assignment, permuted) >= observed * (1 - 1e-12)) extreme += 1;
  }
  const report = subgroupProportions(hits, Array.from(assignment), {
    ...(groups && { groups }),
    ...(level !== undefined && { level }),
  });
  return {
    ...report,
    clusters: best.found,
    silhouette: best.silhouette,
    p: (1 + extreme) / (1 + permutations),
    permutations,
  };
}

function spread(assignment: Int32Array, hits: readonly boolean[]): number {
  const counts = Array.from({ length: Math.max(...assignment) + 1 }, () => ({ successes: 0, n: 0 }));
  assignment.forEach((k, i) => {
    counts[k]!.n += 1;
    if (hits[i]) counts[k]!.successes += 1;
  });
  return proportionHeterogeneity(counts.filter(({ n }) => n > 0)).statistic;
}
