import { mkdir } from "node:fs/promises";
import path from "node:path";
import { InputError } from "../../base/index.js";
import { withFileErrors, writeFileAtomic, writeJsonAtomic } from "../../files/index.js";
import type { Executor, GivenUpTask, StudyTask } from "../../study/index.js";
import { acceptedAttempt, attemptNumbers, settleTask, type Beat } from "../attempts/attempt.js";
import { giveUp } from "../attempts/give-up.js";
import { leadTasks, type LedRequest } from "../attempts/lead.js";
import { attemptFolder, readShared } from "../attempts/places.js";
import { readAttempts } from "../attempts/read-attempts.js";
import { countTries, lastReason } from "../attempts/tries.js";
import { pause } from "../pause.js";
import { batchScript } from "./batch-script.js";
import { elementsOf, slurm, type ArrayElement } from "./commands.js";

export interface SlurmOptions {
  /** Further options of sbatch. */
  readonly arguments?: readonly string[];
  /** Elements that may run at a time. */
  readonly atOnce?: number;
  /** The command that starts Osteon on the nodes. */
  readonly command: readonly string[];
  readonly attempts: number;
}

/** Pause between two looks at the cluster. */
const lookMs = 2000;

/** Has tasks done by an array job of the cluster that this machine may submit to. All nodes see the run's folder. */
export function slurmExecutor(options: SlurmOptions): Executor {
  return leadTasks({ name: "slurm", attempts: options.attempts, work: (request) => new SlurmWork(options, request).run() });
}

const numberOf = ({ id }: StudyTask): number => Number(id.split("-")[0]);

class SlurmWork {
  readonly #options: SlurmOptions;
  readonly #request: LedRequest;
  readonly #open: Map<number, StudyTask>;
  readonly #givenUp: GivenUpTask[] = [];
  /** Times that a task's element ended without an attempt: cancelled before it began, or the program not found. */
  readonly #neverBegan = new Map<number, number>();
  /** Array jobs with the tasks that each is to do. */
  readonly #jobs = new Map<string, Set<number>>();

  constructor(options: SlurmOptions, request: LedRequest) {
    this.#options = options;
    this.#request = request;
    this.#open = new Map(request.tasks.map((task) => [numberOf(task), task]));
  }

  get #jobsFile(): string {
    return path.join(this.#request.folder, "distributed/slurm/jobs.json");
  }

  async run(): Promise<readonly GivenUpTask[]> {
    const { signal, folder } = this.#request;
    await withFileErrors(folder, () => mkdir(path.dirname(this.#jobsFile), { recursive: true }));
    // Left by a leading process that was killed: their tasks are taken over from their checkpoints.
    await this.#cancel((await readShared<string[]>(this.#jobsFile)) ?? []);
    try {
      await this.#submit([...this.#open.keys()]);
      while (this.#open.size > 0) {
        signal?.throwIfAborted();
        await this.#look();
        await pause(this.#open.size > 0 ? lookMs : 0, signal);
      }
      return this.#givenUp;
    } finally {
      await this.#cancel([...this.#jobs.keys()]);
      await writeJsonAtomic(this.#jobsFile, []);
    }
  }

  async #cancel(jobs: readonly string[]): Promise<void> {
    if (jobs.length > 0) await slurm("scancel", [...jobs]).catch(() => undefined);
  }

  async #submit(numbers: readonly number[]): Promise<void> {
    const { folder, threads } = this.#request;
    const { arguments: extra = [], atOnce, command } = this.#options;
    const file = path.join(folder, "distributed/slurm", `round-${this.#request.round}-${this.#jobs.size + 1}.sbatch`);
    await writeFileAtomic(file, batchScript({ run: folder, study: path.basename(folder), threads, tasks: numbers, command, ...(atOnce !== undefined && { atOnce }) }));
    // Options of the command line go before those of the script.
    const said = await slurm("sbatch", ["--parsable", ...extra, file]);
    const job = /^(\d+)/.exec(said.split("\n").at(-1)!)?.[1];
    if (job === undefined) throw new InputError("slurm", `sbatch: expected the number of a job, got "${said}". Correct the options given with --slurm.`);
    this.#jobs.set(job, new Set(numbers));
    await writeJsonAtomic(this.#jobsFile, [...this.#jobs.keys()]);
  }

  /** Looks once at folder and cluster: what is accepted is done, what ended otherwise is submitted again or given up. */
  async #look(): Promise<void> {
    const again: number[] = [];
    for (const [job, numbers] of this.#jobs) {
      if (numbers.size === 0) continue;
      const elements = await elementsOf(job);
      if (elements === undefined) continue;
      this.#refuseCancelledWhole(job, numbers, elements);
      const alive = new Set(elements.filter(({ isAlive }) => isAlive).map(({ index }) => index));
      for (const number of numbers) {
        const task = this.#open.get(number);
        if (task === undefined) {
          numbers.delete(number);
          continue;
        }
        if ((await acceptedAttempt(this.#request.folder, task.id)) !== undefined && (await settleTask(this.#request.folder, task))) {
          numbers.delete(number);
          this.#open.delete(number);
          this.#request.onAccepted(task);
        } else if (!alive.has(number)) {
          numbers.delete(number);
          if (await this.#mayTryAgain(number, task)) again.push(number);
        } else await this.#show(task);
      }
    }
    if (again.length > 0) await this.#submit(again);
  }

  /** Whoever cancels the array as a whole means the study, not its elements. */
  #refuseCancelledWhole(job: string, numbers: ReadonlySet<number>, elements: readonly ArrayElement[]): void {
    const own = elements.filter(({ index }) => numbers.has(index));
    const isCancelled = own.length === numbers.size && own.length > 1 && own.every(({ state }) => state === "CANCELLED");
    if (isCancelled) throw new InputError("slurm-cancelled", `job ${job}: expected its tasks to be done, got all of them cancelled. To go on from the checkpoints, run the same command again.`);
  }

  async #mayTryAgain(number: number, task: StudyTask): Promise<boolean> {
    const { folder, round, attempts, onWarning } = this.#request;
    const last = (await readAttempts(folder, task.id)).filter(({ facts }) => facts.round === round).at(-1);
    const idle = last === undefined ? (this.#neverBegan.get(number) ?? 0) + 1 : 0;
    this.#neverBegan.set(number, idle);
    const tries = (await countTries(folder, task.id, round)) + idle;
    const reason = last === undefined ? `it never began; see distributed/slurm` : (last.end?.reason ?? (await lastReason(folder, task.id)));
    // What a program of ours refused once, it will refuse again.
    const isFinal = last?.end?.state === "failed" && last.end.isFinal === true;
    if (isFinal || tries >= attempts) {
      this.#open.delete(number);
      this.#givenUp.push(await giveUp(folder, task, { round, attempts: tries, reason }));
      return false;
    }
    onWarning?.(`${task.id}: submitted again (${reason})`);
    return true;
  }

  async #show(task: StudyTask): Promise<void> {
    const { folder, onProgress } = this.#request;
    const newest = (await attemptNumbers(folder, task.id)).at(-1);
    const beat = newest === undefined ? undefined : await readShared<Beat>(path.join(attemptFolder(folder, task.id, newest), "beat.json"));
    if (beat?.progress) onProgress?.(beat.progress);
  }
}
