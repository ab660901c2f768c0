import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { OsteonError } from "../../base/index.js";
import { InternalError } from "../../base/index.js";
import type { TaskTable } from "./serve-tasks.js";
import type { WorkerReply, WorkerRequest } from "./worker-message.js";
import { unpackError } from "./worker-message.js";

export interface PoolOptions {
  /** Worker threads at most; started when first needed. */
  readonly workers?: number;
  /** Jobs handed out or waiting in the pool at most; further ones wait with their callers. 4 per worker by default. */
  readonly queueLimit?: number;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** What the job is about, for the error of a crash: a file's name. */
  readonly subject?: string;
}

interface Job {
  readonly request: WorkerRequest;
  readonly subject: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Member {
  readonly worker: Worker;
  job: Job | undefined;
}

/** Half the cores, 1 to 8: the other half is the training step's, which is never to wait. */
export function defaultWorkers(): number {
  return Math.min(8, Math.max(1, Math.floor(availableParallelism() / 2)));
}

/**
 * Worker threads that all run the same file (one that calls `serveTasks`), one job each at a time. A worker that dies
 * fails its job with a clear error and is replaced. An idle pool does not keep the process alive.
 */
export class WorkerPool<Tasks extends TaskTable> {
  readonly workers: number;
  readonly #file: URL;
  readonly #limit: number;
  readonly #members = new Set<Member>();
  readonly #queue: Job[] = [];
  readonly #waiting: (() => void)[] = [];
  #admitted = 0;
  #nextId = 0;
  #closed = false;

  constructor(file: URL, { workers = defaultWorkers(), queueLimit = 4 * workers }: PoolOptions = {}) {
    this.#file = file;
    this.workers = Math.max(1, workers);
    this.#limit = Math.max(this.workers, queueLimit);
  }

  /**
   * Runs one task in a worker.
   * @throws whatever the task throws; InternalError `worker-crashed`, `pool-closed`; the signal's reason
   */
  async run<K extends keyof Tasks & string>(
    task: K,
    payload: Parameters<Tasks[K]>[0],
    { signal, subject = task }: RunOptions = {},
  ): Promise<Awaited<ReturnType<Tasks[K]>>> {
    await this.#admit(signal);
    try {
      if (this.#closed) throw closedError();
      return (await this.#post(task, payload, subject, signal)) as Awaited<ReturnType<Tasks[K]>>;
    } finally {
      this.#admitted -= 1;
      this.#waiting.shift()?.();
    }
  }

  /** Runs a task once per payload and waits for all, successes and failures, in the order of the payloads. */
  async runAll<K extends keyof Tasks & string>(
    task: K,
    payloads: readonly Parameters<Tasks[K]>[0][],
    options: { signal?: AbortSignal; subject?: (index: number) => string; onSettled?: (done: number) => void } = {},
  ): Promise<PromiseSettledResult<Awaited<ReturnType<Tasks[K]>>>[]> {
    let done = 0;
    const runs = payloads.map(async (payload, i) => {
      try {
        return await this.run(task, payload, { signal: options.signal, subject: options.subject?.(i) });
      } finally {
        options.onSettled?.((done += 1));
      }
    });
    const settled = await Promise.allSettled(runs);
    options.signal?.throwIfAborted();
    return settled;
  }

  /** Stops all workers; jobs not finished fail with `pool-closed`. No thread or handle is left. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#queue.splice(0)) job.reject(closedError());
    const members = [...this.#members];
    this.#members.clear();
    for (const member of members) {
      member.job?.reject(closedError());
      // A result that is already on its way would let the process end while the threads are still being waited for.
      member.job = undefined;
    }
    await Promise.all(members.map(({ worker }) => worker.terminate()));
  }

  /** Waits for room in the queue. */
  async #admit(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    while (this.#admitted >= this.#limit) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
      if (signal?.aborted === true) {
        this.#waiting.shift()?.();
        signal.throwIfAborted();
      }
    }
    this.#admitted += 1;
  }

  #post(task: string, payload: unknown, subject: string, signal: AbortSignal | undefined): Promise<unknown> {
    let abort: (() => void) | undefined;
    const result = new Promise<unknown>((resolve, reject) => {
      const job: Job = { request: { id: this.#nextId++, task, payload }, subject, resolve, reject };
      abort = () => {
        const at = this.#queue.indexOf(job);
        if (at >= 0) this.#queue.splice(at, 1);
        // A job already in a worker runs to its end there; only its result is dropped.
        reject(signal!.reason as Error);
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#queue.push(job);
      this.#dispatch();
    });
    return result.finally(() => signal?.removeEventListener("abort", abort!));
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      let member = [...this.#members].find(({ job }) => job === undefined);
      if (member === undefined && this.#members.size < this.workers) member = this.#start();
      if (member === undefined) return;
      const job = this.#queue.shift()!;
      member.job = job;
      member.worker.ref();
      member.worker.postMessage(job.request, []);
    }
  }

  #start(): Member {
    const worker = new Worker(this.#file, { execArgv: [] });
    const member: Member = { worker, job: undefined };
    this.#members.add(member);
    worker.on("message", ({ id, result, error }: WorkerReply) => {
      const { job } = member;
      if (job === undefined || job.request.id !== id) return;
      member.job = undefined;
      worker.unref();
      if (error === undefined) job.resolve(result);
      else job.reject(unpackError(error));
      this.#dispatch();
    });
    const lose = (reason: string): void => {
      if (!this.#members.delete(member)) return;
      member.job?.reject(crashError(member.job.subject, reason));
      member.job = undefined;
      void worker.terminate();
      if (!this.#closed) this.#dispatch();
    };
    worker.on("error", (error: Error & { code?: string }) => lose(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "out of memory" : error.message));
    worker.on("messageerror", (error) => lose(error.message));
    worker.on("exit", (code) => lose(`exit code ${code}`));
    return member;
  }
}

function closedError(): OsteonError {
  return new InternalError("pool-closed", "worker pool: expected an open pool, got one that was closed. Open a new pool.");
}

function crashError(subject: string, reason: string): OsteonError {
  const remedy = reason === "out of memory" ? "Use fewer workers or scale this image down" : "Run again; if it happens again, leave this file out and report it";
  return new InternalError("worker-crashed", `${subject}: expected a worker thread to finish it, got a crash (${reason}). ${remedy}.`);
}
