import type { Case } from "../dataset.js";
import type { Fold, FoldOptions } from "./contract.js";
import { stratifiedGroupKFold } from "./stratified-group-k-fold.js";

/**
 * Cross-validation inside one training side, for choosing settings without a look at the test side: as
 * `stratifiedGroupKFold`, over `trainIndices` alone.
 * @param trainIndices positions in `cases`
 * @returns folds whose indices are positions in `cases`, all of them among `trainIndices`
 * @throws as stratifiedGroupKFold
 */
export function innerFolds(cases: readonly Case[], trainIndices: readonly number[], options: FoldOptions): Fold[] {
  const inside = trainIndices.map((index) => cases[index]!);
  const back = (positions: readonly number[]): number[] => positions.map((position) => trainIndices[position]!);
  return stratifiedGroupKFold(inside, options).map(({ train, test }) => ({ train: back(train), test: back(test) }));
}
