import { checkLevel, checkSameLength, defaultLevel } from "../checks.js";
import { clusteredProportion } from "../clustered-proportion.js";
import { estimateOrReason, notEstimable } from "../estimate.js";
import type { Figure } from "../estimate.js";
import { proportionInterval } from "../proportion-interval.js";
import { collect } from "../resample.js";
import type { Key } from "../resample.js";

export interface SetCoverage {
  /** Share of sets that hold the true class. */
  readonly coverage: Figure;
  readonly meanSize: number;
  /** Share of sets with a single class. */
  readonly single: Figure;
  readonly empty: number;
  readonly perClass: ReadonlyMap<number, Figure>;
  /** Where subgroups are named. */
  readonly perSubgroup: ReadonlyMap<Key, Figure>;
}

/**
 * How often prediction sets hold the truth, over all cases, by class and by subgroup.
 * @param sets class indices per case
 * @throws InputError `not-estimable` without cases, `length`
 */
export function setCoverage(
  truth: ArrayLike<number>,
  sets: readonly (readonly number[])[],
  options: { readonly level?: number; readonly groups?: readonly Key[]; readonly subgroups?: readonly Key[] } = {},
): SetCoverage {
  const level = checkLevel(options.level ?? defaultLevel);
  const n = truth.length;
  checkSameLength("sets", sets.length, n);
  if (n === 0) throw notEstimable("coverage", "at least one set", "0", "Predict some cases first.");
  const { groups, subgroups } = options;
  if (subgroups) checkSameLength("subgroups", subgroups.length, n);
  const share = (cases: readonly number[], hit: (i: number) => boolean, subject: string): Figure =>
    estimateOrReason(() => {
      const hits = cases.map(hit);
      return groups
        ? clusteredProportion(hits, cases.map((i) => groups[i]!), { level, subject })
        : proportionInterval(hits.filter(Boolean).length, hits.length, { level, subject });
    });
  const all = Array.from({ length: n }, (_, i) => i);
  const holds = (i: number): boolean => sets[i]!.includes(truth[i]!);
  const by = (keys: readonly Key[]): Map<Key, Figure> =>
    new Map(collect(keys).map((cases) => [keys[cases[0]!]!, share(cases, holds, `coverage of ${keys[cases[0]!]!}`)]));
  return {
    coverage: share(all, holds, "coverage"),
    meanSize: sets.reduce((sum, set) => sum + set.length, 0) / n,
    single: share(all, (i) => sets[i]!.length === 1, "single sets"),
    empty: sets.filter((set) => set.length === 0).length,
    perClass: by(Array.from(truth)) as Map<number, Figure>,
    perSubgroup: subgroups ? by(subgroups) : new Map<Key, Figure>(),
  };
}
