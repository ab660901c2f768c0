import type { Executor, GivenUpTask, StudyTask } from "../../study/index.js";
import { giveUp } from "../attempts/give-up.js";
import { leadTasks, type LedRequest } from "../attempts/lead.js";
import { MemoryBudget } from "./memory-budget.js";
import { TaskProcess } from "./task-process.js";

export interface LocalOptions {
  /** Tasks at a time at most. */
  readonly jobs: number;
  /** Cores that all together may use; as many tasks run at a time as have room with the study's threads. */
  readonly cores?: number;
  /** Memory that all together may hold. */
  readonly memoryBytes?: number;
  readonly attempts: number;
  readonly softwareVersion: string;
}

/** Pause between two looks at memory, and at whether a waiting task may start. */
const lookMs = 500;

/** Does tasks in processes of this machine, as many at a time as cores and memory allow. */
export function localExecutor(options: LocalOptions): Executor {
  return leadTasks({ name: "local", attempts: options.attempts, work: (request) => new LocalWork(options, request).run() });
}

class LocalWork {
  readonly #options: LocalOptions;
  readonly #request: LedRequest;
  readonly #budget: MemoryBudget;
  readonly #waiting: StudyTask[];
  readonly #attempts = new Map<string, number>();
  readonly #givenUp: GivenUpTask[] = [];
  readonly #takenBack = new Set<string>();
  readonly #processes: TaskProcess[] = [];
  readonly #byTask = new Map<string, TaskProcess>();
  readonly #stop = new AbortController();

  constructor(options: LocalOptions, request: LedRequest) {
    this.#options = options;
    this.#request = request;
    this.#waiting = [...request.tasks];
    this.#budget = new MemoryBudget(options.memoryBytes);
  }

  async run(): Promise<readonly GivenUpTask[]> {
    const { jobs, cores = Infinity, softwareVersion } = this.#options;
    const { threads, signal, tasks, onWarning } = this.#request;
    const atOnce = Math.max(1, Math.min(jobs, tasks.length, Math.floor(cores / threads)));
    if (atOnce < Math.min(jobs, tasks.length)) onWarning?.(`${atOnce} tasks at a time instead of ${jobs}: each has ${threads} threads, and ${cores} cores are to be used.`);
    const stop = (): void => this.#stop.abort();
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted === true) stop();
    const looking = setInterval(() => this.#takeBackExcess(), lookMs);
    this.#stop.signal.addEventListener("abort", () => void Promise.all(this.#processes.map((one) => one.stop())), { once: true });
    try {
      const lanes = Array.from({ length: atOnce }, (_, i) => {
        const own = new TaskProcess({ softwareVersion, worker: `worker ${i + 1}` });
        this.#processes.push(own);
        return this.#lane(own);
      });
      const ends = await Promise.allSettled(lanes);
      const broken = ends.find((end) => end.status === "rejected");
      signal?.throwIfAborted();
      if (broken) throw broken.reason;
      return this.#givenUp;
    } finally {
      clearInterval(looking);
      signal?.removeEventListener("abort", stop);
      await Promise.all(this.#processes.map((one) => one.stop()));
    }
  }

  /** One process's share: the next task that fits, until none is left and nobody can bring one back. */
  async #lane(own: TaskProcess): Promise<void> {
    try {
      while (!this.#stop.signal.aborted) {
        const at = this.#waiting.findIndex((task) => this.#budget.admits(task));
        if (at < 0) {
          if (this.#waiting.length === 0 && this.#byTask.size === 0) return;
          await new Promise((resolve) => setTimeout(resolve, lookMs));
          continue;
        }
        await this.#attempt(this.#waiting.splice(at, 1)[0]!, own);
      }
    } catch (error) {
      // What breaks one process breaks all: the study cannot be opened, or the folder not be written.
      this.#stop.abort();
      throw error;
    } finally {
      await own.stop();
    }
  }

  async #attempt(task: StudyTask, own: TaskProcess): Promise<void> {
    const { folder, round, onProgress, onAccepted, onWarning, attempts } = this.#request;
    this.#byTask.set(task.id, own);
    this.#budget.start({ task, memory: () => own.memory });
    try {
      const outcome = await own.run({ run: folder, round, task, ...(onProgress && { onProgress }) });
      if (outcome.state === "accepted") return onAccepted(task);
      const wasTakenBack = this.#takenBack.delete(task.id);
      if (outcome.state === "interrupted") return;
      if (outcome.state === "superseded" || wasTakenBack) return void this.#waiting.push(task);
      const tried = (this.#attempts.get(task.id) ?? 0) + 1;
      this.#attempts.set(task.id, tried);
      const reason = outcome.reason ?? outcome.state;
      if (outcome.isFinal === true || tried >= attempts) this.#givenUp.push(await giveUp(folder, task, { round, attempts: tried, reason }));
      else {
        onWarning?.(`${task.id}: attempt ${tried} of ${attempts} failed: ${reason}`);
        this.#waiting.push(task);
      }
    } finally {
      this.#budget.end(task);
      this.#byTask.delete(task.id);
    }
  }

  /** A task that turned out to need more than there is goes back, to start again from its checkpoint when others are done. */
  #takeBackExcess(): void {
    const task = this.#budget.excess();
    if (task === undefined || this.#takenBack.has(task.id)) return;
    this.#takenBack.add(task.id);
    this.#request.onWarning?.(`${task.id}: taken back, as the tasks together held more memory than they may. It goes on when there is room.`);
    this.#byTask.get(task.id)?.kill();
  }
}
