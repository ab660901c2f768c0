import { nextJob, samplers, schedulers, type TrialJob, type TrialResult } from "../../search/index.js";
import type { StudyPlan } from "../plan.js";
import type { SearchedCell } from "../search/plan-search.js";
import { searchPlanOf } from "../search/search-fold.js";
import type { StudyTask } from "./contract.js";

export interface PlannedTasks {
  /** Trials of searches that learn nothing from one another, to be done before the rest of their folds. */
  readonly trials: readonly StudyTask[];
  readonly folds: readonly StudyTask[];
}

/** The trials of a search that are known beforehand: all, where neither sampler nor scheduler looks at results; else none. */
export function independentTrials(searched: SearchedCell, fold: { readonly seed: number; readonly fold: number }): TrialJob[] {
  const plan = searchPlanOf(searched, fold);
  if (samplers[plan.sampler].adaptive || schedulers[plan.scheduler].prunes) return [];
  const jobs: TrialJob[] = [];
  const results: TrialResult[] = [];
  for (let job = nextJob(plan, results); job !== undefined; job = nextJob(plan, results)) {
    jobs.push(job);
    results.push({ trial: job.trial, settings: job.settings, resource: job.resource, score: 0 });
  }
  return jobs;
}

/** Names of files: letters, digits and a few signs, numbered so that no two are the same. */
function nameTasks(tasks: readonly Omit<StudyTask, "id">[]): StudyTask[] {
  return tasks.map(({ kind, cell, seed, fold, trial }, i) => {
    const words = [cell.replaceAll("/", "."), `seed-${seed}`, `fold-${fold}`, ...(trial === undefined ? [] : [`trial-${trial}`])];
    return { id: `${String(i + 1).padStart(4, "0")}-${words.join(".").replaceAll(/[^\w.-]/g, "_").slice(0, 120)}`, kind, cell, seed, fold, ...(trial !== undefined && { trial }) };
  });
}

/** The tasks of a study. The same plan gives the same tasks. */
export function listTasks(plans: readonly StudyPlan[], searched: readonly SearchedCell[]): PlannedTasks {
  const folds = plans.flatMap((plan) => plan.cells.flatMap(({ id: cell }) => plan.folds.map(({ seed, fold }) => ({ kind: "fold" as const, cell, seed, fold }))));
  const trials = folds.flatMap(({ cell, seed, fold }) => {
    const own = searched.find(({ id }) => id === cell);
    return own === undefined ? [] : independentTrials(own, { seed, fold }).map(({ trial }) => ({ kind: "trial" as const, cell, seed, fold, trial }));
  });
  const named = nameTasks([...trials, ...folds]);
  return { trials: named.filter(({ kind }) => kind === "trial"), folds: named.filter(({ kind }) => kind === "fold") };
}
