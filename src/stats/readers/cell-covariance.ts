import { unknownName } from "../../base/index.js";
import { notEstimable } from "../estimate.js";
import type { Key } from "../resample.js";
import type { Cell } from "./reads.js";

/** How the covariances between readers' results over the cases are estimated. */
export type CovarianceMethod = "jackknife" | "delong" | "unbiased";

/**
 * Covariances of all pairs of cells over the sampling of cases; 0 where two cells share no case.
 * @throws InputError `not-estimable` for a cell with fewer than two cases of a kind
 * @see "unbiased": B. D. Gallas, G. A. Pennello, K. J. Myers, J Opt Soc Am A 24, 2007, B70
 */
export function cellCovariance(cells: readonly Cell[], method: CovarianceMethod): number[][] {
  for (const cell of cells) {
    for (const [kind, { size }] of [["positive", cell.positives], ["negative", cell.negatives]] as const) {
      if (size === 1) {
        throw notEstimable(
          `variance of reader ${cell.reader}, modality ${cell.modality}`,
          `at least two ${kind} cases`,
          "1",
          "Have more cases read.",
        );
      }
    }
  }
  const pair =
    method === "jackknife"
      ? jackknifePairs(cells)
      : method === "delong"
        ? delongPair
        : method === "unbiased"
          ? unbiasedPairs()
          : undefined;
  if (!pair) throw unknownName("covariance method", method, ["jackknife", "delong", "unbiased"]);
  const result = cells.map(() => cells.map(() => 0));
  cells.forEach((a, i) =>
    cells.slice(0, i + 1).forEach((b, j) => {
      const value = sharesCases(a, b) ? pair(a, b) : 0;
      result[i]![j] = value;
      result[j]![i] = value;
    }),
  );
  return result;
}

function sharesCases(a: Cell, b: Cell): boolean {
  const meets = (x: ReadonlyMap<Key, number>, y: ReadonlyMap<Key, number>): boolean =>
    [...x.keys()].some((key) => y.has(key));
  return meets(a.positives, b.positives) || meets(a.negatives, b.negatives);
}

/** Sum over shared cases of the product of two deviations. */
function sharedProduct(
  a: ReadonlyMap<Key, number>,
  b: ReadonlyMap<Key, number>,
  meanA: number,
  meanB: number,
): number {
  let sum = 0;
  for (const [key, value] of a) {
    const other = b.get(key);
    if (other !== undefined) sum += (value - meanA) * (other - meanB);
  }
  return sum;
}

function delongPair(a: Cell, b: Cell): number {
  const part = (x: ReadonlyMap<Key, number>, y: ReadonlyMap<Key, number>): number =>
    x.size === 0 || y.size === 0
      ? 0
      : sharedProduct(x, y, a.estimate, b.estimate) / Math.sqrt(x.size * (x.size - 1) * y.size * (y.size - 1));
  return part(a.positives, b.positives) + part(a.negatives, b.negatives);
}

/** How a cell's estimate changes without each case, which is linear in the components: (m A − V)/(m − 1) − A without a case whose component is V. */
export function caseChanges(cell: Cell): Map<Key, number> {
  const changes = new Map<Key, number>();
  for (const part of [cell.positives, cell.negatives]) {
    for (const [key, value] of part) changes.set(key, (cell.estimate - value) / (part.size - 1));
  }
  return changes;
}

function jackknifePairs(cells: readonly Cell[]): (a: Cell, b: Cell) => number {
  const all = new Set(cells.flatMap((cell) => [...cell.positives.keys(), ...cell.negatives.keys()]));
  const n = all.size;
  const changes = new Map(
    cells.map((cell) => {
      const change = caseChanges(cell);
      const mean = [...change.values()].reduce((sum, value) => sum + value, 0) / n;
      return [cell, { change, mean }] as const;
    }),
  );
  return (a, b) => {
    const [x, y] = [changes.get(a)!, changes.get(b)!];
    let sum = 0;
    for (const [key, value] of x.change) sum += value * (y.change.get(key) ?? 0);
    return ((n - 1) / n) * (sum - n * x.mean * y.mean);
  };
}

/**
 * Unbiased: products of means less the mean of products of pairs that have no case in common. For proportions it is the sample
 * covariance, DeLong's form.
 */
function unbiasedPairs(): (a: Cell, b: Cell) => number {
  return (a, b) => {
    if (a.positives.size === 0 || a.negatives.size === 0) return delongPair(a, b);
    const positives = [...a.positives.keys()].filter((key) => b.positives.has(key));
    const negatives = [...a.negatives.keys()].filter((key) => b.negatives.has(key));
    const [ma, mb, na, nb] = [a.positives.size, b.positives.size, a.negatives.size, b.negatives.size];
    const [p, q] = [positives.length, negatives.length];
    const sumA = a.estimate * ma * na;
    const sumB = b.estimate * mb * nb;
    const samePositive = positives.reduce<number>(
      (sum, key) => sum + a.positives.get(key)! * na * b.positives.get(key)! * nb,
      0,
    );
    const sameNegative = negatives.reduce<number>(
      (sum, key) => sum + a.negatives.get(key)! * ma * b.negatives.get(key)! * mb,
      0,
    );
    let same = 0;
    for (const i of positives) {
      for (const j of negatives) {
        same += win(a.ratings.get(i)! - a.ratings.get(j)!) * win(b.ratings.get(i)! - b.ratings.get(j)!);
      }
    }
    const apart = ma * mb * na * nb - p * na * nb - q * ma * mb + p * q;
    return a.estimate * b.estimate - (sumA * sumB - samePositive - sameNegative + same) / apart;
  };
}

function win(difference: number): number {
  return difference > 0 ? 1 : difference === 0 ? 0.5 : 0;
}
