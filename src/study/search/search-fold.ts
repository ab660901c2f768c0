import { rm } from "node:fs/promises";
import path from "node:path";
import { innerFolds, type Fold } from "../../data/index.js";
import { chooseTrial, nextJob, type SearchPlan, type TrialResult } from "../../search/index.js";
import { digestOf, type PlannedFold } from "../plan.js";
import type { RecipeSource } from "../recipe.js";
import type { TaskContext } from "../run-task.js";
import { startOf } from "../start-weights.js";
import type { SearchedCell } from "./plan-search.js";
import { discardTrial, runTrial } from "./run-trial.js";
import { readTrialLine, trialLineFile } from "./trial-line.js";
import type { TrialContexts } from "./trial-context.js";
import { TrialLog, type TrialLine } from "./trial-log.js";

/** What the search of one cell in one fold came to. */
export interface FoldSearch {
  readonly seed: number;
  readonly fold: number;
  readonly lines: readonly TrialLine[];
  /** The trial whose settings are used, by the selection rule. */
  readonly chosen: TrialLine;
  /** The trial with the highest score. */
  readonly best: TrialLine;
  /** Trials within one standard error of the best; 1 under the rule `best`. */
  readonly within: number;
}

/** Parts of the training part of which one is held back where one inner fold is asked for. */
const partsOfOne = 4;

/** Folder of the search of one cell in one fold. */
export function searchFolder(searched: SearchedCell, fold: PlannedFold, { folder }: Pick<TaskContext, "folder">): string {
  return folder.file(path.join("search", searched.base.id, `seed-${fold.seed}`, `fold-${fold.fold}`));
}

/** Inner folds of a fold's training part; the same for every cell. */
export function innerFoldsOf({ terms }: SearchedCell, fold: PlannedFold, { dataset }: Pick<TaskContext, "dataset">): Fold[] {
  const folds = innerFolds(dataset.cases, fold.train, { folds: terms.innerFolds === 1 ? partsOfOne : terms.innerFolds, seed: `search ${fold.seed} ${fold.fold}` });
  return folds.slice(0, terms.innerFolds);
}

/** Everything that decides a search: its training cases, and nothing of its test cases. */
export function searchKey(searched: SearchedCell, fold: PlannedFold, context: TaskContext): string {
  const { dataset, prepared, augmentation } = context;
  const describe = (indices: readonly number[] = []) => indices.map((index) => dataset.cases[index]!).map(({ id, label, contentSha256 }) => [id, label, contentSha256]);
  return digestOf({
    cell: searched.base.id,
    regime: searched.base.regime,
    training: searched.base.training,
    space: searched.space,
    order: Object.keys(searched.space),
    terms: searched.terms,
    rungs: searched.rungs,
    seed: fold.seed,
    fold: fold.fold,
    train: describe(fold.train),
    given: describe(fold.given),
    labels: dataset.labels,
    preprocessing: prepared.preprocessing,
    augmentation,
    grey: context.grey,
    weights: startOf(searched.base, context)?.sha256,
  });
}

const resultOf = ({ trial, settings, resource, score, standardError }: TrialLine): TrialResult & { readonly trial: number } => ({
  trial,
  settings,
  resource,
  score: score ?? undefined,
  ...(standardError !== undefined && { standardError }),
});

/** The search of one cell in one fold, as data. */
export function searchPlanOf({ base, space, terms, rungs }: SearchedCell, { seed, fold }: Pick<PlannedFold, "seed" | "fold">): SearchPlan {
  return { space, sampler: terms.sampler, scheduler: terms.scheduler, trials: terms.trials, rungs, reduction: terms.reduction, seed: `${base.id} ${seed} ${fold}` };
}

export interface SearchFoldOptions {
  readonly recipe: RecipeSource;
  readonly searched: SearchedCell;
  readonly fold: PlannedFold;
  readonly contexts: TrialContexts;
}

/**
 * Searches the settings of a cell inside the training part of one fold, or goes on with the search. Its test cases play no part: neither their
 * images nor their labels are read here.
 * @throws InputError `search-failed` where no trial can be trained; those of `innerFolds` where the training part is too small
 */
export async function searchFold({ recipe, searched, fold, contexts }: SearchFoldOptions, context: TaskContext): Promise<FoldSearch> {
  const { terms, space, rungs, base } = searched;
  const directory = searchFolder(searched, fold, context);
  const key = searchKey(searched, fold, context);
  const log = await TrialLog.open(path.join(directory, "trials.jsonl"), key);
  const inner = innerFoldsOf(searched, fold, context);
  const plan = searchPlanOf(searched, fold);
  for (;;) {
    context.signal?.throwIfAborted();
    const job = nextJob(plan, log.lines.map(resultOf));
    const begun = new Set(log.lines.map(({ trial }) => trial)).size;
    const top = Math.max(...log.lines.map(({ score }) => score ?? -Infinity));
    context.onProgress?.({
      task: `search · ${base.id.split("/").join(" · ")} · seed ${fold.seed}, fold ${fold.fold}`,
      done: job === undefined ? terms.trials : begun,
      total: terms.trials,
      unit: "trials",
      ...(Number.isFinite(top) && { note: `best ${terms.metric} ${top.toFixed(3)}` }),
    });
    if (job === undefined) break;
    const line = (await readTrialLine(directory, key, job)) ?? (await runTrial(job, { recipe, searched, fold, inner, directory, contexts }, context));
    await log.append(line);
    if (line.resource === rungs.at(-1) || line.score === null) await discardTrial(directory, line.trial);
  }
  // Left by trials that were not promoted, and by a kill after the last line.
  for (const trial of new Set(log.lines.map((line) => line.trial))) {
    await discardTrial(directory, trial);
    await rm(trialLineFile(directory, trial), { force: true });
  }
  await rm(context.folder.file(path.join("cache/detectors/search", base.id, `seed-${fold.seed}`, `fold-${fold.fold}`)), { recursive: true, force: true });
  const choice = chooseTrial(space, log.lines.map(resultOf), terms.selectionRule);
  const lineOf = ({ trial, resource }: TrialResult): TrialLine => log.lines.find((line) => line.trial === trial && line.resource === resource)!;
  return { seed: fold.seed, fold: fold.fold, lines: log.lines, chosen: lineOf(choice.chosen), best: lineOf(choice.best), within: choice.within };
}
