import type { Executor, ExecutorRequest, GivenUpTask, StudyTask } from "../../study/index.js";
import { settleTask } from "./attempt.js";
import { beginRound, updateRound, type Round } from "./round.js";

/** Pause between two signs of life of the leading process. */
const beatMs = 5000;

export interface LedRequest extends ExecutorRequest {
  readonly round: number;
  readonly attempts: number;
  /** To be called for each task whose result was accepted. */
  readonly onAccepted: (task: StudyTask) => void;
}

export interface LeadOptions {
  readonly name: string;
  /** Attempts that a task has in one start of the study. */
  readonly attempts: number;
  /** Does the tasks that are left. */
  readonly work: (request: LedRequest) => Promise<readonly GivenUpTask[]>;
}

/** What all executors have in common: one round per start, with a sign of life; what was accepted before is settled; progress in numbers of tasks. */
export function leadTasks({ name, attempts, work }: LeadOptions): Executor {
  return {
    name,
    async finish(request) {
      const { folder, onProgress, signal } = request;
      let round: Round = await beginRound(folder, { executor: name, attempts });
      const timer = setInterval(() => void updateRound(folder, round, {}).catch(() => undefined), beatMs);
      try {
        const settled = await Promise.all(request.tasks.map((task) => settleTask(folder, task)));
        const tasks = request.tasks.filter((_, i) => settled[i] !== true);
        let done = request.done + request.tasks.length - tasks.length;
        const show = (): void => onProgress?.({ task: "study", done, total: request.total, unit: "tasks" });
        show();
        const onAccepted = (): void => {
          done += 1;
          show();
        };
        const failed = tasks.length === 0 ? [] : await work({ ...request, tasks, done, round: round.round, attempts, onAccepted });
        signal?.throwIfAborted();
        clearInterval(timer);
        round = await updateRound(folder, round, failed.length > 0 ? { state: "failed", message: `${failed.length} tasks given up`, endedAt: new Date().toISOString() } : { state: "finished", endedAt: new Date().toISOString() });
        return failed;
      } catch (error) {
        clearInterval(timer);
        const stopped = signal?.aborted === true;
        await updateRound(folder, round, { state: stopped ? "stopped" : "failed", message: stopped ? "stopped" : (error as Error).message, endedAt: new Date().toISOString() }).catch(() => undefined);
        throw error;
      }
    },
  };
}
