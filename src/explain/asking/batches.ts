import { float32, type OnProgress, type Tensor } from "../../base/index.js";
import type { Fill } from "../methods/contract.js";

/** How long series of questions are run. */
export interface Course {
  /** What is being done, for a person. */
  readonly task: string;
  readonly batchSize: number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/**
 * Runs items in batches of one buffer that is filled again and again.
 * @param shape of one item
 * @param take receives the batch, of its true size, and the index of its first item; the batch is only valid during the call
 */
export async function runBatches(
  { count, shape, fill }: { readonly count: number; readonly shape: readonly number[]; readonly fill: Fill },
  { task, batchSize, onProgress, signal }: Course,
  take: (batch: Tensor<"float32">, first: number) => Promise<void>,
): Promise<void> {
  const size = shape.reduce((product, n) => product * n, 1);
  const buffer = new Float32Array(Math.min(batchSize, count) * size);
  for (let first = 0; first < count; first += batchSize) {
    signal?.throwIfAborted();
    const n = Math.min(batchSize, count - first);
    for (let i = 0; i < n; i++) fill(first + i, buffer.subarray(i * size, (i + 1) * size));
    await take(float32([n, ...shape], buffer.subarray(0, n * size)), first);
    onProgress?.({ task, done: first + n, total: count, unit: "images" });
  }
}
