import { InputError } from "../../base/index.js";
import { chooseSplit, measureBalance, planSplit, splits, type Dataset, type PlannedRound, type SplitChoice } from "../../data/index.js";
import type { RecipeSource } from "../recipe.js";
import type { SplitResult } from "./contract.js";

export const defaultFolds = 5;

/** Which split the recipe and the table ask for, and its options. */
function choiceOf({ split, validation }: RecipeSource, dataset: Dataset): { kind: SplitChoice; options: Omit<NonNullable<RecipeSource["split"]>, "kind"> } {
  const { kind: named, ...told } = split ?? { kind: undefined };
  const kind = chooseSplit(dataset, named);
  const reads = kind !== "given" && splits[kind].options.includes("folds");
  if (!reads) return { kind, options: told };
  const { folds } = told as { folds?: number };
  if (folds !== undefined && validation?.folds !== undefined && folds !== validation.folds) {
    throw new InputError("recipe-split", `split.folds: expected the number of validation.folds (${validation.folds}) or that left out, got ${folds}. Keep one of them.`);
  }
  return { kind, options: { ...told, folds: folds ?? validation?.folds ?? defaultFolds } };
}

/** A round with the seed of its training. */
export type SeededRound = PlannedRound & { readonly seed: number };

/**
 * Rounds of a study for each of its seeds. Repetitions are seeds of their own. A table's own split may leak here: see
 * the leak audit.
 * @throws InputError `recipe-split`; what the kinds of split throw
 */
export function planRounds(recipe: RecipeSource, dataset: Dataset): SeededRound[] {
  const { kind, options } = choiceOf(recipe, dataset);
  const seeds = recipe.seeds ?? [1];
  if (kind === "repeated-k-fold" && seeds.length > 1) {
    throw new InputError("recipe-split", `seeds: expected one seed with repeated-k-fold, whose repetitions are seeds from it on, got ${seeds.length}. Keep the first, or take k-fold with these seeds.`);
  }
  return seeds.flatMap((seed) => planSplit(dataset, kind, { ...options, seed, ...(kind === "given" && { acceptLeaks: true }) }).map((round) => ({ ...round, seed: seed + (round.repeat ?? 0) })));
}

/** What the results say of the split: its kind, what had to stay whole, and how even it came out. */
export function describeSplit(recipe: RecipeSource, dataset: Dataset, rounds: readonly SeededRound[]): SplitResult {
  const { kind, options } = choiceOf(recipe, dataset);
  const own = rounds.filter(({ seed }) => seed === rounds[0]!.seed);
  const { strata = [] } = options as { strata?: readonly string[] };
  const leftOut = own.map(({ leftOut: cases = [] }) => cases.length);
  return {
    kind,
    title: kind === "given" ? "The table's own split" : splits[kind].title,
    summary: kind === "given" ? "Taken from the table's split column as it is." : splits[kind].summary,
    options,
    names: own.map(({ name }, i) => name ?? String(i + 1)),
    ...(leftOut.some((count) => count > 0) && { leftOut }),
    balance: measureBalance(dataset.cases, own, strata),
  };
}
