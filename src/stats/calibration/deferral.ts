import { bootstrapInterval } from "../bootstrap.js";
import type { BootstrapEstimate, BootstrapMethod } from "../bootstrap.js";
import { checkFinite, checkLevel, checkSameLength, defaultLevel } from "../checks.js";
import { clusteredProportion } from "../clustered-proportion.js";
import { estimateOrReason, notEstimable } from "../estimate.js";
import type { Figure, StatisticFacts } from "../estimate.js";
import { sortedOrder } from "../placements.js";
import { proportionInterval } from "../proportion-interval.js";
import type { Key, ResamplingPlan } from "../resample.js";

export const deferralFacts: StatisticFacts = {
  title: "Deferral",
  summary: "Accuracy of a network that keeps the cases it is sure of and hands the others to a reader, over how many it keeps.",
  formula:
    "at threshold t the network keeps cases with confidence ≥ t; coverage: share kept; selective accuracy: among those kept; team: right " +
    "answers of the network on kept cases and of the reader on the others, over all. Area under the risk-coverage curve: mean over cases " +
    "k of the errors among the k surest, cases of equal confidence sharing their mean error",
  methods: ["wilson", "bootstrap (area)"],
  reference: "R. El-Yaniv, Y. Wiener, J Mach Learn Res 11, 2010; Y. Geifman et al., ICLR 2019 (area)",
};

export interface DeferralPoint {
  /** Lowest confidence that is kept. */
  readonly threshold: number;
  /** Share of cases kept, in (0, 1]. */
  readonly coverage: number;
  readonly selectiveAccuracy: Figure;
  /** Where a reader's answers are given. */
  readonly teamAccuracy?: Figure;
}

export interface DeferralInput {
  /** Whether the network is right, per case. */
  readonly right: readonly boolean[];
  /** How sure it is; higher is surer. */
  readonly confidence: ArrayLike<number>;
  /** Whether the reader who gets the deferred cases is right. */
  readonly readerRight?: readonly boolean[];
}

/**
 * Deferral curve, one point per different confidence, the surest first.
 * @throws InputError `not-estimable` without cases; `length`, `not-finite`
 */
export function deferralCurve(
  input: DeferralInput,
  options: { readonly level?: number; readonly groups?: readonly Key[] } = {},
): DeferralPoint[] {
  const { right, confidence, readerRight } = input;
  const level = checkLevel(options.level ?? defaultLevel);
  const { groups } = options;
  const order = checkedOrder(input);
  const n = right.length;
  const share = (cases: readonly number[], hit: (i: number) => boolean, subject: string): Figure =>
    estimateOrReason(() => {
      const hits = cases.map(hit);
      return groups
        ? clusteredProportion(hits, cases.map((i) => groups[i]!), { level, subject })
        : proportionInterval(hits.filter(Boolean).length, hits.length, { level, subject });
    });
  const points: DeferralPoint[] = [];
  for (let kept = 1; kept <= n; kept++) {
    const threshold = confidence[order[kept - 1]!]!;
    if (kept < n && confidence[order[kept]!] === threshold) continue;
    const own = order.slice(0, kept);
    const sure = new Set(own);
    points.push({
      threshold,
      coverage: kept / n,
      selectiveAccuracy: share(own, (i) => right[i]!, "selective accuracy"),
      ...(readerRight && {
        teamAccuracy: share(order, (i) => (sure.has(i) ? right[i]! : readerRight[i]!), "accuracy of the team"),
      }),
    });
  }
  return points;
}

/**
 * Area under the risk-coverage curve with a bootstrap interval.
 * @returns in [0, 1], lower is better; without any order of the cases it is the error rate
 * @throws InputError `not-estimable` without cases and as bootstrapInterval
 */
export function riskCoverageArea(
  input: Omit<DeferralInput, "readerRight">,
  options: Omit<ResamplingPlan, "n"> & { readonly level?: number; readonly method?: BootstrapMethod },
): BootstrapEstimate {
  const { right, confidence } = input;
  const order = checkedOrder(input);
  const statistic = (multiplicities: Float64Array): number | undefined => {
    let [area, kept, errors] = [0, 0, 0];
    for (let k = 0; k < order.length; ) {
      const threshold = confidence[order[k]!]!;
      let [here, wrong] = [0, 0];
      for (; k < order.length && confidence[order[k]!] === threshold; k++) {
        const i = order[k]!;
        here += multiplicities[i]!;
        if (!right[i]) wrong += multiplicities[i]!;
      }
      // Within ties errors come at an even rate: the k-th case adds (errors + (k/here) wrong)/(kept + k).
      for (let step = 1; step <= here; step++) area += (errors + (step / here) * wrong) / (kept + step);
      kept += here;
      errors += wrong;
    }
    return kept > 0 ? area / kept : undefined;
  };
  return bootstrapInterval(statistic, { subject: "area under the risk-coverage curve", ...options, n: right.length });
}

function checkedOrder({ right, confidence, readerRight }: DeferralInput): number[] {
  checkSameLength("confidence", confidence.length, right.length);
  if (readerRight) checkSameLength("answers of the reader", readerRight.length, right.length);
  checkFinite("confidence", confidence);
  if (right.length === 0) throw notEstimable("deferral", "at least one case", "0", "Predict some cases first.");
  return Array.from(sortedOrder(confidence)).reverse();
}
