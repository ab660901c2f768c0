import type { OnProgress } from "../../base/index.js";

/** A piece of a study that depends on no other: one network and row in one fold, or one trial of a search. */
export interface StudyTask {
  /** The same for the same plan: file name and key. */
  readonly id: string;
  readonly kind: "fold" | "trial";
  /** Id of the cell; of a trial, of the cell that is searched. */
  readonly cell: string;
  readonly seed: number;
  readonly fold: number;
  /** From 0. */
  readonly trial?: number;
}

export interface ExecutorRequest {
  /** The run's folder, with the study sealed in it. */
  readonly folder: string;
  /** What is to be done, in any order. */
  readonly tasks: readonly StudyTask[];
  /** Tasks of the study that are done already, and in all. */
  readonly done: number;
  readonly total: number;
  /** Threads of the runtime in every task: another number gives other last bits. */
  readonly threads: number;
  readonly onProgress?: OnProgress;
  readonly onWarning?: (message: string) => void;
  readonly signal?: AbortSignal;
}

/** A task that is not tried again. */
export interface GivenUpTask {
  readonly task: StudyTask;
  readonly attempts: number;
  /** What the last attempt ended with. */
  readonly reason: string;
  /** Its log, relative to the run's folder. */
  readonly log: string;
}

/** Who does the tasks of a study. */
export interface Executor {
  /** `local`, `queue`, `slurm`. */
  readonly name: string;
  /**
   * Has all tasks done. Returns when each is accepted or given up.
   * @returns the tasks that were given up
   * @throws the signal's reason when it was aborted: what was running is stopped, with a checkpoint
   */
  finish(request: ExecutorRequest): Promise<readonly GivenUpTask[]>;
}
