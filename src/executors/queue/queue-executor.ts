import path from "node:path";
import type { Executor, GivenUpTask, StudyTask } from "../../study/index.js";
import { acceptedAttempt, attemptNumbers, settleTask, type Beat } from "../attempts/attempt.js";
import { readGivenUp } from "../attempts/give-up.js";
import { leadTasks, type LedRequest } from "../attempts/lead.js";
import { attemptFolder, readShared } from "../attempts/places.js";
import { pause } from "../pause.js";
import { checkAddress } from "./database.js";
import { TaskQueue } from "./task-queue.js";

export interface QueueOptions {
  /** `postgres://user:password@host:port/name`. */
  readonly database: string;
  readonly attempts: number;
}

/** Pause between two looks at the queue. */
const lookMs = 1000;

/** Time without a worker before that is said. */
const patienceMs = 20_000;

/**
 * Hands tasks to the workers that listen on a database, on whatever machines. All see the run's folder.
 * @throws InputError `database-address`
 */
export function queueExecutor({ database, attempts }: QueueOptions): Executor {
  checkAddress(database);
  return leadTasks({
    name: "queue",
    attempts,
    async work(request) {
      const queue = await TaskQueue.open(database);
      try {
        // Left by a leading process that was killed.
        await queue.withdraw(request.folder);
        return await follow(queue, request);
      } finally {
        await queue.close();
      }
    },
  });
}

async function send(queue: TaskQueue, task: StudyTask, { folder, round, attempts }: LedRequest): Promise<string> {
  return queue.send({ run: folder, round, attempts, task });
}

/** Tells of a task what its worker tells. */
async function showProgress({ folder, onProgress }: LedRequest, task: StudyTask): Promise<void> {
  const newest = (await attemptNumbers(folder, task.id)).at(-1);
  const beat = newest === undefined ? undefined : await readShared<Beat>(path.join(attemptFolder(folder, task.id, newest), "beat.json"));
  if (beat?.progress) onProgress?.(beat.progress);
}

/** Waits until each task is accepted or given up. */
async function follow(queue: TaskQueue, request: LedRequest): Promise<GivenUpTask[]> {
  const { folder, tasks, round, signal, onAccepted, onWarning } = request;
  const open = new Map<string, StudyTask>();
  const givenUp: GivenUpTask[] = [];
  for (const task of tasks) open.set(await send(queue, task, request), task);
  let idleSince: number | undefined = Date.now();
  try {
    while (open.size > 0) {
      signal?.throwIfAborted();
      const states = await queue.states([...open.keys()]).catch((): Map<string, string> => new Map());
      for (const [id, state] of states) {
        const task = open.get(id)!;
        if (state === "active") await showProgress(request, task);
        // A result is accepted in the folder; the queue may hear of it later, or never.
        if (state !== "completed" && (await acceptedAttempt(folder, task.id)) === undefined) continue;
        const note = await readGivenUp(folder, task.id);
        if (await settleTask(folder, task)) onAccepted(task);
        else if (note?.round === round) givenUp.push({ task, attempts: note.attempts, reason: note.reason, log: note.log });
        else open.set(await send(queue, task, request), task);
        open.delete(id);
      }
      const isIdle = states.size > 0 && ![...states.values()].includes("active") && open.size > 0;
      idleSince = isIdle ? (idleSince ?? Date.now()) : undefined;
      if (idleSince !== undefined && Date.now() - idleSince > patienceMs) {
        onWarning?.("no worker has taken a task yet. Start some, on this machine or others that see the run's folder: osteon worker --database ...");
        idleSince = Infinity;
      }
      await pause(lookMs, signal);
    }
    return givenUp;
  } catch (error) {
    await queue.withdraw(folder).catch(() => undefined);
    throw error;
  }
}
