import { createHash } from "node:crypto";
import { InputError, Memo, type OnProgress, type Tensor, type Warning } from "../base/index.js";
import type { EngineOptions } from "../engine/index.js";
import { sha256 } from "../files/index.js";
import type { Network } from "../models/index.js";
import { planBatches, type BatchPlan } from "./batches.js";
import { CheckpointStore } from "./checkpoint/store.js";
import { narrowestCut } from "./cut.js";
import { FeatureSource } from "./features/feature-source.js";
import { buildFittingStep } from "./fit-memory.js";
import { bestEpochOf, type EpochRecord, idleShareOf } from "./history.js";
import { classWeightsOf } from "./losses/class-weights.js";
import { emulatedWarning, halfArithmeticOf } from "./precision.js";
import type { TrainingRecipe } from "./recipe.js";
import { divide, type Regime } from "./regimes.js";
import { RunState, isDone } from "./run-state.js";
import { SessionCache, graphSha256 } from "./sessions.js";
import type { CaseSource } from "./source.js";
import type { StepGraph } from "./step-graph.js";
import { outputsOf, sumOver } from "./targets.js";
import { runTraining } from "./training-loop.js";

/** What a training run needs. */
export interface TrainFoldOptions {
  readonly network: Network;
  /** Every parameter and running statistic of the network. */
  readonly startWeights: ReadonlyMap<string, Tensor<"float32">>;
  readonly regime: Regime;
  readonly recipe: TrainingRecipe;
  readonly source: CaseSource;
  /** Cases to train on, as indices of the source. */
  readonly train: readonly number[];
  /** Cases to watch; needed for early stopping, and no part of `train`. */
  readonly validation?: readonly number[];
  readonly seed: number;
  /** Folder of this run's checkpoints, its own; nothing is written without one. */
  readonly directory?: string;
  /** Least time between checkpoints. */
  readonly checkpointSeconds?: number;
  /** Writes one every so many steps as well. */
  readonly checkpointSteps?: number;
  /** Pauses after so many epochs in all, with a checkpoint where there is a folder: the schedule stays that of the whole recipe, so that going on later is as if nothing had been. */
  readonly untilEpoch?: number;
  /** Folder of cached frozen features, shared by all runs; they stay in memory without one. */
  readonly featureDirectory?: string;
  /** Names this process among those that share the folder at once. */
  readonly featureWriter?: string;
  /** Sessions shared by runs of equal shape; made with `engine` and released at the end where left out. */
  readonly sessions?: SessionCache;
  readonly engine?: EngineOptions;
  /** What the progress says is being done. */
  readonly task?: string;
  readonly onProgress?: OnProgress;
  /** Stops after the step in work; a run with a folder can then be resumed. */
  readonly signal?: AbortSignal;
}

/** A network after training. */
export interface TrainedNetwork {
  /** Every parameter and running statistic, frozen ones included. */
  readonly weights: Map<string, Tensor<"float32">>;
  readonly history: readonly EpochRecord[];
  /** Epoch whose weights these are, from 0: the best by the early-stopping metric, else the last. */
  readonly bestEpoch: number;
  readonly stoppedEarly: boolean;
  /** Optimizer steps taken. */
  readonly updates: number;
  readonly batch: BatchPlan;
  /** Parameters that were trained. */
  readonly trained: readonly string[];
  /** Training time in all, interrupted stretches included. */
  readonly seconds: number;
  /** Share of the steps' time spent waiting for images, in [0, 1]; smaller is better. */
  readonly idleShare: number;
  /** What the steps were computed in. */
  readonly precision: "single" | "half";
  /** Steps in half precision whose gradients were not finite, and that changed nothing; 0 in single precision. */
  readonly skippedSteps: number;
  readonly warnings: readonly Warning[];
}

/** SHA-256 over names, shapes and values of weights. */
export function weightsSha256(weights: ReadonlyMap<string, Tensor<"float32">>): string {
  const hash = createHash("sha256");
  for (const name of [...weights.keys()].sort()) {
    const { shape, data } = weights.get(name)!;
    hash.update(`${name} ${shape.join("x")}\n`).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}

/** Digests of start weights already seen: the folds of a cell start from the same tensors, and nothing writes into them. */
const digests = new Memo<Tensor, string>();

function tensorSha256(tensor: Tensor<"float32">): string {
  const { data } = tensor;
  return digests.get(tensor, "", () => sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)));
}

function checkOptions({ network, startWeights, source, recipe, train, validation = [] }: TrainFoldOptions): void {
  const fail = (code: string, message: string) => {
    throw new InputError(code, message);
  };
  const missing = network.parameters.filter(({ name }) => !startWeights.has(name));
  if (missing.length > 0) {
    fail("start-weights", `start weights of ${network.architecture}: expected every parameter, got none for ${missing.slice(0, 3).map(({ name }) => name).join(", ")}${missing.length > 3 ? ` and ${missing.length - 3} more` : ""}. Load or initialize them.`);
  }
  const outputs = source.targets === undefined ? source.classNames.length : sumOver(source.targets.heads, outputsOf);
  if (outputs !== network.classes) {
    fail("classes", `${network.architecture}: expected a head for ${outputs} ${source.targets === undefined ? "classes" : "outputs"}, got ${network.classes}. Build the network for the data's classes.`);
  }
  if ((recipe.loss.name === "multi-target") !== (source.targets !== undefined)) {
    const [wanted, got] = source.targets === undefined ? ["several targets", "one label per case"] : ["one label per case", "several targets"];
    fail("targets", `loss ${recipe.loss.name}: expected ${wanted}, got a source with ${got}. Choose the loss that fits the data.`);
  }
  if (source.targets !== undefined && (validation.length > 0 || recipe.earlyStopping)) {
    fail("validation-cases", "several targets: expected no validation part in training, got one. Measure after training.");
  }
  if (train.length === 0) fail("training-cases", "training: expected at least one case, got none. Use fewer folds or more data.");
  const training = new Set(train);
  const shared = validation.find((index) => training.has(index));
  if (shared !== undefined) fail("validation-cases", `validation: expected cases that are not trained on, got case ${shared} in both. Split again.`);
  if (recipe.earlyStopping && validation.length === 0) {
    fail("validation-cases", "early stopping: expected validation cases, got none. Hold a part of the training cases back or set earlyStopping to false.");
  }
}

/** Everything that decides the numbers of a run: equal fingerprints mean equal weights at the end. */
function fingerprint(options: TrainFoldOptions, { graph, accumulation }: StepGraph): string {
  const { network, recipe, regime, seed, source, startWeights } = options;
  const describe = (cases: readonly number[] = []) => cases.map((index) => [index, source.key(index), source.labels[index]]);
  return sha256(
    JSON.stringify({
      graph: graphSha256(graph),
      ...(accumulation && { update: graphSha256(accumulation.update) }),
      architecture: network.architecture,
      weights: [...startWeights.keys()].sort().map((name) => [name, startWeights.get(name)!.shape, tensorSha256(startWeights.get(name)!)]),
      recipe,
      regime,
      seed,
      train: describe(options.train),
      validation: describe(options.validation),
      classes: source.classNames,
      ...(source.targets && { heads: source.targets.heads, rows: options.train.map((index) => source.targets!.row(index)) }),
      augmentation: source.augmented ? (source.augmentationKey ?? "") : undefined,
    }),
  );
}

/**
 * Trains a network on some cases. A frozen part runs as constants and its features are cached; what is trained runs as one graph per step. The same options give the same weights, bit for
 * bit on one machine, however often the run is interrupted and resumed from its folder.
 * @throws InputError `training-diverged` when the loss is no longer a number, `validation-cases`, `class-weights`, `batch-statistics`, `regime-stages`;
 *   UnsupportedError `precision-unavailable` where half precision is asked for and the device does not have it;
 *   DataError `file-enospc` and the like, `checkpoint-mismatch`; the signal's reason when it was aborted
 */
export async function trainFold(options: TrainFoldOptions): Promise<TrainedNetwork> {
  checkOptions(options);
  const { network, startWeights, recipe, source, train, directory, task = `${network.architecture} · ${options.regime.name}` } = options;
  const division = divide(network, options.regime);
  const start = division.boundary === undefined ? "input" : narrowestCut(network, division.boundary);
  const plan = planBatches(train.length, recipe.batchSize);
  const classWeights = classWeightsOf(recipe.classWeights, train.map((index) => source.labels[index]!), source.classNames);
  const sessions = options.sessions ?? new SessionCache({ engine: options.engine });
  const half = await halfArithmeticOf(recipe.precision ?? "single", sessions.engine);
  const stepOptions = {
    network, start, batch: plan.batch, recipe, trained: division.trained, classWeights,
    ...(source.targets && { heads: source.targets.heads }),
    ...(sessions.keepsValues && { mostUpdatedBytes: Infinity }),
    ...(half && { half }),
  };
  const stepGraph = await buildFittingStep(stepOptions, sessions.engine);
  let features: FeatureSource | undefined;
  try {
    const state = new RunState(stepGraph, startWeights, fingerprint(options, stepGraph));
    const store = directory === undefined ? undefined : new CheckpointStore(directory);
    const found = await store?.read();
    if (found?.content !== undefined) state.restore(found.content, directory!);

    if (!isDone(state.record, options.untilEpoch)) {
      if (start !== "input") {
        features = await FeatureSource.open({
          network,
          weights: startWeights,
          cut: start,
          images: source,
          sessions,
          directory: options.featureDirectory,
          writer: options.featureWriter,
        });
      }
      if (features !== undefined && !(recipe.augmentation && source.augmented)) {
        const { validation = [], signal, onProgress } = options;
        const started = performance.now();
        await features.prepare([...train, ...validation], { task: `${task} · features`, signal, onProgress });
        state.record.seconds += (performance.now() - started) / 1000;
      }
      const inputs = features ?? source;
      await runTraining({ ...options, task, source: inputs, stepGraph, start, plan, state, store, sessions });
    }
    const { record } = state;
    const metric = recipe.earlyStopping ? recipe.earlyStopping.metric : undefined;
    return {
      weights: new Map([...startWeights, ...(state.best ?? state.weights())]),
      history: record.history,
      bestEpoch: bestEpochOf(record.history, metric),
      stoppedEarly: record.stoppedEarly,
      updates: record.updates,
      batch: plan,
      trained: division.trained,
      seconds: record.seconds,
      idleShare: idleShareOf(record.history),
      precision: half === undefined ? "single" : "half",
      skippedSteps: record.scaling?.skipped.length ?? 0,
      warnings: [...(found?.warnings ?? []), ...(half === "emulated" ? [emulatedWarning] : [])],
    };
  } finally {
    await features?.close();
    if (options.sessions === undefined) await sessions.release();
  }
}

/** Removes a run's checkpoints, once its result is kept elsewhere. */
export async function discardCheckpoints(directory: string): Promise<void> {
  await new CheckpointStore(directory).discard();
}
