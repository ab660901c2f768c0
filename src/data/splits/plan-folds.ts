import { DataError } from "../../base/index.js";
import type { Case, Dataset } from "../dataset.js";
import type { Fold, FoldOptions } from "./contract.js";
import { groupCases } from "./groups.js";
import { stratifiedGroupKFold } from "./stratified-group-k-fold.js";

const trainWords = ["train", "training"];
const testWords = ["test", "testing"];
const validationWords = ["validation", "val", "valid"];

export interface GivenOptions {
  /** Let patients stand on both sides of a given split. */
  readonly acceptLeaks?: boolean;
}

/**
 * Folds of a data set: those of its `split` column where it has one, else `stratifiedGroupKFold`.
 * @throws DataError of `givenFolds` and `stratifiedGroupKFold`
 */
export function planFolds(dataset: Pick<Dataset, "cases" | "name">, options: FoldOptions & GivenOptions): Fold[] {
  return hasGivenSplit(dataset) ? givenFolds(dataset, options) : stratifiedGroupKFold(dataset.cases, options);
}

/** True where the table has a split column with anything in it. */
export function hasGivenSplit({ cases }: Pick<Dataset, "cases">): boolean {
  return cases.some(({ split }) => split !== undefined);
}

/**
 * Folds as the `split` column gives them: numbers or names of folds, or train / validation / test.
 * @throws DataError `split-empty`, `split-values`, `split-leak`, `one-class`
 */
export function givenFolds({ cases, name }: Pick<Dataset, "cases" | "name">, { acceptLeaks = false }: GivenOptions = {}): Fold[] {
  const splits = cases.map(({ split, id }) => {
    if (split === undefined) throw new DataError("split-empty", `${name}: expected a split for every case, got none for ${id}. Fill the column or remove it.`);
    return split.toLowerCase();
  });
  const values = [...new Set(splits)].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const at = (words: readonly string[]): number[] => splits.flatMap((split, i) => (words.includes(split) ? [i] : []));
  const isNamed = values.some((value) => [...trainWords, ...testWords].includes(value));
  if (!isNamed) {
    if (values.length < 2) throw new DataError("split-values", `${name}: expected at least 2 folds in the split column, got only "${values[0]}". Name the folds, or write train and test.`);
    const folds = values.map((value) => ({ train: splits.flatMap((split, i) => (split === value ? [] : [i])), test: at([value]) }));
    for (const fold of folds) checkFold(cases, fold, { name, acceptLeaks });
    return folds;
  }
  const known = [...trainWords, ...testWords, ...validationWords];
  const stray = values.find((value) => !known.includes(value));
  const fold = { train: at(trainWords), validation: at(validationWords), test: at(testWords) };
  if (stray !== undefined || fold.train.length === 0 || fold.test.length === 0) {
    throw new DataError("split-values", `${name}: expected the splits train and test (and validation), got ${values.join(", ")}. Correct the column.`);
  }
  const checked = fold.validation.length === 0 ? { train: fold.train, test: fold.test } : fold;
  checkFold(cases, checked, { name, acceptLeaks });
  return [checked];
}

/** Refuses a given split with one patient (or one image content) on two sides, or with a training side of one class. */
function checkFold(cases: readonly Case[], { train, validation = [], test }: Fold, { name, acceptLeaks }: { name: string; acceptLeaks: boolean }): void {
  const sideOf = new Map<number, string>();
  for (const [side, indices] of Object.entries({ train, validation, test })) for (const index of indices) sideOf.set(index, side);
  const leak = groupCases(cases, [...sideOf.keys()], [...new Set(cases.map(({ label }) => label))]).find(({ members }) => new Set(members.map((index) => sideOf.get(index))).size > 1);
  if (leak !== undefined && !acceptLeaks) {
    const [a, b] = [leak.members[0]!, leak.members.find((index) => sideOf.get(index) !== sideOf.get(leak.members[0]!))!];
    throw new DataError("split-leak", `${name}: expected every patient on one side of the split, got ${cases[a]!.id} in ${sideOf.get(a)} and ${cases[b]!.id} in ${sideOf.get(b)} of one patient or image. Correct the split column.`);
  }
  if (new Set(train.map((index) => cases[index]!.label)).size < 2) {
    throw new DataError("one-class", `${name}: expected at least 2 classes in the training side of the split, got 1. Correct the split column.`);
  }
}
