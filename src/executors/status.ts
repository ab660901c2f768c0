import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { NotFoundError, type EpochFigures, type Progress } from "../base/index.js";
import { readLock } from "../files/index.js";
import { isPublished, readSealedStudy, readTaskList, type StudyTask } from "../study/index.js";
import { acceptedAttempt, attemptNumbers, taskEpochs, type Beat } from "./attempts/attempt.js";
import { readGivenUp } from "./attempts/give-up.js";
import { attemptFolder, readShared } from "./attempts/places.js";
import { readAttempts, type AttemptRecord } from "./attempts/read-attempts.js";
import { readRound, type Round } from "./attempts/round.js";

/** Silence after which a process is taken for gone. */
const silentAfterMs = 30_000;

export type TaskState = "waiting" | "running" | "finished" | "given-up";

export interface TaskStatus extends StudyTask {
  readonly state: TaskState;
  /** Attempts made so far, over all starts of the study. */
  readonly attempts: number;
  /** Of the last attempt. */
  readonly worker?: string;
  readonly host?: string;
  readonly progress?: Progress;
  /** What its epochs showed so far; none where nothing is trained. */
  readonly history?: readonly EpochFigures[];
  /** How long the last attempt has taken so far, or took. */
  readonly seconds?: number;
  /** Why it was given up, or what its last attempt ended with. */
  readonly reason?: string;
}

export interface WorkerStatus {
  readonly worker: string;
  readonly host: string;
  readonly machine: string;
  readonly accepted: number;
  readonly failed: number;
  /** What it is doing. */
  readonly task?: string;
}

export interface StudyStatus {
  readonly state: "running" | "stopped" | "failed" | "finished";
  readonly executor?: string;
  /** Host and process that lead the study. */
  readonly leader?: { readonly host: string; readonly pid: number };
  readonly counts: Readonly<Record<TaskState, number>>;
  readonly tasks: readonly TaskStatus[];
  readonly workers: readonly WorkerStatus[];
  readonly message?: string;
}

function isHeard(at: string | undefined): boolean {
  return at !== undefined && Date.now() - Date.parse(at) < silentAfterMs;
}

async function statusOf(run: string, task: StudyTask, round: Round | undefined): Promise<TaskStatus & { readonly records: readonly AttemptRecord[] }> {
  const [accepted, isPresent, givenUp, records, history] = await Promise.all([acceptedAttempt(run, task.id), isPublished(task, run), readGivenUp(run, task.id), readAttempts(run, task.id), taskEpochs(run, task.id)]);
  // A search takes the results of its trials up.
  const isDone = isPresent || (task.kind === "trial" && accepted !== undefined);
  const last = records.at(-1);
  const beat = last && (await readShared<Beat>(path.join(attemptFolder(run, task.id, last.facts.attempt), "beat.json")));
  const isRunning = !isDone && last !== undefined && last.end === undefined && isHeard(beat?.at);
  const isGivenUp = !isDone && !isRunning && givenUp !== undefined && givenUp.round === round?.round;
  const endedAt = last?.end?.at ?? beat?.at;
  const reason = isGivenUp ? givenUp.reason : !isDone && !isRunning ? (last?.end?.reason ?? (last && "its process was not heard of any more")) : undefined;
  return {
    ...task,
    state: isDone ? "finished" : isRunning ? "running" : isGivenUp ? "given-up" : "waiting",
    attempts: records.length,
    ...(last && { worker: last.facts.worker, host: last.facts.host }),
    ...(isRunning && beat?.progress && { progress: beat.progress }),
    ...(history.length > 0 && { history }),
    ...(last && endedAt !== undefined && { seconds: Math.max(0, (Date.parse(endedAt) - Date.parse(last.facts.startedAt)) / 1000) }),
    ...(reason !== undefined && { reason }),
    records,
  };
}

function workersOf(tasks: readonly (TaskStatus & { readonly records: readonly AttemptRecord[] })[]): WorkerStatus[] {
  const workers = new Map<string, WorkerStatus>();
  for (const { id, state, records } of tasks) {
    for (const [i, { facts, end }] of records.entries()) {
      const { worker, host, machine } = facts;
      const key = `${worker} ${host}`;
      const before = workers.get(key) ?? { worker, host, machine, accepted: 0, failed: 0 };
      const isNow = state === "running" && i === records.length - 1;
      workers.set(key, { ...before, accepted: before.accepted + Number(end?.state === "accepted"), failed: before.failed + Number(end?.state === "failed" || end?.state === "lost" || (end === undefined && !isNow)), ...(isNow && { task: id }) });
    }
  }
  return [...workers.values()].sort((a, b) => a.worker.localeCompare(b.worker, "en", { numeric: true }));
}

/**
 * Where a study stands, from its folder alone: with whatever executor, and whether or not its processes live.
 * @throws NotFoundError `no-run`
 */
export async function studyStatus(run: string): Promise<StudyStatus> {
  const isRun = (await stat(path.join(run, "plan.json")).catch(() => undefined)) !== undefined;
  if (!isRun) throw new NotFoundError("no-run", `${run}: expected the folder of a study's run, got none. Name what was given as --out.`);
  const round = await readRound(run);
  const hasResults = (await stat(path.join(run, "results.json")).catch(() => undefined)) !== undefined;
  const list = await readTaskList(run);
  const found = await Promise.all(list.map((task) => statusOf(run, task, round)));
  const counts: Record<TaskState, number> = { waiting: 0, running: 0, finished: 0, "given-up": 0 };
  for (const { state } of found) counts[state] += 1;
  // The lock is held from the first look at the data to the last line of the report; the round, while tasks are done.
  const holder = await readLock(path.join(run, ".lock"));
  const isLed = holder !== undefined || (round?.state === "running" && isHeard(round.beatAt));
  const isSealed = await readSealedStudy(run).then(
    () => true,
    () => false,
  );
  const state: StudyStatus["state"] = isLed ? "running" : hasResults && !isSealed ? "finished" : round?.state === "failed" ? "failed" : counts.running > 0 ? "running" : "stopped";
  const workers = workersOf(found);
  const machines = new Set(workers.map(({ machine }) => machine));
  const message = round?.message ?? (machines.size > 1 ? `${machines.size} kinds of machine: results may differ in their last bits from those of one kind.` : undefined);
  return {
    state,
    ...(round && { executor: round.executor }),
    ...(isLed && { leader: holder ?? { host: round!.host, pid: round!.pid } }),
    counts,
    tasks: found.map(({ records: _, ...task }) => task),
    workers,
    ...(message !== undefined && { message }),
  };
}

/** Logs of all attempts at a task, in order. @throws NotFoundError `unknown-task` */
export async function taskLog(run: string, task: string): Promise<string> {
  const known = (await readTaskList(run)).map(({ id }) => id);
  const id = known.find((one) => one === task || one.split("-")[0] === task.padStart(4, "0"));
  if (id === undefined) throw new NotFoundError("unknown-task", `${task}: expected a task of the study, got another name. List them with: osteon study status ${path.basename(run)}.`);
  const numbers = await attemptNumbers(run, id);
  const logs = await Promise.all(numbers.map((number) => readFile(path.join(attemptFolder(run, id, number), "log.txt"), "utf8").catch(() => "")));
  return logs.join("");
}
