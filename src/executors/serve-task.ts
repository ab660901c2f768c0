import os from "node:os";
import { NotFoundError, type Progress } from "../base/index.js";
import { openStudyTasks } from "../study/index.js";
import { readRound } from "./attempts/round.js";
import { runAttempt, type AttemptOutcome } from "./attempts/run-attempt.js";
import { mapPath, type PathMap } from "./local/messages.js";

export interface ServeTaskOptions {
  readonly softwareVersion: string;
  readonly name?: string;
  readonly places?: readonly PathMap[];
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Does one task of a run in this process: what an element of an array job is.
 * @param name of the task, or its number
 * @throws NotFoundError `unknown-task`; InputError `no-study` and what keeps the study from being opened
 */
export async function serveTask(run: string, name: string, { softwareVersion, name: worker = `${os.hostname()}:${process.pid}`, places = [], onProgress, signal }: ServeTaskOptions): Promise<AttemptOutcome> {
  const tasks = await openStudyTasks(run, { softwareVersion, place: (file) => mapPath(file, places), ...(onProgress && { onProgress }), ...(signal && { signal }) });
  try {
    const task = tasks.tasks.find(({ id }) => id === name || Number(id.split("-")[0]) === Number(name));
    if (task === undefined) throw new NotFoundError("unknown-task", `${name}: expected a task of the study, got another name. List them with: osteon study status ${run}.`);
    const round = (await readRound(run))?.round ?? 0;
    return await runAttempt(tasks, task, { run, round, worker, ...(onProgress && { onProgress }), ...(signal && { signal }) });
  } finally {
    await tasks.close();
  }
}
