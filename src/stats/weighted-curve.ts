import { checkSameLength } from "./checks.js";
import { binaryTruth, checkScores, sortedOrder } from "./placements.js";
import type { BinaryLabels } from "./placements.js";

/** True and false positive counts at every threshold, from calling nothing positive to calling everything so. */
export interface CurveCounts {
  readonly truePositives: readonly number[];
  readonly falsePositives: readonly number[];
}

/**
 * The counts of a curve as a function of how often each case counts; cases with equal scores enter together.
 * @returns per call undefined where no positive or no negative counts
 */
export function weightedCurve(
  labels: BinaryLabels,
  scores: ArrayLike<number>,
): (multiplicities: Float64Array) => CurveCounts | undefined {
  checkSameLength("scores", scores.length, labels.length);
  checkScores(scores);
  const truth = binaryTruth(labels);
  const order = sortedOrder(scores).reverse();
  return (multiplicities) => {
    const truePositives = [0];
    const falsePositives = [0];
    let [tp, fp] = [0, 0];
    for (let i = 0; i < order.length; ) {
      const score = scores[order[i]!]!;
      const [tpBefore, fpBefore] = [tp, fp];
      for (; i < order.length && scores[order[i]!] === score; i++) {
        const k = order[i]!;
        if (truth[k] === 1) tp += multiplicities[k]!;
        else fp += multiplicities[k]!;
      }
      if (tp === tpBefore && fp === fpBefore) continue;
      truePositives.push(tp);
      falsePositives.push(fp);
    }
    return tp > 0 && fp > 0 ? { truePositives, falsePositives } : undefined;
  };
}

/** Rates of a curve between 0 and 1. */
export function ratesOf({ truePositives, falsePositives }: CurveCounts): { tpr: number[]; fpr: number[] } {
  const [positives, negatives] = [truePositives.at(-1)!, falsePositives.at(-1)!];
  return { tpr: truePositives.map((v) => v / positives), fpr: falsePositives.map((v) => v / negatives) };
}

/** Highest value of a rising broken line at a position. */
export function heightAt(x: readonly number[], y: readonly number[], at: number): number {
  let last = 0;
  while (last + 1 < x.length && x[last + 1]! <= at) last++;
  if (x[last] === at || last + 1 === x.length) return y[last]!;
  const share = (at - x[last]!) / (x[last + 1]! - x[last]!);
  return y[last]! + share * (y[last + 1]! - y[last]!);
}

/** Area under a broken line between two positions. */
export function areaBetween(x: readonly number[], y: readonly number[], from: number, to: number): number {
  let area = 0;
  for (let k = 1; k < x.length; k++) {
    const [a, b] = [Math.max(x[k - 1]!, from), Math.min(x[k]!, to)];
    if (b <= a) continue;
    const slope = (y[k]! - y[k - 1]!) / (x[k]! - x[k - 1]!);
    const middle = y[k - 1]! + slope * ((a + b) / 2 - x[k - 1]!);
    area += (b - a) * middle;
  }
  return area;
}
