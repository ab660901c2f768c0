import { sha256 } from "../files/index.js";
import type { Case, DataPool, PreparedImages, TrainingBatchOptions } from "../data/index.js";
import type { CaseSource } from "./source.js";
import { WorkerPace } from "./worker-pace.js";

export interface PreparedSourceOptions {
  readonly prepared: PreparedImages;
  /** The cases in the order of the prepared images. */
  readonly cases: readonly Pick<Case, "label">[];
  /** Class names in the order of the network's outputs. */
  readonly labels: readonly string[];
  readonly pool: DataPool;
  /** Instead of the preprocessing's own, where it was measured on a training fold. */
  readonly normalization?: { readonly mean: readonly number[]; readonly std: readonly number[] };
  readonly augmentation?: TrainingBatchOptions["augmentation"];
}

/** Prepared images as a source: normalized, and augmented where a view is named, by the workers of the pool. */
export function preparedSource(options: PreparedSourceOptions): CaseSource {
  const { prepared, cases, labels, pool, normalization, augmentation } = options;
  const preprocessing = { ...prepared.preprocessing, ...normalization };
  const { mean, std, size } = preprocessing;
  const keys = new Map<number, string>();
  const pace = new WorkerPace(pool.workers);
  return {
    labels: cases.map(({ label }) => labels.indexOf(label)),
    classNames: labels,
    augmented: augmentation !== undefined,
    augmentationKey: augmentation === undefined ? undefined : JSON.stringify([augmentation, preprocessing.fill]),
    key(index) {
      const known = keys.get(index);
      if (known !== undefined) return known;
      const { buffer, byteOffset, byteLength } = prepared.frames[index]!;
      const key = sha256(JSON.stringify([sha256(new Uint8Array(buffer, byteOffset, byteLength)), mean, std]));
      keys.set(index, key);
      return key;
    },
    async read(indices, { view, signal }) {
      const request = {
        frames: indices.map((index) => prepared.frames[index]!),
        preprocessing,
        augmentation:
          view === undefined || augmentation === undefined
            ? undefined
            : { recipe: augmentation, keys: indices.map((index) => [view, prepared.ids[index]!]) },
      };
      const { images } = await pace.run(() => pool.run("batch", request, { signal, subject: "a batch" }));
      return { dtype: "float32", shape: [indices.length, mean.length, size, size], data: images };
    },
  };
}
