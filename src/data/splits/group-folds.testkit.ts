import { readFileSync } from "node:fs";
import path from "node:path";
import { measureFolds, randomGroupProblem, type FoldBalance } from "./problems.testkit.js";
import { stratifiedGroupKFold } from "./stratified-group-k-fold.js";

interface Stored {
  readonly columns: readonly (keyof FoldBalance)[];
  readonly problems: readonly (readonly number[])[];
}

/** How many of the first problems come out at least as balanced as scikit-learn's, by each measure. */
export function countWins(problems: number): Record<keyof FoldBalance, number> {
  const stored = JSON.parse(readFileSync(path.resolve("test/fixtures/data/group-folds.json"), "utf8")) as Stored;
  const wins = { spread: 0, imbalance: 0, worstShare: 0 };
  for (let p = 0; p < problems; p++) {
    const problem = randomGroupProblem(p);
    const foldOf: number[] = [];
    stratifiedGroupKFold(problem.cases, { folds: problem.folds, seed: 1 }).forEach(({ test }, fold) => test.forEach((index) => (foldOf[index] = fold)));
    const ours = measureFolds(problem, foldOf);
    stored.columns.forEach((name, c) => {
      if (ours[name] <= stored.problems[p]![c]! + 1e-9) wins[name] += 1;
    });
  }
  return wins;
}
