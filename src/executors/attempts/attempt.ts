import { appendFile, link, mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import os from "node:os";
import path from "node:path";
import type { EpochFigures, Progress } from "../../base/index.js";
import { withFileErrors, writeJsonAtomic } from "../../files/index.js";
import { isPublished, publishAttempt, seedAttempt, type StudyTask } from "../../study/index.js";
import { attemptFolder, readShared, taskFolder } from "./places.js";

/** How an attempt ended. An attempt without an end was killed, or is running. */
export interface AttemptEnd {
  readonly state: "accepted" | "superseded" | "failed" | "interrupted" | "lost";
  readonly reason?: string;
  /** Of an error of ours. */
  readonly code?: string;
  /** The same inputs give the same error: trying again is no use. */
  readonly isFinal?: boolean;
  readonly at: string;
}

/** Who makes an attempt, and since when. */
export interface AttemptFacts {
  readonly attempt: number;
  readonly round: number;
  readonly worker: string;
  readonly host: string;
  readonly pid: number;
  /** What decides the last bits: processor and system. */
  readonly machine: string;
  readonly startedAt: string;
}

/** Where an attempt stands, renewed every few seconds. */
export interface Beat {
  readonly at: string;
  readonly progress?: Progress;
}

const epochsFile = "epochs.jsonl";

/** What a task's epochs showed so far: those that an attempt did again count as it saw them. */
export async function taskEpochs(run: string, task: string): Promise<EpochFigures[]> {
  const epochs = new Map<number, EpochFigures>();
  for (const number of await attemptNumbers(run, task)) {
    const text = await readFile(path.join(attemptFolder(run, task, number), epochsFile), "utf8").catch(() => "");
    // A process that was killed may have left half a line at the end.
    for (const line of text.split("\n")) if (line.startsWith("{") && line.endsWith("}")) epochs.set((JSON.parse(line) as EpochFigures).epoch, JSON.parse(line) as EpochFigures);
  }
  return [...epochs.values()].sort((a, b) => a.epoch - b.epoch);
}

export function machineName(): string {
  return `${os.cpus()[0]?.model.trim() ?? "unknown processor"}, ${process.platform} ${process.arch}`;
}

/** Numbers of a task's attempts, ascending. */
export async function attemptNumbers(run: string, task: string): Promise<number[]> {
  const names = await readdir(taskFolder(run, task)).catch((): string[] => []);
  return names.flatMap((name) => /^attempt-(\d+)$/.exec(name)?.[1] ?? []).map(Number).sort((a, b) => a - b);
}

function acceptedFile(run: string, task: string): string {
  return path.join(taskFolder(run, task), "accepted.json");
}

/** Number of the attempt whose result counts; undefined before there is one. */
export async function acceptedAttempt(run: string, task: string): Promise<number | undefined> {
  return (await readShared<{ attempt: number }>(acceptedFile(run, task)))?.attempt;
}

/** Makes a file that must not be there yet, whole or not at all. @returns false where it is there */
async function writeOnce(file: string, text: string): Promise<boolean> {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString("hex")}.tmp`);
  const handle = await open(temporary, "wx");
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    // Unlike a rename, a link fails where the name is taken; on network disks too.
    await link(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * Finishes what an accepted attempt was about to do when it was cut off.
 * @returns whether the task is done; false also where its result was accepted once and is gone, so that it is done again
 */
export async function settleTask(run: string, task: StudyTask): Promise<boolean> {
  const accepted = await acceptedAttempt(run, task.id);
  if (accepted === undefined) return false;
  await publishAttempt(path.join(attemptFolder(run, task.id, accepted), "run"), run);
  if (await isPublished(task, run)) return true;
  await rm(acceptedFile(run, task.id), { force: true });
  return false;
}

export interface BeginOptions {
  readonly run: string;
  readonly round: number;
  readonly worker: string;
}

/** One try at a task. It has a number, and only the highest number may hand in a result. */
export class Attempt {
  readonly task: StudyTask;
  readonly facts: AttemptFacts;
  readonly folder: string;
  readonly #run: string;

  private constructor(run: string, task: StudyTask, facts: AttemptFacts) {
    this.#run = run;
    this.task = task;
    this.facts = facts;
    this.folder = attemptFolder(run, task.id, facts.attempt);
  }

  /** Takes the next number, and what the attempts before had reached. Undefined where the task is done. */
  static async begin(task: StudyTask, { run, round, worker }: BeginOptions): Promise<Attempt | undefined> {
    return withFileErrors(run, async () => {
      if (await settleTask(run, task)) return undefined;
      await mkdir(taskFolder(run, task.id), { recursive: true });
      for (;;) {
        const earlier = await attemptNumbers(run, task.id);
        const number = (earlier.at(-1) ?? 0) + 1;
        try {
          await mkdir(attemptFolder(run, task.id, number));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === "EEXIST") continue;
          throw error;
        }
        const facts: AttemptFacts = { attempt: number, round, worker, host: os.hostname(), pid: process.pid, machine: machineName(), startedAt: new Date().toISOString() };
        const attempt = new Attempt(run, task, facts);
        await writeJsonAtomic(path.join(attempt.folder, "attempt.json"), facts);
        await attempt.log(`attempt ${number} by ${worker} on ${facts.host} (process ${facts.pid})`);
        const folders = earlier.toReversed().map((one) => path.join(attemptFolder(run, task.id, one), "run"));
        const from = await seedAttempt(task, { run, folder: attempt.work, earlier: folders });
        if (from !== undefined) await attempt.log(`goes on from ${from === run ? "the run's own checkpoint" : `the checkpoint of ${path.basename(path.dirname(from))}`}`);
        return attempt;
      }
    });
  }

  /** What the attempt makes lies here until it is accepted. */
  get work(): string {
    return path.join(this.folder, "run");
  }

  async log(line: string): Promise<void> {
    await appendFile(path.join(this.folder, "log.txt"), `${new Date().toISOString()} ${line}\n`);
  }

  async beat(progress: Progress | undefined): Promise<void> {
    const beat: Beat = { at: new Date().toISOString(), ...(progress && { progress }) };
    await writeFile(path.join(this.folder, "beat.json"), JSON.stringify(beat));
  }

  /** Notes what an epoch showed; it stays when the attempt's own folder goes. */
  async epoch(figures: EpochFigures): Promise<void> {
    await appendFile(path.join(this.folder, epochsFile), `${JSON.stringify(figures)}\n`);
  }

  /** Whether a later attempt has begun, or another was accepted: nothing of this one will be wanted. */
  async isSuperseded(): Promise<boolean> {
    const newest = (await attemptNumbers(this.#run, this.task.id)).at(-1) ?? 0;
    if (newest > this.facts.attempt) return true;
    const accepted = await acceptedAttempt(this.#run, this.task.id);
    return accepted !== undefined && accepted !== this.facts.attempt;
  }

  /** Hands the result in. @returns whether it is the one that counts */
  async accept(): Promise<boolean> {
    return withFileErrors(this.#run, async () => {
      if (await this.isSuperseded()) return false;
      const isFirst = await writeOnce(acceptedFile(this.#run, this.task.id), JSON.stringify({ attempt: this.facts.attempt, at: new Date().toISOString() }));
      if (!isFirst && (await acceptedAttempt(this.#run, this.task.id)) !== this.facts.attempt) return false;
      await publishAttempt(this.work, this.#run);
      await this.#discardOthers();
      return true;
    });
  }

  /** Checkpoints of attempts before are no longer needed; their logs stay. */
  async #discardOthers(): Promise<void> {
    for (const number of await attemptNumbers(this.#run, this.task.id)) {
      await rm(path.join(attemptFolder(this.#run, this.task.id, number), "run"), { recursive: true, force: true, maxRetries: 2 }).catch(() => undefined);
    }
  }

  async end(end: Omit<AttemptEnd, "at">): Promise<AttemptEnd> {
    return endAttempt(this.folder, end);
  }
}

/** Notes how an attempt ended, in its log too; also for an attempt whose process is gone. */
export async function endAttempt(folder: string, end: Omit<AttemptEnd, "at">): Promise<AttemptEnd> {
  const whole: AttemptEnd = { ...end, at: new Date().toISOString() };
  await writeJsonAtomic(path.join(folder, "end.json"), whole);
  await appendFile(path.join(folder, "log.txt"), `${whole.at} ${end.state}${end.reason === undefined ? "" : `: ${end.reason}`}\n`);
  return whole;
}
