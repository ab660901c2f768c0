import { rm } from "node:fs/promises";
import { DataError } from "../../base/index.js";
import { defaultThreads } from "../../engine/index.js";
import type { OpenStudy, StudyOptions } from "../open-study.js";
import type { StudyPlan } from "../plan.js";
import { taskKey } from "../run-task.js";
import type { SearchedCell } from "../search/plan-search.js";
import { isPublished } from "./carry.js";
import type { Executor, GivenUpTask, StudyTask } from "./contract.js";
import { listTasks } from "./list-tasks.js";
import { sealedFile, sealStudy } from "./sealed-study.js";

export interface DistributeOptions {
  /** The study's plan, and that of its honest folds where a leak was accepted. */
  readonly plans: readonly StudyPlan[];
  readonly searched: readonly SearchedCell[];
  readonly options: StudyOptions;
  readonly study: OpenStudy;
}

/** Tasks that failed, told in a list. */
const mostTold = 5;

function refusal(failed: readonly GivenUpTask[], { total, run }: { readonly total: number; readonly run: string }): DataError {
  const told = failed.slice(0, mostTold).map(({ task, attempts, reason, log }) => `- ${nameTask(task)}, after ${attempts} ${attempts === 1 ? "attempt" : "attempts"}: ${reason} (log: ${log})`);
  const more = failed.length > mostTold ? [`- and ${failed.length - mostTold} more`] : [];
  return new DataError("tasks-given-up", [`${run}: expected all ${total} tasks of the study to be done, got ${failed.length} given up:`, ...told, ...more, "Mend the reason and run the same command again: what is finished is kept."].join("\n"));
}

/** A task in words. */
export function nameTask({ cell, seed, fold, trial }: StudyTask): string {
  return `${cell.split("/").join(" · ")} · seed ${seed}, fold ${fold}${trial === undefined ? "" : `, trial ${trial + 1}`}`;
}

/**
 * Has a study's tasks done by an executor, so that all of them can be read back afterwards: trials that need nothing of one another first, then the folds.
 * @throws DataError `tasks-given-up` naming the tasks that failed and why
 */
export async function distribute(executor: Executor, { plans, searched, options, study }: DistributeOptions): Promise<void> {
  const { context, dataset } = study;
  const { folder, engine } = context;
  const run = folder.path;
  const { trials, folds } = listTasks(plans, searched);
  const threads = engine.threads ?? defaultThreads();

  /** A fold is finished where its record was made from the same inputs; what a searched cell was trained with is known only to its search. */
  const isFinished = async (task: StudyTask): Promise<boolean> => {
    if (task.kind === "trial" || searched.some(({ id }) => id === task.cell)) return isPublished(task, run);
    const plan = plans.find((one) => one.folds.some(({ seed, fold }) => seed === task.seed && fold === task.fold))!;
    const cell = plan.cells.find(({ id }) => id === task.cell)!;
    const fold = plan.folds.find((one) => one.seed === task.seed && one.fold === task.fold)!;
    return (await folder.readTask(task.cell, task.seed, task.fold, taskKey(cell, fold, context))) !== undefined;
  };
  const unfinished = async (tasks: readonly StudyTask[]): Promise<StudyTask[]> => {
    const states = await Promise.all(tasks.map(isFinished));
    return tasks.filter((_, i) => states[i] !== true);
  };

  const openFolds = await unfinished(folds);
  const isOpen = (trial: StudyTask): boolean => openFolds.some(({ cell, seed, fold }) => cell === trial.cell && seed === trial.seed && fold === trial.fold);
  const openTrials = await unfinished(trials.filter(isOpen));
  if (openFolds.length === 0) return;
  await sealStudy(run, {
    format: 1,
    softwareVersion: options.softwareVersion,
    recipe: options.recipe,
    dataset,
    weights: { ...options.weights },
    sources: { ...options.sources },
    networks: { ...options.networks },
    threads,
    ...(options.device && { device: options.device }),
    ...(options.memoryBytes !== undefined && { memoryBytes: options.memoryBytes }),
    ...(options.checkpointSeconds !== undefined && { checkpointSeconds: options.checkpointSeconds }),
    honest: plans.length > 1,
    tasks: [...trials, ...folds],
  });
  const total = trials.length + folds.length;
  // Folds that wait for no trial are done beside them.
  const waits = (one: StudyTask): boolean => openTrials.some(({ cell, seed, fold }) => cell === one.cell && seed === one.seed && fold === one.fold);
  const stages = [[...openTrials, ...openFolds.filter((one) => !waits(one))], openFolds.filter(waits)];
  let done = total - openTrials.length - openFolds.length;
  for (const tasks of stages) {
    if (tasks.length === 0) continue;
    const { onProgress, signal } = context;
    const failed = await executor.finish({ folder: run, tasks, done, total, threads, ...(onProgress && { onProgress }), ...(options.onWarning && { onWarning: options.onWarning }), ...(signal && { signal }) });
    if (failed.length > 0) throw refusal(failed, { total, run: options.out });
    const left = await unfinished(tasks);
    if (left.length > 0) {
      throw new DataError("tasks-other", `${nameTask(left[0]!)}: expected the result of this study, got one that was made from other inputs or none. Remove ${run}/distributed and run the same command again.`);
    }
    done += tasks.length;
  }
  await rm(sealedFile(run), { force: true });
}
