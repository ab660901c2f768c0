import path from "node:path";
import type { OnProgress } from "../base/index.js";
import type { CropMargin, DataPool, Dataset, PreparedImages } from "../data/index.js";
import type { EngineOptions } from "../engine/index.js";
import { explainedGraph } from "../explain/index.js";
import { sha256OfFile } from "../files/index.js";
import type { AugmentationRecipe, Box } from "../images/index.js";
import { countParameters, writeBundle, type Network } from "../models/index.js";
import { weightsSha256, type SessionCache } from "../train/index.js";
import { explainCases } from "./explain-cases.js";
import { graphMethodOf, isSampled, type ExplanationMethods } from "./explanation-methods.js";
import type { Region } from "./images-of-study.js";
import type { StudyNetworks } from "./networks-of-study.js";
import type { GreyPolicy } from "./grey-policy.js";
import { digestOf, trainingCases, type PlannedCell, type PlannedFold } from "./plan.js";
import type { Detector } from "./regions/find-windows.js";
import { withDetector } from "./regions/with-detector.js";
import type { RunFolder } from "./run-folder.js";
import type { ScopeTold } from "./scope/recipe-key.js";
import { scopeOfTask } from "./scope/scope-of-task.js";
import { startOf, type StartSource } from "./start-weights.js";
import type { TaskRecord } from "./task-record.js";
import { trainTask } from "./train-task.js";

/** What all tasks of a run share. */
export interface TaskContext {
  readonly folder: RunFolder;
  readonly dataset: Dataset;
  readonly prepared: PreparedImages;
  readonly regions: ReadonlyMap<number, Region>;
  /** Windows around known regions, by case; empty where no cell cuts them out. */
  readonly windows: readonly (Box | undefined)[];
  /** Detectors trained so far in this process, by cell and fold. */
  readonly detectors: Map<string, Promise<Detector>>;
  /** Sets the detectors of a search apart from those of the study. */
  readonly scope?: string;
  readonly margin: CropMargin;
  /** How networks made for color take grey images. */
  readonly grey: GreyPolicy;
  readonly pool: DataPool;
  readonly sessions: SessionCache;
  /** Networks from elsewhere, by name. */
  readonly imported: StudyNetworks;
  /** Starting weights, by {@link startKey}. */
  readonly starts: ReadonlyMap<string, StartSource>;
  readonly augmentation?: AugmentationRecipe;
  readonly explanation: ExplanationMethods;
  readonly keepModels: boolean;
  /** What the recipe says that models are for. */
  readonly scopeTold?: ScopeTold;
  readonly softwareVersion: string;
  readonly engine: EngineOptions;
  /** Seconds between checkpoints. */
  readonly checkpointSeconds?: number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/**
 * Everything that decides a task's numbers. A record made from another key is not reused.
 */
export function taskKey(cell: PlannedCell, fold: PlannedFold, context: TaskContext): string {
  const { dataset, prepared, augmentation, explanation, keepModels } = context;
  return digestOf({
    cell: cell.id,
    regime: cell.regime,
    training: cell.training,
    fold,
    cases: dataset.cases.map(({ id, label, contentSha256 }) => [id, label, contentSha256]),
    labels: dataset.labels,
    preprocessing: prepared.preprocessing,
    ...(context.grey !== "repeat" && { grey: context.grey }),
    augmentation,
    ...(cell.view !== "none" && { view: cell.view, windows: context.windows }),
    weights: startOf(cell, context)?.sha256,
    method: explanation.method,
    ...(explanation.samples !== undefined && isSampled(explanation.method) && { samples: explanation.samples }),
    keepModels,
  });
}

/**
 * One cell in one fold: trains, predicts and explains the test cases, writes the model and the record.
 * A finished task is read back; an interrupted one goes on from its last checkpoint.
 */
export async function runTask(cell: PlannedCell, fold: PlannedFold, context: TaskContext): Promise<TaskRecord> {
  const { folder, dataset, prepared } = context;
  const key = taskKey(cell, fold, context);
  const finished = await folder.readTask(cell.id, fold.seed, fold.fold, key);
  if (finished) return finished;

  const start = startOf(cell, context);
  const { network, trained, located, source, normalization, counts } = await trainTask(cell, fold, context, {
    directory: folder.checkpointFolder(cell.id, fold.seed, fold.fold),
    task: `${cell.id.split("/").join(" · ")} · seed ${fold.seed}, fold ${fold.fold}`,
  });
  const { view } = located;
  const { predictions, maps } = await explainCases({ network, weights: trained.weights, source, view, test: fold.test }, context);
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
    idleShare: trained.idleShare,
    ...(trained.precision === "half" && { skippedSteps: trained.skippedSteps }),
    weightsSha256: weightsDigest,
    ...(model && { model }),
    predictions: predictions.map((prediction, i) => ({ ...prediction, ...(cell.view === "crop" && { window: located.windows[fold.test[i]!] }) })),
    maps,
    ...(located.detection && { detection: located.detection }),
  };
  await folder.writeTask(record);
  return record;

  async function writeModel(): Promise<{ file: string; sha256: string }> {
    const file = path.join(folder.taskFolder(cell.id, fold.seed, fold.fold), "model.onnx");
    const { train, validation } = trainingCases(dataset, cell, fold);
    const { scope, withDistance } = await scopeOfTask({ dataset, network, weights: trained.weights, source, view, train, heldOut: validation, engine: context.engine, ...(context.scopeTold && { told: context.scopeTold }), ...(context.signal && { signal: context.signal }) });
    const explained = withDistance(explainedGraph(network, trained.weights, { method: graphMethodOf(context.explanation.method) }));
    await writeBundle(file, {
      graph: located.detector === undefined ? explained : withDetector(explained, located.detector),
      metadata: {
        version: 1,
        architecture: cell.network,
        labels: [...dataset.labels],
        preprocessing: { ...prepared.preprocessing, mean: [...normalization.mean], std: [...normalization.std] },
        camLayer: network.camLayer,
        scope,
        ...(cell.view !== "none" && { region: { view: cell.view, margin: context.margin, detector: located.detector !== undefined } }),
        training: JSON.parse(
          JSON.stringify({
            osteon: context.softwareVersion,
            regime: cell.regime,
            recipe: cell.training,
            augmentation: (cell.training.augmentation ? context.augmentation : undefined) ?? null,
            seed: fold.seed,
            fold: fold.fold,
            counts,
            dataSha256: dataset.sha256,
            startWeights: start === undefined ? "random" : { sha256: start.sha256 },
            grey: context.grey,
            chain: start?.chain ?? [],
            weightsSha256: weightsDigest,
            explanation: graphMethodOf(context.explanation.method),
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
