import type { Random } from "../../base/index.js";
import { wearDisc } from "./degeneration.js";
import type { Level } from "./dimensions.js";
import type { LevelChange } from "./plan.js";
import type { Subject } from "./subject.js";

/** Wear of single discs beyond the person's mean: more often low in the spine (Miller et al. 1988, Spine 13:173). */
export function sampleWear(subject: Subject, random: Random): Partial<Record<Level, LevelChange>> {
  let changes: Partial<Record<Level, LevelChange>> = {};
  const share: Partial<Record<Level, number>> = { L5: 1, L4: 1, L3: 0.7, L2: 0.5, L1: 0.4, T12: 0.4, T11: 0.5, T10: 0.5, T9: 0.5, T8: 0.5 };
  for (const [level, weight] of Object.entries(share) as [Level, number][]) {
    const amount = subject.degeneration * weight * random.uniform();
    changes = wearDisc(changes, level, {
      discShare: 1 - 0.35 * amount,
      osteophyteMm: amount > 0.15 ? 3.6 * amount : 0,
      sclerosis: amount > 0.25 ? 0.15 * amount : 0,
    });
  }
  return changes;
}
