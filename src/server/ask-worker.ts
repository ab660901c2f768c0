import { Worker } from "node:worker_threads";
import { DataError, InternalError } from "../base/index.js";
import type { WorkerAnswer } from "./answer-as-worker.js";

/** Asks a module that answers once, by `answerAsWorker`, in a thread of its own. @throws DataError with its own words where it refuses */
export async function askWorker<T>(module: URL, workerData: unknown, signal?: AbortSignal): Promise<T> {
  const worker = new Worker(module, { workerData });
  const stop = (): void => void worker.terminate();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const answer = await new Promise<WorkerAnswer>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
      worker.once("exit", (code) => reject(new InternalError("thread", `thread: expected an answer, got its end with code ${code}.`)));
    });
    if (answer.result !== undefined) return answer.result as T;
    throw answer.isOwn === true ? new DataError(answer.code!, answer.message!) : new InternalError("thread", answer.message ?? "thread: expected an answer, got none.");
  } finally {
    signal?.removeEventListener("abort", stop);
    await worker.terminate();
  }
}
