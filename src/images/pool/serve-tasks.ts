import { parentPort } from "node:worker_threads";
import type { WorkerReply, WorkerRequest } from "./worker-message.js";
import { packError, transferablesOf } from "./worker-message.js";

/** Functions a worker offers, by name. Payload and result must be clonable; float32 arrays of a result are handed over. */
export type TaskTable = Readonly<Record<string, (payload: never) => unknown>>;

/** Answers the requests of a `WorkerPool`. To be called once by a worker's own file, and nowhere else. */
export function serveTasks(tasks: TaskTable): void {
  const port = parentPort;
  port?.on("message", ({ id, task, payload }: WorkerRequest) => {
    void (async () => {
      let reply: WorkerReply;
      try {
        reply = { id, result: await tasks[task]!(payload as never) };
      } catch (error) {
        reply = { id, error: packError(error) };
      }
      port.postMessage(reply, transferablesOf(reply.result));
    })();
  });
}
