import path from "node:path";
import { writeJsonAtomic } from "../../files/index.js";
import type { GivenUpTask, StudyTask } from "../../study/index.js";
import { attemptNumbers } from "./attempt.js";
import { attemptFolder, readShared, taskFolder } from "./places.js";

/** A task that no more attempts are made at in a round. */
export interface GivenUpNote {
  readonly round: number;
  readonly attempts: number;
  readonly reason: string;
  /** Log of the last attempt, relative to the run's folder. */
  readonly log: string;
}

export function readGivenUp(run: string, task: string): Promise<GivenUpNote | undefined> {
  return readShared<GivenUpNote>(path.join(taskFolder(run, task), "given-up.json"));
}

/** Notes that a task is not tried again in this round; its logs are kept. */
export async function giveUp(run: string, task: StudyTask, { round, attempts, reason }: Omit<GivenUpNote, "log">): Promise<GivenUpTask> {
  const last = (await attemptNumbers(run, task.id)).at(-1);
  const file = last === undefined ? taskFolder(run, task.id) : path.join(attemptFolder(run, task.id, last), "log.txt");
  const note: GivenUpNote = { round, attempts, reason, log: path.relative(run, file).split(path.sep).join("/") };
  await writeJsonAtomic(path.join(taskFolder(run, task.id), "given-up.json"), note);
  return { task, attempts, reason, log: note.log };
}
