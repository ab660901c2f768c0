import { estimateOrReason, foldInterval } from "../../stats/index.js";
import type { AggregateOptions } from "../aggregate.js";
import type { CasePrediction } from "../task-record.js";
import { adjustForCells, compareBeforeAfter } from "./before-after.js";
import { searchMetrics } from "./metrics.js";
import type { CellSearch, SearchedFold, SearchResults } from "./results.js";

/** Test predictions of a cell in one fold, of units of decision where there are any. */
export interface FoldPredictions {
  readonly seed: number;
  readonly fold: number;
  /** Cases that it was trained on, and tested on. */
  readonly train: number;
  readonly test: number;
  readonly predictions: readonly CasePrediction[];
}

/** A search without what follows from the test predictions. */
export type SearchTrials = Omit<SearchResults, "cells"> & {
  readonly cells: readonly (Omit<CellSearch, "folds" | "optimism" | "comparison" | "cases"> & { readonly folds: readonly Omit<SearchedFold, "outerScore">[] })[];
};

const firstSeed = (folds: readonly FoldPredictions[]): CasePrediction[] => folds.filter(({ seed }) => seed === folds[0]!.seed).flatMap(({ predictions }) => [...predictions]);

/**
 * A search with every figure that follows from the test predictions: outer scores, optimism, before and after.
 * @param predictions by cell, of those with the recipe's settings and of those with the settings found
 */
export function withSearchFigures(search: SearchTrials, predictions: ReadonlyMap<string, readonly FoldPredictions[]>, options: AggregateOptions): SearchResults {
  const metric = searchMetrics[search.metric];
  const pairs = search.cells.map(({ before, after }) => ({ before: predictions.get(before)!, after: predictions.get(after)! }));
  const comparisons = adjustForCells(pairs.map(({ before, after }) => compareBeforeAfter(firstSeed(before), firstSeed(after), options)));
  return {
    ...search,
    cells: search.cells.map((cell, i): CellSearch => {
      const { before, after } = pairs[i]!;
      const folds = cell.folds.map((one): SearchedFold => {
        const tested = after.find(({ seed, fold }) => seed === one.seed && fold === one.fold)!;
        return { ...one, outerScore: metric.of(tested.predictions, options.labels.length) };
      });
      const shares = before.map(({ train, test }) => test / train);
      const optimism = estimateOrReason(() =>
        foldInterval(
          folds.map(({ innerScore, outerScore }) => innerScore - outerScore),
          { level: options.level, testPerTraining: shares.reduce((sum, share) => sum + share, 0) / shares.length, ...(metric.isShare && { range: [-1, 1] as const }) },
        ),
      );
      return { ...cell, folds, optimism, comparison: comparisons[i]!, cases: firstSeed(before).length };
    }),
  };
}
