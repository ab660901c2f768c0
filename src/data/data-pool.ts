import type { PoolOptions } from "../images/index.js";
import { WorkerPool } from "../images/index.js";
import type { dataTasks } from "./data-tasks.js";

export type DataPool = WorkerPool<typeof dataTasks>;

/** Opens the worker threads that check, prepare and batch images. Close it when done. */
export function createDataPool(options?: PoolOptions): DataPool {
  return new WorkerPool<typeof dataTasks>(new URL("./data-worker.js", import.meta.url), options);
}
