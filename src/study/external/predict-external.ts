import path from "node:path";
import { DataError, float32 } from "../../base/index.js";
import { createSession } from "../../engine/index.js";
import { extractSubgraph } from "../../graph/index.js";
import { normalize } from "../../images/index.js";
import { readBundle } from "../../models/index.js";
import type { TaskContext } from "../run-task.js";
import type { CasePrediction, TaskRecord } from "../task-record.js";
import type { ExternalSet } from "./open-external.js";

/** Images predicted at once. */
const batchSize = 16;

type Context = Pick<TaskContext, "folder" | "engine" | "signal" | "onProgress">;

/** Probabilities of one trained network for every image, [case][class]. */
async function predictWith(model: string, { prepared, dataset }: ExternalSet, { engine, signal }: Context): Promise<Float64Array[]> {
  const { graph, metadata } = await readBundle(model);
  if (metadata.labels.join("\n") !== dataset.labels.join("\n")) throw new DataError("external-labels", `${path.basename(model)}: expected a network of the classes ${dataset.labels.join(", ")}, got ${metadata.labels.join(", ")}. Run the study again.`);
  const session = await createSession(extractSubgraph(graph, ["input"], ["probabilities"]), engine);
  const { preprocessing } = metadata;
  const [size, channels, classes] = [preprocessing.size, preprocessing.mean.length, metadata.labels.length];
  const length = channels * size * size;
  const found: Float64Array[] = [];
  try {
    for (let first = 0; first < prepared.frames.length; first += batchSize) {
      signal?.throwIfAborted();
      const frames = prepared.frames.slice(first, first + batchSize);
      const batch = new Float32Array(frames.length * length);
      frames.forEach((frame, i) => batch.set(normalize(frame, preprocessing), i * length));
      const { probabilities } = await session.run({ input: float32([frames.length, channels, size, size], batch) });
      frames.forEach((_, i) => found.push(Float64Array.from((probabilities!.data as Float32Array).subarray(i * classes, (i + 1) * classes))));
    }
  } finally {
    await session.release();
  }
  return found;
}

/**
 * What the networks of a cell say of the external images: per seed, the probabilities of its folds' networks averaged.
 * @param records of one cell
 * @returns records of one fold numbered 0, one per seed
 */
export async function predictExternal(records: readonly TaskRecord[], set: ExternalSet, context: Context): Promise<TaskRecord[]> {
  const labelOf = new Map(set.dataset.labels.map((label, k) => [label, k]));
  const results: TaskRecord[] = [];
  for (const seed of new Set(records.map((record) => record.seed))) {
    const own = records.filter((record) => record.seed === seed);
    const sums = set.dataset.cases.map(() => new Float64Array(set.dataset.labels.length));
    for (const record of own) {
      const probabilities = await predictWith(context.folder.file(record.model!.file), set, context);
      sums.forEach((sum, i) => sum.forEach((_, k) => (sum[k]! += probabilities[i]![k]! / own.length)));
    }
    results.push({
      ...own[0]!,
      fold: 0,
      counts: { ...own[0]!.counts, test: set.dataset.cases.length },
      predictions: sums.map((sum, i): CasePrediction => {
        const { id, label } = set.dataset.cases[i]!;
        const probabilities = Array.from(sum, Math.fround);
        return { case: id, label: labelOf.get(label)!, predicted: probabilities.indexOf(Math.max(...probabilities)), probabilities };
      }),
      detection: undefined,
    });
  }
  return results;
}
