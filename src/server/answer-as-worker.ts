import { parentPort, workerData } from "node:worker_threads";
import { OsteonError } from "../base/index.js";

/** What a worker says once. */
export interface WorkerAnswer {
  readonly result?: unknown;
  readonly code?: string;
  readonly message?: string;
  /** Whether it refused in words of its own, made for people. */
  readonly isOwn?: boolean;
}

/** Makes the module that calls it answer `askWorker` once. The result crosses as JSON, which leaves out what is undefined. */
export async function answerAsWorker(work: (input: never) => Promise<unknown>): Promise<void> {
  try {
    const result = JSON.parse(JSON.stringify(await work(workerData as never))) as unknown;
    parentPort!.postMessage({ result } satisfies WorkerAnswer);
  } catch (error) {
    const isOwn = error instanceof OsteonError;
    parentPort!.postMessage({ code: isOwn ? error.code : "internal", message: (error as Error).message, isOwn } satisfies WorkerAnswer);
  }
}
