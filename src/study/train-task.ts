import type { Tensor } from "../base/index.js";
import { trainFold, type CaseSource, type TrainedNetwork } from "../train/index.js";
import type { Network } from "../models/index.js";
import { forChannels, forImages } from "./grey-policy.js";
import { normalizationOf, sourceOf } from "./images-of-study.js";
import { networkOf } from "./networks-of-study.js";
import { trainingCases, type PlannedCell, type PlannedFold } from "./plan.js";
import { locateCases, type LocatedCases } from "./regions/locate-cases.js";
import type { TaskContext } from "./run-task.js";
import { startOf, startWeights } from "./start-weights.js";

/** A cell trained in one fold, with what it takes to use it. */
export interface TrainedTask {
  readonly network: Network;
  readonly startWeights: ReadonlyMap<string, Tensor<"float32">>;
  readonly trained: TrainedNetwork;
  readonly located: LocatedCases;
  readonly source: CaseSource;
  readonly normalization: { readonly mean: readonly number[]; readonly std: readonly number[] };
  readonly counts: { readonly train: number; readonly validation: number; readonly test: number };
}

export interface TrainTaskOptions {
  /** Folder of the checkpoints. */
  readonly directory: string;
  /** What the progress says is being done. */
  readonly task: string;
  /** Pauses there, to go on later. */
  readonly untilEpoch?: number;
}

/** Trains a cell on a fold's training cases, or goes on from its checkpoint. The test cases are not looked at but to find their windows. */
export async function trainTask(cell: PlannedCell, fold: PlannedFold, context: TaskContext, { directory, task, untilEpoch }: TrainTaskOptions): Promise<TrainedTask> {
  const { folder, dataset, prepared, pool } = context;
  const start = startOf(cell, context);
  const network = forImages(networkOf(cell.network, context.imported).build({ classes: dataset.labels.length, inputSize: prepared.preprocessing.size }), context.grey);
  const { train, validation } = trainingCases(dataset, cell, fold);
  const normalization = forChannels(normalizationOf(prepared, train, start), context.grey);
  const augmentation = cell.training.augmentation ? context.augmentation : undefined;
  const weights = startWeights(network, start, { ...fold, grey: context.grey });
  const located = await locateCases({ cell, fold, train, network, startWeights: weights, normalization }, context);
  const { view } = located;
  const source = sourceOf({ prepared: view.prepared, cases: view.cases, labels: dataset.labels, pool, normalization, augmentation });
  const trained = await trainFold({
    network,
    startWeights: weights,
    regime: cell.regime,
    recipe: cell.training,
    source,
    train: train.flatMap((index) => view.of(index)),
    validation: validation.flatMap((index) => view.of(index)),
    seed: fold.seed * 1000 + fold.fold,
    directory,
    ...folder.features,
    sessions: context.sessions,
    engine: context.engine,
    task,
    ...(untilEpoch !== undefined && { untilEpoch }),
    ...(context.checkpointSeconds !== undefined && { checkpointSeconds: context.checkpointSeconds }),
    ...(context.onProgress && { onProgress: context.onProgress }),
    ...(context.signal && { signal: context.signal }),
  });
  return { network, startWeights: weights, trained, located, source, normalization, counts: { train: train.length, validation: validation.length, test: fold.test.length } };
}
