import { latestResults, parameterImportance, type TrialResult } from "../../search/index.js";
import type { AggregateOptions } from "../aggregate.js";
import { decideUnits } from "../analysis/decide-units.js";
import type { RecipeSource } from "../recipe.js";
import type { TaskRecord } from "../task-record.js";
import type { SearchedCell } from "./plan-search.js";
import type { CellSearch, SearchedTrial, SearchResults } from "./results.js";
import type { FoldSearch } from "./search-fold.js";
import { withSearchFigures, type FoldPredictions } from "./search-figures.js";
import type { TrialLine } from "./trial-log.js";

const toResult = (line: TrialLine): TrialResult & { readonly line: TrialLine } => ({ trial: line.trial, settings: line.settings, resource: line.resource, score: line.score ?? undefined, line });

/** Every trial where it ended. */
function trialsOf(lines: readonly TrialLine[], whole: number): SearchedTrial[] {
  return latestResults(lines.map(toResult)).map(({ line }) => ({
    trial: line.trial + 1,
    settings: line.settings,
    epochs: line.resource,
    state: line.score === null ? ("failed" as const) : line.resource >= whole ? ("whole" as const) : ("stopped" as const),
    ...(line.score !== null && { score: line.score }),
    ...(line.standardError !== undefined && { standardError: line.standardError }),
    seconds: line.seconds,
    ...(line.failed !== undefined && { failed: line.failed }),
  }));
}

/** Mean share over the folds in which it could be estimated. */
function importanceOf(searched: SearchedCell, folds: readonly FoldSearch[]): CellSearch["importance"] {
  const perFold = folds.map(({ lines }) => parameterImportance(searched.space, lines.map(toResult)));
  return Object.keys(searched.space).map((parameter) => {
    const shares = perFold.flatMap((list) => list.filter((one) => one.parameter === parameter)).flatMap(({ share }) => (share === undefined ? [] : [share]));
    return { parameter, ...(shares.length > 0 && { share: shares.reduce((sum, share) => sum + share, 0) / shares.length }), folds: shares.length };
  });
}

export interface SearchedRecords {
  readonly searched: SearchedCell;
  readonly folds: readonly FoldSearch[];
  /** Tasks with the recipe's settings, and with those found. */
  readonly before: readonly TaskRecord[];
  readonly after: readonly TaskRecord[];
}

/** What the searches of a study came to. */
export function collectSearch(recipe: RecipeSource, cells: readonly SearchedRecords[], options: AggregateOptions): SearchResults | undefined {
  const [first] = cells;
  if (recipe.search === undefined || first === undefined) return undefined;
  const predictions = new Map(
    cells.flatMap(({ searched, before, after }) =>
      ([[searched.base.id, before], [searched.id, after]] as const).map(([id, records]) => [
        id,
        records.map(({ seed, fold, counts, predictions: rows }): FoldPredictions => ({ seed, fold, train: counts.train, test: counts.test, predictions: decideUnits(rows, options.unitOf) })),
      ]),
    ),
  );
  const trials = {
    ...first.searched.terms,
    trials: Math.max(...cells.map(({ searched }) => searched.terms.trials)),
    space: recipe.search.space,
    rungs: Object.fromEntries(cells.map(({ searched }) => [searched.base.id, searched.rungs])),
    cells: cells.map(({ searched, folds }) => ({
      before: searched.base.id,
      after: searched.id,
      folds: folds.map((one) => ({
        seed: one.seed,
        fold: one.fold,
        trials: trialsOf(one.lines, searched.rungs.at(-1)!),
        chosen: one.chosen.trial + 1,
        best: one.best.trial + 1,
        within: one.within,
        settings: one.chosen.settings,
        innerScore: one.chosen.score!,
      })),
      importance: importanceOf(searched, folds),
    })),
  };
  return withSearchFigures(trials, predictions, options);
}
