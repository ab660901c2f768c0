import path from "node:path";
import { float32, InputError, type OnProgress, type Tensor } from "../base/index.js";
import type { DataPool, Dataset, PreparedImages } from "../data/index.js";
import { createSession, type EngineOptions } from "../engine/index.js";
import { explainedGraph, relevanceMass, type CamMethodName } from "../explain/index.js";
import { sha256OfFile } from "../files/index.js";
import type { AugmentationRecipe } from "../images/index.js";
import { countParameters, writeBundle, type Network } from "../models/index.js";
import { trainFold, weightsSha256, type CaseSource, type SessionCache } from "../train/index.js";
import { normalizationOf, sourceOf, type Region } from "./images-of-study.js";
import { networkOf, type StudyNetworks } from "./networks-of-study.js";
import { digestOf, trainingCases, type PlannedCell, type PlannedFold } from "./plan.js";
import type { RunFolder } from "./run-folder.js";
import { startKey, startWeights, type StartSource } from "./start-weights.js";
import type { CasePrediction, TaskRecord } from "./task-record.js";

/** What all tasks of a run share. */
export interface TaskContext {
  readonly folder: RunFolder;
  readonly dataset: Dataset;
  readonly prepared: PreparedImages;
  readonly regions: ReadonlyMap<number, Region>;
  readonly pool: DataPool;
  readonly sessions: SessionCache;
  /** Networks from elsewhere, by name. */
  readonly imported: StudyNetworks;
  /** Starting weights, by {@link startKey}. */
  readonly starts: ReadonlyMap<string, StartSource>;
  readonly augmentation?: AugmentationRecipe;
  readonly method: CamMethodName;
  readonly keepModels: boolean;
  readonly softwareVersion: string;
  readonly engine: EngineOptions;
  /** Seconds between checkpoints. */
  readonly checkpointSeconds?: number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

type Weights = ReadonlyMap<string, Tensor<"float32">>;

interface Explained {
  readonly predictions: CasePrediction[];
  readonly maps: TaskRecord["maps"];
}

/** Images explained at once. */
const batchSize = 16;

/** Prediction and heat map of the test cases, by one graph. */
async function explainCases(network: Network, weights: Weights, source: CaseSource, test: readonly number[], context: TaskContext): Promise<Explained> {
  const session = await createSession(explainedGraph(network, weights, { method: context.method }), context.engine);
  const predictions: CasePrediction[] = [];
  const maps: Float32Array[] = [];
  let [height, width] = [1, 1];
  try {
    for (let first = 0; first < test.length; first += batchSize) {
      context.signal?.throwIfAborted();
      const indices = test.slice(first, first + batchSize);
      const images = await source.read(indices, { view: undefined, signal: context.signal });
      const result = await session.run({ input: images });
      const probabilities = result["probabilities"]!.data as Float32Array;
      const map = result["map"]!;
      [, height, width] = map.shape as [number, number, number];
      indices.forEach((index, i) => {
        const row = Array.from(probabilities.subarray(i * network.classes, (i + 1) * network.classes));
        const values = (map.data as Float32Array).slice(i * height * width, (i + 1) * height * width);
        maps.push(values);
        predictions.push({
          case: context.dataset.cases[index]!.id,
          label: source.labels[index]!,
          predicted: row.indexOf(Math.max(...row)),
          probabilities: row,
          ...relevanceIn(context.regions.get(index), { values, height, width }),
        });
      });
    }
  } finally {
    await session.release();
  }
  const all = float32([maps.length, height, width], Float32Array.from(maps.flatMap((map) => [...map])));
  return { predictions, maps: { height, width, values: Buffer.from(all.data.buffer, all.data.byteOffset, all.data.byteLength).toString("base64") } };
}

function relevanceIn(region: Region | undefined, map: { values: Float32Array; height: number; width: number }): Pick<CasePrediction, "relevance" | "regionShare"> {
  if (region === undefined) return {};
  try {
    return { relevance: relevanceMass(map, region), regionShare: region.share };
  } catch (error) {
    if (error instanceof InputError && error.code === "not-estimable") return { relevance: null, regionShare: region.share };
    throw error;
  }
}

/** What a cell starts from; undefined for random weights. */
export function startOf(cell: PlannedCell, { starts }: Pick<TaskContext, "starts">): StartSource | undefined {
  const key = startKey(cell);
  return key === undefined ? undefined : starts.get(key);
}

/**
 * Everything that decides a task's numbers. A record made from another key is not reused.
 */
function taskKey(cell: PlannedCell, fold: PlannedFold, context: TaskContext): string {
  const { dataset, prepared, augmentation, method, keepModels } = context;
  return digestOf({
    cell: cell.id,
    regime: cell.regime,
    training: cell.training,
    fold,
    cases: dataset.cases.map(({ id, label, contentSha256 }) => [id, label, contentSha256]),
    labels: dataset.labels,
    preprocessing: prepared.preprocessing,
    augmentation,
    weights: startOf(cell, context)?.sha256,
    method,
    keepModels,
  });
}

/**
 * One cell in one fold: trains, predicts and explains the test cases, writes the model and the record.
 * A finished task is read back; an interrupted one goes on from its last checkpoint.
 */
export async function runTask(cell: PlannedCell, fold: PlannedFold, context: TaskContext): Promise<TaskRecord> {
  const { folder, dataset, prepared, pool } = context;
  const key = taskKey(cell, fold, context);
  const finished = await folder.readTask(cell.id, fold.seed, fold.fold, key);
  if (finished) return finished;

  const start = startOf(cell, context);
  const network = networkOf(cell.network, context.imported).build({ classes: dataset.labels.length, inputSize: prepared.preprocessing.size });
  const { train, validation } = trainingCases(dataset, cell, fold);
  const normalization = normalizationOf(prepared, train, start);
  const augmentation = cell.training.augmentation ? context.augmentation : undefined;
  const source = sourceOf({ prepared, dataset, pool, normalization, augmentation });
  const trained = await trainFold({
    network,
    startWeights: startWeights(network, start, fold),
    regime: cell.regime,
    recipe: cell.training,
    source,
    train,
    validation,
    seed: fold.seed * 1000 + fold.fold,
    directory: folder.checkpointFolder(cell.id, fold.seed, fold.fold),
    featureDirectory: folder.file("cache/features"),
    sessions: context.sessions,
    engine: context.engine,
    task: `${cell.id.split("/").join(" · ")} · seed ${fold.seed}, fold ${fold.fold}`,
    ...(context.checkpointSeconds !== undefined && { checkpointSeconds: context.checkpointSeconds }),
    ...(context.onProgress && { onProgress: context.onProgress }),
    ...(context.signal && { signal: context.signal }),
  });

  const { predictions, maps } = await explainCases(network, trained.weights, source, fold.test, context);
  const counts = { train: train.length, validation: validation.length, test: fold.test.length };
  const weightsDigest = weightsSha256(trained.weights);
  const model = context.keepModels ? await writeModel() : undefined;
  const record: TaskRecord = {
    format: 1,
    key,
    cell: cell.id,
    seed: fold.seed,
    fold: fold.fold,
    counts,
    parameters: { total: countParameters(network), trained: countTrained(network, trained.trained) },
    history: trained.history.map(({ epoch, learningRate, loss, accuracy, validationLoss, validationAccuracy }) => ({
      epoch: epoch + 1,
      learningRate,
      loss,
      accuracy,
      ...(validationLoss !== undefined && { validationLoss }),
      ...(validationAccuracy !== undefined && { validationAccuracy }),
    })),
    bestEpoch: trained.bestEpoch + 1,
    stoppedEarly: trained.stoppedEarly,
    seconds: trained.seconds,
    weightsSha256: weightsDigest,
    ...(model && { model }),
    predictions,
    maps,
  };
  await folder.writeTask(record);
  return record;

  async function writeModel(): Promise<{ file: string; sha256: string }> {
    const file = path.join(folder.taskFolder(cell.id, fold.seed, fold.fold), "model.onnx");
    await writeBundle(file, {
      graph: explainedGraph(network, trained.weights, { method: context.method }),
      metadata: {
        version: 1,
        architecture: cell.network,
        labels: [...dataset.labels],
        preprocessing: { ...prepared.preprocessing, mean: [...normalization.mean], std: [...normalization.std] },
        camLayer: network.camLayer,
        training: JSON.parse(
          JSON.stringify({
            osteon: context.softwareVersion,
            regime: cell.regime,
            recipe: cell.training,
            augmentation: augmentation ?? null,
            seed: fold.seed,
            fold: fold.fold,
            counts,
            dataSha256: dataset.sha256,
            startWeights: start === undefined ? "random" : { sha256: start.sha256 },
            chain: start?.chain ?? [],
            weightsSha256: weightsDigest,
            explanation: context.method,
            use: "Research only. Not a medical device.",
          }),
        ),
      },
    });
    return { file: folder.relative(file), sha256: await sha256OfFile(file) };
  }
}

function countTrained(network: Network, trained: readonly string[]): number {
  const names = new Set(trained);
  return network.parameters.filter(({ name }) => names.has(name)).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}
