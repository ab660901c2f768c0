import assert from "node:assert/strict";
import { seededRandom } from "../base/index.js";
import type { Random } from "../base/index.js";

/** Simulated studies per figure. */
export const studies = 5000;

/** Share of simulated studies in which something is true; a study whose figure is not estimable counts as false. */
export function shareOfStudies(name: string, study: (random: Random) => boolean, count = studies): number {
  let hits = 0;
  for (let s = 0; s < count; s++) {
    try {
      if (study(seededRandom(name, s))) hits++;
    } catch (error) {
      if ((error as { code?: string }).code !== "not-estimable") throw error;
    }
  }
  return hits / count;
}

/** Whether an interval holds the truth. */
export function holds(interval: { readonly lower: number; readonly upper: number }, truth: number): boolean {
  return interval.lower <= truth && truth <= interval.upper;
}

/** Reports a share and asserts its limits. */
export function assertShare(
  t: { diagnostic(message: string): void },
  what: string,
  share: number,
  [low, high]: readonly [number, number],
): void {
  t.diagnostic(`${what}: ${(100 * share).toFixed(2)} %`);
  assert.ok(share >= low && share <= high, `${what}: ${share}, expected between ${low} and ${high}`);
}

/** 95 ± 1 % and 5 ± 0.7 %: what an interval and a test should keep. */
export const coverage = [0.94, 0.96] as const;
export const typeOneError = [0.043, 0.057] as const;
