import { nearness } from "./band-agreement.js";
import type { Compared } from "./leak-tasks.js";

/** Two images that show the same exposure. */
export interface NearDuplicate {
  /** Positions in the list of cases. */
  readonly a: number;
  readonly b: number;
  /** Agreement of fine, middle and coarse detail, once laid over one another: 0 to 1. */
  readonly detail: number;
  readonly isMirrored: boolean;
  /** Share of b that lies inside a. */
  readonly overlap: number;
}

/** Bounds of the agreement that counts as a copy's, on the scale of {@link nearness}. */
export const [lowest, highest] = [5.15, 5.6] as const;
/** Share of the images whose second best agrees less, and how much nearer than that a copy must be. */
const [share, nearer] = [0.8, 1.15];

/** The agreement of a nearness. */
export const ofNearness = (value: number): number => 1 - Math.exp(-value);

/**
 * The agreement that counts as a copy's: 0.9942, or more where images of the data set agree so well with the second best of those
 * compared that another exposure might reach it; the best may be a copy. By nearness 1.15 above the 80th percentile, and 5.6
 * (0.9963) at most.
 */
export function thresholdOf(compared: readonly Pick<Compared, "a" | "b" | "agreement">[], n: number): number {
  const [best, second] = [new Float64Array(n), new Float64Array(n)];
  for (const { a, b, agreement } of onePerPair(compared)) {
    for (const index of [a, b]) {
      second[index] = Math.max(second[index]!, Math.min(best[index]!, nearness(agreement)));
      best[index] = Math.max(best[index]!, nearness(agreement));
    }
  }
  return ofNearness(Math.min(highest, Math.max(lowest, second.sort()[Math.floor(share * (n - 1))]! + nearer)));
}

/** The better of a pair's two ways, where it was compared both as it is and mirrored. */
function onePerPair<T extends Pick<Compared, "a" | "b" | "agreement">>(compared: readonly T[]): T[] {
  const pairs = new Map<string, T>();
  for (const one of compared) {
    const key = `${Math.min(one.a, one.b)} ${Math.max(one.a, one.b)}`;
    if ((pairs.get(key)?.agreement ?? -1) < one.agreement) pairs.set(key, one);
  }
  return [...pairs.values()];
}

/** Nearness from which a pair needs no other witness, and how much nearer a better partner is. */
const [certain, clearly] = [6.2, 1];

/**
 * Each pair once, without the weak ones of which both have a clearly better partner: two copies of different images that were
 * disguised alike. Were they one exposure, their better partners would tie them all the same.
 */
export function choosePairs(compared: readonly Compared[]): NearDuplicate[] {
  const most = new Map<number, number>();
  for (const { a, b, agreement } of compared) for (const index of [a, b]) most.set(index, Math.max(most.get(index) ?? 0, nearness(agreement)));
  const isBetter = (index: number, near: number): boolean => most.get(index)! > near + clearly;
  return onePerPair(compared)
    .map(({ a, b, agreement, isMirrored, overlap }): NearDuplicate => ({ a: Math.min(a, b), b: Math.max(a, b), detail: agreement, isMirrored, overlap }))
    .filter(({ a, b, detail }) => nearness(detail) >= certain || !isBetter(a, nearness(detail)) || !isBetter(b, nearness(detail)))
    .sort((one, other) => one.a - other.a || one.b - other.b);
}
