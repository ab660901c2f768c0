import type { imageTasks } from "./image-tasks.js";
import type { PoolOptions } from "./worker-pool.js";
import { WorkerPool } from "./worker-pool.js";

export type ImagePool = WorkerPool<typeof imageTasks>;

/**
 * Opens worker threads that decode (`run("fit", ...)`, `run("prepare", ...)`) and make batches (`run("batch", ...)`).
 * Close it when done.
 */
export function createImagePool(options?: PoolOptions): ImagePool {
  return new WorkerPool<typeof imageTasks>(new URL("./image-worker.js", import.meta.url), options);
}
