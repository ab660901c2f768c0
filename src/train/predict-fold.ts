import { float32, type Tensor } from "../base/index.js";
import { planBatches } from "./batches.js";
import { narrowestCut } from "./cut.js";
import { FeatureSource } from "./features/feature-source.js";
import { chunkGraph, readLogits, runInChunks, type Predictions } from "./inference.js";
import { divide } from "./regimes.js";
import type { SessionCache } from "./sessions.js";
import type { TrainFoldOptions, TrainedNetwork } from "./train-fold.js";

export interface PredictFoldOptions extends Pick<TrainFoldOptions, "network" | "startWeights" | "regime" | "source" | "featureDirectory" | "featureWriter" | "signal"> {
  /** What trainFold returned. */
  readonly trained: Pick<TrainedNetwork, "weights">;
  readonly indices: readonly number[];
  readonly sessions: SessionCache;
}

/** Cases at once, at most. */
const mostAtOnce = 16;

/**
 * Predictions of a network just trained, without making a session of its own: the frozen part comes from the cache of features, the weights
 * of the rest are inputs. Equal to {@link predict} up to rounding.
 */
export async function predictFold(options: PredictFoldOptions): Promise<Predictions> {
  const { network, startWeights, trained, regime, source, indices, sessions, featureDirectory, featureWriter, signal } = options;
  const { boundary } = divide(network, regime);
  const start = boundary === undefined ? "input" : narrowestCut(network, boundary);
  const features = start === "input" ? undefined : await FeatureSource.open({ network, weights: startWeights, cut: start, images: source, sessions, directory: featureDirectory, writer: featureWriter });
  // Batches of one size, none of them half empty; folds of nearly the same size share a session.
  const { batch } = planBatches(Math.max(1, indices.length), mostAtOnce);
  try {
    const graph = chunkGraph({ network, start, batch });
    const session = await sessions.get(graph);
    const fixed: Record<string, Tensor> = Object.fromEntries(graph.inputs.filter(({ name }) => name !== start).map(({ name }) => [name, trained.weights.get(name)!]));
    const all = new Float32Array(indices.length * network.classes);
    for (let first = 0; first < indices.length; first += batch) {
      const rows = await (features ?? source).read(indices.slice(first, first + batch), { view: undefined, signal });
      const logits = await runInChunks(session, graph, rows, graph.outputs[0]!.name, signal, fixed);
      all.set(logits.data, first * network.classes);
    }
    return readLogits(float32([indices.length, network.classes], all));
  } finally {
    await features?.close();
  }
}
