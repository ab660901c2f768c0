import type { Tensor } from "../base/index.js";
import { InputError, seededRandom } from "../base/index.js";
import type { AugmentationRecipe, Preprocessing } from "../images/index.js";
import { activeAugmentations } from "../images/index.js";
import type { DataPool } from "./data-pool.js";
import type { PreparedImages } from "./prepare-images.js";

export interface Batch {
  /** [N, C, S, S], normalized. */
  readonly images: Tensor<"float32">;
  /** Positions of the N cases among the prepared images. */
  readonly cases: readonly number[];
}

/**
 * Batches in order, made ahead by workers. Work starts when the stream is opened: whoever opens the next epoch's before
 * the present one ends does not wait at its start. Leaving the loop early stops the work. To be iterated once.
 */
export interface BatchStream extends AsyncIterable<Batch> {
  /** Number of batches. */
  readonly length: number;
  /** Milliseconds the consumer has waited for batches so far. */
  readonly waitedMs: number;
}

export interface BatchOptions {
  readonly batchSize: number;
  readonly pool: DataPool;
  /** Instead of the preprocessing's own, where it was measured on a training fold. */
  readonly normalization?: Pick<Preprocessing, "mean" | "std">;
  /** Batches made ahead at most. 3 by default. */
  readonly prefetch?: number;
  readonly signal?: AbortSignal;
}

export interface TrainingBatchOptions extends BatchOptions {
  readonly seed: number | string;
  readonly epoch: number;
  readonly augmentation?: AugmentationRecipe;
  /** First batch wanted, to go on within an epoch. 0 by default. */
  readonly firstBatch?: number;
}

/**
 * One epoch of training: the cases in an order drawn from (seed, epoch), each augmented from its own stream
 * (seed, epoch, case), in batches of equal size; cases left over are dropped, unless there is no full batch at all.
 * The same whatever the number of workers.
 * @param indices training cases, positions among the prepared images
 * @throws InputError `batch-size`, `no-training-cases`, `augmentation-strength`
 */
export function trainingBatches(prepared: PreparedImages, indices: readonly number[], options: TrainingBatchOptions): BatchStream {
  const { batchSize, seed, epoch, augmentation = {}, firstBatch = 0 } = options;
  checkBatchSize(batchSize);
  if (indices.length === 0) throw new InputError("no-training-cases", "training: expected at least 1 case, got none. Check the split.");
  const recipe = activeAugmentations(augmentation).length === 0 ? undefined : augmentation;
  const order = seededRandom(seed, "order", epoch).shuffle(indices);
  const full = Math.max(1, Math.floor(order.length / batchSize));
  const batches = Array.from({ length: full }, (_, b) => order.slice(b * batchSize, (b + 1) * batchSize)).slice(firstBatch);
  return streamBatches(prepared, batches, options, recipe && { recipe, keyOf: (index) => [seed, "augment", epoch, prepared.ids[index]!] });
}

/**
 * Every case once, in the given order, not augmented; the last batch may be smaller. For validation and prediction.
 * @throws InputError `batch-size`
 */
export function orderedBatches(prepared: PreparedImages, indices: readonly number[], options: BatchOptions): BatchStream {
  checkBatchSize(options.batchSize);
  const count = Math.ceil(indices.length / options.batchSize);
  const batches = Array.from({ length: count }, (_, b) => indices.slice(b * options.batchSize, (b + 1) * options.batchSize));
  return streamBatches(prepared, batches, options);
}

function checkBatchSize(batchSize: number): void {
  if (!Number.isInteger(batchSize) || batchSize < 1) throw new InputError("batch-size", `batchSize: expected a whole number of at least 1, got ${batchSize}. 16 is usual.`);
}

interface AugmentationStreams {
  readonly recipe: AugmentationRecipe;
  readonly keyOf: (index: number) => (string | number)[];
}

function streamBatches(prepared: PreparedImages, batches: readonly (readonly number[])[], options: BatchOptions, streams?: AugmentationStreams): BatchStream {
  const { pool, prefetch = 3, normalization, signal } = options;
  const preprocessing = { ...prepared.preprocessing, ...normalization };
  const { size, mean } = preprocessing;
  const stop = new AbortController();
  const both = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const ahead: Promise<Batch>[] = [];
  let next = 0;
  let waitedMs = 0;

  const make = async (cases: readonly number[]): Promise<Batch> => {
    const request = {
      frames: cases.map((index) => prepared.frames[index]!),
      preprocessing,
      augmentation: streams && { recipe: streams.recipe, keys: cases.map(streams.keyOf) },
    };
    const { images } = await pool.run("batch", request, { signal: both, subject: "a batch" });
    return { images: { dtype: "float32", shape: [cases.length, mean.length, size, size], data: images }, cases };
  };
  const refill = (): void => {
    while (ahead.length < Math.max(1, prefetch) && next < batches.length) {
      const batch = make(batches[next]!);
      // Whoever takes this batch sees its error; until then it must not count as unhandled.
      batch.catch(() => {});
      ahead.push(batch);
      next += 1;
    }
  };
  refill();

  async function* iterate(): AsyncGenerator<Batch> {
    try {
      for (;;) {
        const batch = ahead.shift();
        if (batch === undefined) return;
        refill();
        const started = performance.now();
        const ready = await batch;
        waitedMs += performance.now() - started;
        yield ready;
      }
    } finally {
      stop.abort(new Error("no more batches wanted"));
    }
  }
  return {
    length: batches.length,
    get waitedMs() {
      return waitedMs;
    },
    [Symbol.asyncIterator]: iterate,
  };
}
