import { InputError, NotFoundError, type OnProgress } from "../../base/index.js";
import { createDataPool } from "../../data/index.js";
import { SessionCache } from "../../train/index.js";
import { honestPlan } from "../leaks/honest.js";
import { openImportedNetworks } from "../networks-of-study.js";
import { planCells, planStudy, type PlannedFold } from "../plan.js";
import { RunFolder } from "../run-folder.js";
import { runTask, type TaskContext } from "../run-task.js";
import { planSearch, withSearched, type SearchedCell } from "../search/plan-search.js";
import { runSearched } from "../search/run-searched.js";
import { runTrial } from "../search/run-trial.js";
import { innerFoldsOf, searchFolder, searchKey } from "../search/search-fold.js";
import type { TrialContexts } from "../search/trial-context.js";
import { writeTrialLine } from "../search/trial-line.js";
import { openStarts } from "../start-weights.js";
import { prepareTasks } from "../task-context.js";
import type { StudyTask } from "./contract.js";
import { independentTrials } from "./list-tasks.js";
import { readSealedStudy, relocate } from "./sealed-study.js";

export interface RunTaskOptions {
  /** Folder of this attempt; see `RunFolder.attempt`. */
  readonly folder: string;
  /** Names the attempt among all that are made at once. */
  readonly writer: string;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** A sealed study, open for its tasks to be done one after the other. */
export interface StudyTasks {
  readonly tasks: readonly StudyTask[];
  /** Does a task, or goes on with it from what lies in the attempt's folder, and leaves its products there. */
  run(task: StudyTask, options: RunTaskOptions): Promise<void>;
  close(): Promise<void>;
}

export interface OpenTasksOptions {
  readonly softwareVersion: string;
  /** What a path of the machine that leads the study is called here. */
  readonly place?: (file: string) => string;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/**
 * Opens the study that a run's folder holds, without checking again what was checked before it was sealed; that the images are still the same is.
 * @throws InputError `no-study`, `worker-version`; DataError `image-changed`, `weights-changed` and those of the files
 */
export async function openStudyTasks(run: string, { softwareVersion, place = (file) => file, onProgress, signal }: OpenTasksOptions): Promise<StudyTasks> {
  const study = relocate(await readSealedStudy(run), place);
  if (study.softwareVersion !== softwareVersion) {
    throw new InputError("worker-version", `${run}: expected a worker of Osteon ${study.softwareVersion}, as the study was begun with, got ${softwareVersion}. Install the same version on all machines.`);
  }
  const { recipe, dataset } = study;
  const imported = await openImportedNetworks(study.networks);
  const cells = planCells(recipe, imported);
  const searched = planSearch(recipe, cells, imported);
  const starts = await openStarts(cells, study, imported);
  const pool = createDataPool();
  const engine = { threads: study.threads, ...(study.device && { device: study.device }), ...(study.memoryBytes !== undefined && { memoryBytes: study.memoryBytes }) };
  const sessions = new SessionCache({ engine });
  const close = async (): Promise<void> => {
    await sessions.release();
    await pool.close();
  };
  try {
    const folder = RunFolder.attempt(run, { run, writer: "worker" });
    const { context } = await prepareTasks({ recipe, dataset, cells, starts, imported, folder, pool, sessions, engine, softwareVersion, ...(study.checkpointSeconds !== undefined && { checkpointSeconds: study.checkpointSeconds }), ...(onProgress && { onProgress }), ...(signal && { signal }) });
    const plan = withSearched(planStudy(recipe, dataset, imported), searched);
    const honest = study.honest ? honestPlan(plan, dataset) : undefined;
    const folds = [...plan.folds, ...(honest === undefined || "notEstimable" in honest ? [] : honest.folds)];
    const contexts: TrialContexts = new Map();
    return {
      tasks: study.tasks,
      close,
      async run(task, options) {
        const cell = plan.cells.find(({ id }) => id === task.cell);
        const fold = folds.find((one) => one.seed === task.seed && one.fold === task.fold);
        if (cell === undefined || fold === undefined) throw new NotFoundError("unknown-task", `${run}: expected a task of the study, got ${task.id}. Start the study again.`);
        const { onProgress: _, signal: __, ...rest } = context;
        const own: TaskContext = {
          ...rest,
          // Nothing of an attempt is known to the next one but what lies in its folder.
          detectors: new Map(),
          folder: RunFolder.attempt(options.folder, { run, writer: options.writer }),
          ...(options.onProgress && { onProgress: options.onProgress }),
          ...(options.signal && { signal: options.signal }),
        };
        const search = searched.find(({ id }) => id === task.cell);
        if (task.kind === "trial") await runTrialTask(task, { recipe, searched: search!, fold, contexts }, own);
        else if (search === undefined) await runTask(cell, fold, own);
        else await runSearched({ recipe, searched: search, fold, contexts }, own);
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One trial by itself: its result is kept for the search to take up. */
async function runTrialTask({ trial }: StudyTask, { recipe, searched, fold, contexts }: { readonly recipe: Parameters<typeof runSearched>[0]["recipe"]; readonly searched: SearchedCell; readonly fold: PlannedFold; readonly contexts: TrialContexts }, context: TaskContext): Promise<void> {
  const directory = searchFolder(searched, fold, context);
  const job = independentTrials(searched, fold)[trial!]!;
  const line = await runTrial(job, { recipe, searched, fold, inner: innerFoldsOf(searched, fold, context), directory, contexts }, context);
  await writeTrialLine(directory, { key: searchKey(searched, fold, context), line });
}
