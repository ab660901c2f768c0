import path from "node:path";
import type { PlannedFold } from "../plan.js";
import type { RecipeSource } from "../recipe.js";
import { runTask, type TaskContext } from "../run-task.js";
import type { TaskRecord } from "../task-record.js";
import { tuneCell } from "./apply-settings.js";
import type { SearchedCell } from "./plan-search.js";
import { searchFold, type FoldSearch } from "./search-fold.js";
import { contextFor, type TrialContexts } from "./trial-context.js";

export interface SearchedTask {
  readonly search: FoldSearch;
  readonly record: TaskRecord;
}

export interface RunSearchedOptions {
  readonly recipe: RecipeSource;
  readonly searched: SearchedCell;
  readonly fold: PlannedFold;
  /** Shared by all searches of a run. */
  readonly contexts: TrialContexts;
}

/** Searches the settings of a cell inside one fold, trains it with those found and tests it: the first look at the test cases. */
export async function runSearched(options: RunSearchedOptions, context: TaskContext): Promise<SearchedTask> {
  const { recipe, searched, fold, contexts } = options;
  const search = await searchFold(options, context);
  const tuned = tuneCell(recipe, searched.base, { settings: search.chosen.settings, imported: context.imported });
  const own = await contextFor(tuned.recipe, context, { known: contexts, scope: path.join("searched", `seed-${fold.seed}`, `fold-${fold.fold}`) });
  return { search, record: await runTask({ ...tuned.cell, id: searched.id }, fold, own) };
}
