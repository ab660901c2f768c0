import type { Random } from "../base/index.js";
import type { CaseGroup } from "./groups.js";

/** Weight of a part that lacks a class wholly, against which no balance counts. */
const missingClass = 1000;

/**
 * Distributes groups over parts so that every part gets its share of every class: groups in random order, the most
 * lopsided first, each to the part where the imbalance grows least; then single moves and swaps as long as they help.
 * Imbalance: sum over parts and classes of (count - share x total)^2 / total, plus the same for the sizes.
 * @param shares of the parts; they sum to 1
 * @returns the part of every group
 * @see scikit-learn's StratifiedGroupKFold for the greedy pass; the moves and swaps are ours
 */
export function assignGroups(groups: readonly CaseGroup[], shares: readonly number[], random: Random): number[] {
  const classes = groups[0]?.counts.length ?? 0;
  const totals = Array.from({ length: classes }, (_, k) => groups.reduce((sum, { counts }) => sum + counts[k]!, 0));
  const size = totals.reduce((sum, count) => sum + count, 0);
  const filled = shares.map(() => new Float64Array(classes));
  const partOf = new Int32Array(groups.length).fill(-1);

  /** Imbalance of one part, as if `plus` were added and `minus` taken away. */
  const cost = (part: number, plus?: CaseGroup, minus?: CaseGroup): number => {
    let sum = 0;
    let held = 0;
    for (let k = 0; k < classes; k++) {
      const count = filled[part]![k]! + (plus?.counts[k] ?? 0) - (minus?.counts[k] ?? 0);
      held += count;
      sum += (count - shares[part]! * totals[k]!) ** 2 / totals[k]! + (count === 0 ? missingClass : 0);
    }
    return sum + (held - shares[part]! * size) ** 2 / size;
  };
  const put = (group: number, part: number): void => {
    const from = partOf[group]!;
    groups[group]!.counts.forEach((count, k) => {
      if (from >= 0) filled[from]![k]! -= count;
      filled[part]![k]! += count;
    });
    partOf[group] = part;
  };

  const order = random.shuffle(groups.map((_, i) => i)).sort((a, b) => spread(groups[b]!.counts) - spread(groups[a]!.counts));
  for (const group of order) {
    let best = 0;
    let bestGrowth = Infinity;
    for (let part = 0; part < shares.length; part++) {
      const growth = cost(part, groups[group]) - cost(part);
      if (growth < bestGrowth - 1e-12) [best, bestGrowth] = [part, growth];
    }
    put(group, best);
  }
  improve(groups, order, partOf, shares.length, cost, put);
  return [...partOf];
}

function spread(counts: readonly number[]): number {
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - mean) ** 2, 0);
}

/** Bounds the rounds: each strictly lowers the imbalance, and a few dozen are usual. */
const maxRounds = 2000;

/** Moves one group, or swaps two, while that lowers the imbalance. Groups alike in counts and part stand for each other. */
function improve(
  groups: readonly CaseGroup[],
  order: readonly number[],
  partOf: Int32Array,
  parts: number,
  cost: (part: number, plus?: CaseGroup, minus?: CaseGroup) => number,
  put: (group: number, part: number) => void,
): void {
  for (let round = 0; round < maxRounds; round++) {
    const alike = new Map(order.map((group) => [`${partOf[group]} ${groups[group]!.counts.join(" ")}`, group]));
    const candidates = [...alike.values()];
    let bestGain = 1e-9;
    let apply: (() => void) | undefined;
    candidates.forEach((a, i) => {
      const from = partOf[a]!;
      for (let to = 0; to < parts; to++) {
        if (to === from) continue;
        const gain = cost(from) + cost(to) - cost(from, undefined, groups[a]) - cost(to, groups[a]);
        if (gain > bestGain) [bestGain, apply] = [gain, () => put(a, to)];
      }
      for (const b of candidates.slice(i + 1, i + 1 + maxPartners)) {
        const to = partOf[b]!;
        if (to === from) continue;
        const gain = cost(from) + cost(to) - cost(from, groups[b], groups[a]) - cost(to, groups[a], groups[b]);
        if (gain <= bestGain) continue;
        bestGain = gain;
        apply = () => {
          put(a, to);
          put(b, from);
        };
      }
    });
    if (apply === undefined) return;
    apply();
  }
}

/** Bounds the swaps looked at per group where patients differ much from each other. */
const maxPartners = 300;
