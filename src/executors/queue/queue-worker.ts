import os from "node:os";
import { stat } from "node:fs/promises";
import { OsteonError, type Progress } from "../../base/index.js";
import { nameTask } from "../../study/index.js";
import { giveUp } from "../attempts/give-up.js";
import { readRound } from "../attempts/round.js";
import { countTries, lastReason } from "../attempts/tries.js";
import type { AttemptOutcome } from "../attempts/run-attempt.js";
import { mapPath, type PathMap } from "../local/messages.js";
import { TaskProcess } from "../local/task-process.js";
import { pause } from "../pause.js";
import { renewMs, TaskQueue, type HeldJob } from "./task-queue.js";

export interface WorkerOptions {
  readonly database: string;
  readonly softwareVersion: string;
  /** Name in logs: the machine and the process unless told. */
  readonly name?: string;
  /** What paths of the leading machine are called here. */
  readonly places?: readonly PathMap[];
  /** Ends when there is nothing to do, after this long. */
  readonly idleSeconds?: number;
  readonly onProgress?: (progress: Progress) => void;
  readonly onNote?: (note: string) => void;
  readonly signal?: AbortSignal;
}

/** Pause between two looks at an empty queue. */
const lookMs = 1000;

/** Pause after a job that cannot be done here: perhaps another worker can. */
const strangeMs = 5000;

/** Problems of this worker, not of the task: another one may have none. */
const ownProblems = ["no-study", "worker-version", "file-enoent", "file-eacces", "file-eperm", "file-erofs", "file-missing"];

/** Takes tasks from the queue and does them, one at a time, until it is stopped; then what it does goes on elsewhere from a checkpoint. */
export async function serveQueue(options: WorkerOptions): Promise<void> {
  const { database, softwareVersion, places = [], name = `${os.hostname()}:${process.pid}`, idleSeconds = Infinity, onNote, signal } = options;
  const queue = await TaskQueue.open(database);
  const own = new TaskProcess({ softwareVersion, worker: name, places });
  const halt = (): void => void own.stop();
  signal?.addEventListener("abort", halt, { once: true });
  let lastWork = Date.now();
  try {
    onNote?.(`${name}: waiting for tasks`);
    for (;;) {
      if (signal?.aborted === true || Date.now() - lastWork >= idleSeconds * 1000) return;
      const job = await queue.take().catch((error: unknown) => {
        onNote?.(`${name}: ${(error as Error).message}`);
        return undefined;
      });
      if (job === undefined) {
        await pause(lookMs, signal);
        continue;
      }
      await handle(job, { queue, own, name, options, places });
      lastWork = Date.now();
    }
  } finally {
    signal?.removeEventListener("abort", halt);
    await own.stop();
    await queue.close();
  }
}

interface Bench {
  readonly queue: TaskQueue;
  readonly own: TaskProcess;
  readonly name: string;
  readonly options: WorkerOptions;
  readonly places: readonly PathMap[];
}

async function handle(job: HeldJob, { queue, own, name, options, places }: Bench): Promise<void> {
  const { onNote, onProgress, signal } = options;
  const { task, round, attempts } = job;
  const run = mapPath(job.run, places);
  const settle = async (act: () => Promise<unknown>): Promise<void> => {
    // The queue finds out by itself that nobody renews the job.
    await act().catch((error: unknown) => onNote?.(`${name}: ${(error as Error).message}`));
  };
  if ((await stat(run).catch(() => undefined)) === undefined) {
    onNote?.(`${name}: expected the run's folder ${run} to be seen here, got none. Share it under this path, or say what it is called here: --map ${job.run}=PATH.`);
    await settle(() => queue.giveBack(job, "the folder is not seen"));
    return pause(strangeMs, signal);
  }
  const current = await readRound(run);
  if (current?.round !== round) return settle(() => queue.finish(job));
  if ((await countTries(run, task.id, round)) >= attempts) {
    await giveUp(run, task, { round, attempts, reason: await lastReason(run, task.id) });
    return settle(() => queue.finish(job));
  }
  onNote?.(`${name}: ${nameTask(task)}`);
  let isHeld = true;
  let stopping: Promise<void> | undefined;
  const renew = async (): Promise<void> => {
    // A server that does not answer says nothing of the job: it is held until another has it.
    if ((await queue.renew(job).catch(() => true)) || !isHeld) return;
    isHeld = false;
    stopping = own.stop();
  };
  const timer = setInterval(() => {
    void renew();
  }, renewMs);
  try {
    const outcome = await own.run({ run, round, task, ...(onProgress && { onProgress }) });
    onNote?.(`${name}: ${nameTask(task)}: ${outcome.state}${outcome.reason === undefined ? "" : ` (${outcome.reason})`}`);
    if (isHeld) await settle(() => conclude(queue, job, run, outcome));
  } catch (error) {
    onNote?.(`${name}: ${(error as Error).message}`);
    const isOfTask = error instanceof OsteonError && !ownProblems.includes(error.code);
    if (isOfTask) await giveUp(run, task, { round, attempts: 1, reason: error.message });
    await settle(() => (isOfTask ? queue.finish(job) : queue.giveBack(job, (error as Error).message)));
    if (!isOfTask) await pause(strangeMs, signal);
  } finally {
    clearInterval(timer);
    await stopping;
  }
}

/** What an attempt's outcome means for its job. */
async function conclude(queue: TaskQueue, job: HeldJob, run: string, outcome: AttemptOutcome): Promise<void> {
  const { task, round, attempts } = job;
  if (outcome.state === "accepted") return queue.finish(job);
  const failed = outcome.state === "failed" || outcome.state === "lost";
  const tries = await countTries(run, task.id, round);
  if (failed && (outcome.isFinal === true || tries >= attempts)) {
    await giveUp(run, task, { round, attempts: tries, reason: outcome.reason ?? outcome.state });
    return queue.finish(job);
  }
  return queue.giveBack(job, outcome.reason ?? outcome.state);
}
