import { InputError } from "../base/index.js";
import { checkLevel, checkSameLength, defaultLevel } from "./checks.js";
import { normalCritical, studentCritical } from "./distributions/index.js";
import { notEstimable } from "./estimate.js";
import type { StatisticFacts } from "./estimate.js";
import { findProportionMethod, limitsInside, proportionInterval } from "./proportion-interval.js";
import type { ProportionEstimate, ProportionOptions } from "./proportion-interval.js";
import type { Key } from "./resample.js";

export const clusteredProportionFacts: StatisticFacts = {
  title: "Proportion of clustered cases",
  summary: "A proportion where patients have several images: the interval is made with the effective number of cases.",
  formula:
    "p = Σxᵢ/Σmᵢ over K patients; v = K/(K − 1) Σ(xᵢ − p mᵢ)²/n²; design effect d = max(1, v n/(p (1 − p))), at p " +
    "= 0 or 1 its upper bound Σmᵢ²/Σmᵢ; " +
    "the interval of x/n with n replaced by (n/d)(z/t)², t on K − 1 degrees of freedom. One image per patient " +
    "gives the plain interval.",
  methods: ["wilson", "clopper-pearson", "jeffreys", "agresti-coull"],
  reference:
    "J. N. K. Rao, A. J. Scott, Biometrics 48, 1992, doi:10.2307/2532311 (design effect); E. L. Korn, B. I. " +
    "Graubard, Surv Methodol 24, 1998 (degrees of freedom)",
};

export interface ClusteredProportionEstimate extends ProportionEstimate {
  readonly clusters: number;
  readonly designEffect: number;
  /** Number of independent cases that carry as much information. */
  readonly effectiveN: number;
}

/**
 * A proportion of cases that come in clusters (images of one patient).
 * @param hits per case, whether it counts
 * @param groups per case, its patient
 * @throws InputError `not-estimable` without cases or with one cluster of several cases
 */
export function clusteredProportion(
  hits: readonly boolean[],
  groups: readonly Key[],
  options: ProportionOptions = {},
): ClusteredProportionEstimate {
  checkSameLength("groups", groups.length, hits.length);
  const level = checkLevel(options.level ?? defaultLevel);
  const { subject = "proportion" } = options;
  const n = hits.length;
  const clusters = new Map<Key, { hits: number; size: number }>();
  hits.forEach((hit, i) => {
    const cluster = clusters.get(groups[i]!) ?? { hits: 0, size: 0 };
    cluster.size += 1;
    if (hit) cluster.hits += 1;
    clusters.set(groups[i]!, cluster);
  });
  const sizes = [...clusters.values()];
  const successes = sizes.reduce((sum, cluster) => sum + cluster.hits, 0);
  if (sizes.length === n) {
    return { ...proportionInterval(successes, n, options), clusters: n, designEffect: 1, effectiveN: n };
  }
  if (sizes.length === 1) {
    throw notEstimable(subject, "cases of at least two patients", `${n} cases of one`, "Gather more patients.");
  }
  const chosen = findProportionMethod(options.method ?? "wilson");
  if (!chosen.acceptsEffectiveCounts) {
    throw new InputError(
      "interval-method",
      `${subject}: expected an interval that allows clusters, got ${chosen.title}. Use "wilson".`,
    );
  }
  const p = successes / n;
  const designEffect = designEffectOf(sizes, p, n);
  const effectiveN = (n / designEffect) * (normalCritical(level) / studentCritical(level, sizes.length - 1)) ** 2;
  // At the ends p * effectiveN must be 0 or effectiveN exactly, so that the limit there is exact.
  const effectiveSuccesses = successes === n ? effectiveN : p * effectiveN;
  const { lower, upper, warnings } = limitsInside(chosen, effectiveSuccesses, effectiveN, level);
  return {
    estimate: p,
    lower,
    upper,
    level,
    method: `${chosen.title}, design effect of ${sizes.length} patients`,
    n,
    successes,
    clusters: sizes.length,
    designEffect,
    effectiveN,
    ...(warnings && { warnings }),
  };
}

function designEffectOf(clusters: readonly { hits: number; size: number }[], p: number, n: number): number {
  if (p === 0 || p === 1) return clusters.reduce((sum, { size }) => sum + size * size, 0) / n;
  const squares = clusters.reduce((sum, { hits, size }) => sum + (hits - p * size) ** 2, 0);
  const variance = ((clusters.length / (clusters.length - 1)) * squares) / (n * n);
  return Math.max(1, (variance * n) / (p * (1 - p)));
}
