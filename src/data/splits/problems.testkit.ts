import { seededRandom } from "../../base/index.js";
import type { Case } from "../dataset.js";

/** A random problem for grouped stratified folds: 2 to 4 classes of unequal size, patients of 1 to 20 images, pure or mixed. */
export interface GroupProblem {
  readonly labels: readonly number[];
  readonly patients: readonly number[];
  readonly folds: number;
  readonly cases: readonly Case[];
}

/** Every class has patients enough for the folds. */
export function randomGroupProblem(number: number): GroupProblem {
  const random = seededRandom("group problem", number);
  const folds = 3 + random.integer(8);
  const classes = 2 + random.integer(3);
  const weights = Array.from({ length: classes }, () => 0.15 + random.uniform());
  const purity = random.pick([1, 0.9, 0.6]);
  const largest = random.pick([2, 5, 20]);
  const groups = folds * classes + 5 + random.integer(180);
  const draw = (): number => {
    let at = random.uniform() * weights.reduce((a, b) => a + b, 0);
    return Math.max(0, weights.findIndex((weight) => (at -= weight) < 0));
  };
  const labels: number[] = [];
  const patients: number[] = [];
  for (let group = 0; group < groups; group++) {
    const own = group < folds * classes ? group % classes : draw();
    const size = 1 + Math.floor(largest * random.uniform() ** 2);
    for (let i = 0; i < size; i++) {
      labels.push(i === 0 || random.uniform() < purity ? own : draw());
      patients.push(group);
    }
  }
  const cases = labels.map((label, i): Case => ({ id: `${i}`, file: `/x/${i}`, label: `class ${label}`, patient: `p${patients[i]}`, fields: {} }));
  return { labels, patients, folds, cases };
}

export interface FoldBalance {
  /** Mean over the classes of the standard deviation over the folds of the share of the class that a fold holds: what scikit-learn's greedy choice makes small. */
  readonly spread: number;
  /** Sum over folds and classes of (count - ideal)^2 / total of the class, and the same for the sizes. */
  readonly imbalance: number;
  /** Largest distance of a class's share of a fold from its share of all cases. */
  readonly worstShare: number;
}

/** @param foldOf test fold of every case */
export function measureFolds({ labels, folds }: Pick<GroupProblem, "labels" | "folds">, foldOf: readonly number[]): FoldBalance {
  const classes = Math.max(...labels) + 1;
  const counts = Array.from({ length: folds }, () => Array.from({ length: classes }, () => 0));
  labels.forEach((label, i) => (counts[foldOf[i]!]![label]! += 1));
  const totals = Array.from({ length: classes }, (_, k) => counts.reduce((sum, fold) => sum + fold[k]!, 0));
  const sizes = counts.map((fold) => fold.reduce((a, b) => a + b, 0));
  const squares = totals.map((total, k) => counts.reduce((sum, fold) => sum + (fold[k]! - total / folds) ** 2, 0));
  const size = labels.length;
  return {
    spread: squares.reduce((sum, square, k) => sum + Math.sqrt(square / folds) / totals[k]!, 0) / classes,
    imbalance: squares.reduce((sum, square, k) => sum + square / totals[k]!, 0) + sizes.reduce((sum, held) => sum + (held - size / folds) ** 2, 0) / size,
    worstShare: Math.max(...counts.flatMap((fold, f) => fold.map((count, k) => (sizes[f] === 0 ? 1 : Math.abs(count / sizes[f]! - totals[k]! / size))))),
  };
}
