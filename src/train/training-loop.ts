import { InputError, InternalError, float32, type Tensor } from "../base/index.js";
import type { Graph } from "../graph/index.js";
import { planBatches, trainingBatches, type BatchPlan, type BatchSource, type TrainingBatch } from "./batches.js";
import type { CheckpointStore } from "./checkpoint/store.js";
import { drawMasks } from "./dropout-masks.js";
import { readFeatureTable } from "./features/feature-table.js";
import { bestEpochOf, type EpochRecord } from "./history.js";
import { chunkGraph, firstClasses, readLogits, runInChunks } from "./inference.js";
import { openStepRunner } from "./open-step-runner.js";
import { nextScaling } from "./loss-scaling.js";
import { emptySums, isDone, type RunState } from "./run-state.js";
import { learningRateAt } from "./schedules/learning-rate.js";
import type { SessionCache } from "./sessions.js";
import type { StepGraph } from "./step-graph.js";
import { stepsAtOnce } from "./step-chain.js";
import type { StepRunner } from "./step-runner.js";
import { targetRows } from "./targets.js";
import type { TrainFoldOptions } from "./train-fold.js";

export interface TrainingLoopOptions extends TrainFoldOptions {
  readonly task: string;
  readonly stepGraph: StepGraph;
  /** Value the trained part starts at. */
  readonly start: string;
  readonly plan: BatchPlan;
  readonly state: RunState;
  readonly store: CheckpointStore | undefined;
  readonly sessions: SessionCache;
}

const secondsSince = (start: number): number => (performance.now() - start) / 1000;

/** Runs what is left of the training and leaves the result in the state. */
export async function runTraining(options: TrainingLoopOptions): Promise<void> {
  const { state, store, signal } = options;
  const loop = new TrainingLoop(options);
  try {
    await loop.run();
  } catch (error) {
    // An interrupted run keeps what it has; the step that was cut off is done again.
    if (signal?.aborted) {
      await loop.settle();
      if (state.isWhole) await store?.write(state.toCheckpoint());
      signal.throwIfAborted();
    }
    throw error;
  }
}

class TrainingLoop {
  readonly #options: TrainingLoopOptions;
  /** The step as it is run. */
  #stepGraph: StepGraph;
  #fixed: Readonly<Record<string, Tensor>>;
  #runner: StepRunner | undefined;
  #validationGraph: Graph | undefined;
  #lastCheckpoint = performance.now();
  /** Large networks are written more seldom, so that no more than a twentieth of the time goes into it. */
  #lastWriteSeconds = 0;

  constructor(options: TrainingLoopOptions) {
    this.#options = options;
    const { stepGraph, startWeights } = options;
    this.#stepGraph = stepGraph;
    const anchors = Object.entries(stepGraph.anchors).map(([input, parameter]) => [input, startWeights.get(parameter)!] as const);
    this.#fixed = Object.fromEntries([...stepGraph.fixed.map((name) => [name, startWeights.get(name)!] as const), ...anchors]);
  }

  async run(): Promise<void> {
    const { train, recipe, plan, seed, signal, state, sessions, untilEpoch } = this.#options;
    const { record } = state;
    const atOnce = this.#stepsAtOnce();
    const source = atOnce === 1 ? this.#options.source : await this.#openSource();
    const batches = trainingBatches({ source, cases: train, recipe, plan, seed, signal, from: record });
    // Workers make the first batches while the session is opened.
    let early: ReturnType<typeof batches.next> | undefined = batches.next();
    early.catch(() => undefined);
    try {
      const runner = await openStepRunner({ stepGraph: this.#stepGraph, state, fixed: this.#fixed, sessions, atOnce });
      this.#runner = runner;
      while (!isDone(record, untilEpoch)) {
        signal?.throwIfAborted();
        if (record.step === plan.stepsPerEpoch) {
          await this.#closeEpoch();
          await this.#checkpointWhenDue();
          continue;
        }
        const started = performance.now();
        const steps = record.epoch >= this.#computedEpochs && plan.stepsPerEpoch - record.step >= runner.atOnce ? runner.atOnce : 1;
        const taken: TrainingBatch[] = [];
        for (let i = 0; i < steps; i++) {
          const batch = await (early ?? batches.next());
          early = undefined;
          if (batch.done) throw new InternalError("batches", `batches: expected ${steps} more in epoch ${record.epoch + 1}, got ${i}.`);
          taken.push(batch.value);
        }
        record.sums.idleSeconds += secondsSince(started);
        await this.#take(runner, taken);
        this.#addTime(secondsSince(started));
        if (record.step < plan.stepsPerEpoch) await this.#checkpointWhenDue();
      }
      await this.settle();
    } finally {
      await batches.return();
    }
  }

  /** Steps of one call. */
  #stepsAtOnce(): number {
    const { recipe, plan, stepGraph, checkpointSteps } = this.#options;
    // The scale of a step's loss is known once the step before is done.
    const isRepeated = checkpointSteps === undefined && stepGraph.scaling === undefined && recipe.epochs > this.#computedEpochs;
    return isRepeated ? stepsAtOnce(stepGraph, plan.stepsPerEpoch) : 1;
  }

  /** What batches of small steps are read from: numbers of rows, where a table of all features can be had. */
  async #openSource(): Promise<BatchSource> {
    const { source, train, sessions, signal } = this.#options;
    // A device would get the table anew in every call.
    const isKept = this.#computedEpochs === 0 && !sessions.keepsValues;
    const table = isKept ? await readFeatureTable(source, train, { stepGraph: this.#stepGraph, signal }) : undefined;
    if (table === undefined) return source;
    this.#stepGraph = table.stepGraph;
    this.#fixed = { ...this.#fixed, ...table.fixed };
    return table.source;
  }

  /** Brings back what a device holds, where it can still be had. */
  async settle(): Promise<void> {
    await this.#runner?.settle();
  }

  /** Epochs whose augmented features may have to be computed: their steps are told one by one. */
  get #computedEpochs(): number {
    const { recipe, source } = this.#options;
    if (!recipe.augmentation || !source.augmented) return 0;
    return recipe.augmentedViews === "every-epoch" ? Infinity : recipe.augmentedViews;
  }

  #addTime(seconds: number): void {
    this.#options.state.record.sums.seconds += seconds;
    this.#options.state.record.seconds += seconds;
  }

  #learningRate(update: number): number {
    const { recipe, plan } = this.#options;
    return learningRateAt(update, {
      schedule: recipe.schedule.name,
      settings: recipe.schedule,
      peak: recipe.optimizer.learningRate,
      warmupEpochs: recipe.schedule.warmupEpochs,
      epochs: recipe.epochs,
      stepsPerEpoch: plan.stepsPerEpoch,
    });
  }

  /** What the step reads that makes an update, counted from 0. */
  #feedsOf({ cases, images }: TrainingBatch, update: number): Record<string, Tensor> {
    const { stepGraph, source, seed, plan } = this.#options;
    const { scaling } = this.#options.state.record;
    const scalars = stepGraph.scalars({ learningRate: this.#learningRate(update), step: update + 1, stepsPerEpoch: plan.stepsPerEpoch, ...(scaling && { skipped: scaling.skipped }) });
    return {
      ...(stepGraph.scaling && { [stepGraph.scaling.scale]: float32([], [scaling!.scale]) }),
      ...drawMasks(stepGraph.masks, { seed, update }),
      ...Object.fromEntries([...scalars].map(([name, value]) => [name, float32([], [value])])),
      [this.#stepGraph.input.name]: images,
      [stepGraph.targets.name]: float32(stepGraph.targets.shape, targetRows(source, cases)),
    };
  }

  async #take(runner: StepRunner, batches: readonly TrainingBatch[]): Promise<void> {
    const { updates } = this.#options.state.record;
    const results = await runner.run(batches.map((batch, i) => this.#feedsOf(batch, updates + i)));
    for (const [i, batch] of batches.entries()) this.#note(batch, results[i]!);
  }

  /** Writes down what a step showed. */
  #note({ cases }: TrainingBatch, results: Readonly<Record<string, Tensor>>): void {
    const { stepGraph, source, state, recipe, plan, onProgress } = this.#options;
    const { record } = state;
    const labels = cases.map((index) => source.labels[index]!);
    const loss = Number(results[stepGraph.loss]!.data[0]);
    const isTaken = this.#scale(results);
    if (!Number.isFinite(loss)) {
      record.sums.lost = (record.sums.lost ?? 0) + 1;
      // Outputs may leave float16's range in a step that changes nothing, but not throughout an epoch.
      if (isTaken || record.sums.lost === plan.stepsPerEpoch) {
        throw new InputError(
          "training-diverged",
          `training: expected a finite loss, got ${loss} in epoch ${record.epoch + 1}, step ${record.step + 1}. Lower the learning rate or clip the gradients.`,
        );
      }
    }
    const classes = firstClasses(results[stepGraph.logits] as Tensor<"float32">, source.classNames.length);
    if (Number.isFinite(loss)) record.sums.loss += loss;
    record.sums.correct += classes.filter((k, i) => k === labels[i]).length;
    record.sums.images += labels.length;
    record.step += 1;
    record.updates += 1;
    onProgress?.({
      task: this.#options.task,
      done: record.updates,
      total: recipe.epochs * plan.stepsPerEpoch,
      unit: "steps",
      note: `loss ${loss.toFixed(3)}`,
    });
  }

  /** In half precision, moves the scale of the loss by what a step showed. Whether the step changed anything. */
  #scale(results: Readonly<Record<string, Tensor>>): boolean {
    const { stepGraph, state: { record } } = this.#options;
    if (stepGraph.scaling === undefined) return true;
    const isFinite = Number(results[stepGraph.scaling.isFinite]!.data[0]) === 1;
    record.scaling = nextScaling(record.scaling!, { isFinite, step: record.updates + 1 });
    return isFinite;
  }

  /** Writes the epoch into the history, watches the validation part and decides whether to go on. */
  async #closeEpoch(): Promise<void> {
    const { state, recipe, plan, validation } = this.#options;
    const { record } = state;
    const started = performance.now();
    if (validation !== undefined || recipe.earlyStopping) await this.settle();
    const watched = validation !== undefined && validation.length > 0 ? await this.#validate(validation) : {};
    const { sums, scaling } = record;
    const epochRecord: EpochRecord = {
      epoch: record.epoch,
      learningRate: this.#learningRate(record.updates - 1),
      loss: sums.loss / (plan.stepsPerEpoch - (sums.lost ?? 0)),
      accuracy: sums.correct / sums.images,
      ...watched,
      seconds: sums.seconds,
      imagesPerSecond: sums.images / sums.seconds,
      idleShare: sums.idleSeconds / sums.seconds,
      ...(scaling && { skippedSteps: scaling.skipped.filter((step) => step > record.updates - plan.stepsPerEpoch).length }),
    };
    record.history = [...record.history, epochRecord];
    record.sums = { ...emptySums };
    record.epoch += 1;
    record.step = 0;
    record.finished = record.epoch === recipe.epochs;
    if (recipe.earlyStopping) {
      const best = bestEpochOf(record.history, recipe.earlyStopping.metric);
      if (best === epochRecord.epoch) state.keepBest();
      if (!record.finished && epochRecord.epoch - best >= recipe.earlyStopping.patience) {
        record.finished = true;
        record.stoppedEarly = true;
      }
    }
    record.seconds += secondsSince(started);
    this.#tellEpoch(epochRecord);
  }

  #tellEpoch({ epoch, learningRate, loss, accuracy, validationLoss, validationAccuracy }: EpochRecord): void {
    const { recipe, onProgress } = this.#options;
    onProgress?.({
      task: this.#options.task,
      done: epoch + 1,
      total: recipe.epochs,
      unit: "epochs",
      epoch: { epoch: epoch + 1, learningRate, loss, accuracy, ...(validationLoss !== undefined && { validationLoss }), ...(validationAccuracy !== undefined && { validationAccuracy }) },
    });
  }

  async #validate(validation: readonly number[]): Promise<{ validationLoss: number; validationAccuracy: number }> {
    const { network, source, start, plan, stepGraph, state, startWeights, sessions, signal } = this.#options;
    const { batch } = planBatches(validation.length, stepGraph.accumulation?.rows ?? plan.batch);
    const graph = (this.#validationGraph ??= chunkGraph({ network, start, batch }));
    const session = await sessions.get(graph);
    const weights = new Map([...startWeights, ...state.weights()]);
    const fixed = Object.fromEntries(graph.inputs.filter(({ name }) => name !== start).map(({ name }) => [name, weights.get(name)!]));
    let loss = 0;
    let correct = 0;
    for (let first = 0; first < validation.length; first += batch) {
      const cases = validation.slice(first, first + batch);
      const rows = await source.read(cases, { view: undefined, signal });
      const logits = await runInChunks(session, graph, rows, graph.outputs[0]!.name, signal, fixed);
      const { probabilities, classes } = readLogits(logits);
      for (const [i, index] of cases.entries()) {
        const label = source.labels[index]!;
        loss -= Math.log(Math.max(probabilities.data[i * network.classes + label]!, Number.MIN_VALUE));
        if (classes[i] === label) correct += 1;
      }
    }
    return { validationLoss: loss / validation.length, validationAccuracy: correct / validation.length };
  }

  async #checkpointWhenDue(): Promise<void> {
    const { store, state, checkpointSeconds = 30, checkpointSteps, untilEpoch } = this.#options;
    const { record } = state;
    if (store === undefined) return;
    const bySteps = checkpointSteps !== undefined && record.updates % checkpointSteps === 0;
    const pause = Math.max(checkpointSeconds, 20 * this.#lastWriteSeconds);
    if (!isDone(record, untilEpoch) && !bySteps && secondsSince(this.#lastCheckpoint) < pause) return;
    const started = performance.now();
    await this.settle();
    await store.write(state.toCheckpoint());
    this.#lastCheckpoint = performance.now();
    this.#lastWriteSeconds = secondsSince(started);
  }
}
