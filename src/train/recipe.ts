import { InputError } from "../base/index.js";
import type { ClassWeights } from "./losses/class-weights.js";
import type { LossName } from "./losses/index.js";
import type { OptimizerName, OptimizerSettings } from "./optimizers/index.js";
import { type Precision, precisions } from "./precision.js";
import type { RegimeName } from "./regimes.js";
import type { ScheduleName, ScheduleSettings } from "./schedules/index.js";

export interface EarlyStopping {
  /** Part of the training cases held back to decide, in (0, 1). */
  readonly fraction: number;
  /** Epochs without improvement before training stops. */
  readonly patience: number;
  /** What has to improve: `loss` falls, `accuracy` rises (ties are decided by the loss). */
  readonly metric: "loss" | "accuracy";
}

/** How a network is trained, with every choice written out. */
export interface TrainingRecipe {
  readonly epochs: number;
  readonly batchSize: number;
  /**
   * Images whose forward and backward pass is computed at once; gradients are added up to those of the whole batch. undefined: all of the batch.
   * The result is the same but for rounding, except with batch statistics, which are then those of fewer images.
   */
  readonly microBatch: number | undefined;
  /**
   * `half`: convolutions, matrix products and activations in float16, weights and everything else in float32, with dynamic loss scaling; `auto`: half where
   * the device computes in float16. undefined: single, all in float32.
   */
  readonly precision: Precision | undefined;
  readonly optimizer: Omit<OptimizerSettings, "weightDecay" | "startPenalty"> & {
    readonly name: OptimizerName;
    /** Highest learning rate of the schedule. */
    readonly learningRate: number;
  };
  /** Learning rate of the head (the last stage) as a multiple of the others'. */
  readonly headRateFactor: number;
  /** Factor on the learning rate for each stage's distance from the head, in (0, 1]; 1 gives all stages the same rate. */
  readonly stageRateDecay: number;
  /** Gradual unfreezing: the head alone at first, and one more stage every so many epochs; undefined trains all of the regime's stages at once. */
  readonly unfreezeEpochs: number | undefined;
  /** Strength of the L2 penalty on the way from the start weights, for what decays outside the head; at 0 the decay draws to zero. */
  readonly startPenalty: number;
  readonly schedule: ScheduleSettings & { readonly name: ScheduleName; readonly warmupEpochs: number };
  readonly weightDecay: number;
  /** `weights` leaves biases and normalisation parameters without decay; `all` decays them too, as PyTorch does unless told otherwise. */
  readonly decayed: "weights" | "all";
  readonly loss: { readonly name: LossName; readonly gamma: number };
  readonly labelSmoothing: number;
  readonly classWeights: ClassWeights;
  /** Probability for every Dropout of the trained part; undefined keeps the network's own. */
  readonly dropout: number | undefined;
  /** Batch statistics in training, or the stored ones throughout. */
  readonly batchNorm: "train" | "frozen";
  /** Largest norm of all gradients together; undefined does not clip. */
  readonly gradientClip: number | undefined;
  readonly earlyStopping: EarlyStopping | false;
  /** Whether the source's augmentation is used. */
  readonly augmentation: boolean;
  /** Augmented views per image: a fresh one every epoch, or a fixed number in turn (whose frozen features can be cached). */
  readonly augmentedViews: "every-epoch" | number;
}

const common: Omit<TrainingRecipe, "epochs" | "optimizer" | "batchNorm"> = {
  batchSize: 16,
  microBatch: undefined,
  precision: undefined,
  headRateFactor: 1,
  stageRateDecay: 1,
  unfreezeEpochs: undefined,
  startPenalty: 0,
  schedule: { name: "cosine", warmupEpochs: 1, stepEpochs: 10, factor: 0.1 },
  weightDecay: 1e-4,
  decayed: "weights",
  loss: { name: "cross-entropy", gamma: 2 },
  labelSmoothing: 0,
  classWeights: "none",
  dropout: undefined,
  gradientClip: undefined,
  earlyStopping: false,
  augmentation: true,
  augmentedViews: "every-epoch",
};

const moments = { momentum: 0.9, nesterov: false, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** What a regime uses where the user says nothing. */
export const defaultRecipes: Readonly<Record<RegimeName, TrainingRecipe>> = {
  scratch: { ...common, epochs: 15, optimizer: { name: "adamw", learningRate: 1e-3, ...moments }, batchNorm: "train" },
  "feature-extraction": {
    ...common,
    epochs: 60,
    optimizer: { name: "adamw", learningRate: 1e-3, ...moments },
    batchNorm: "frozen",
  },
  "fine-tuning": {
    ...common,
    epochs: 12,
    optimizer: { name: "adamw", learningRate: 3e-4, ...moments },
    batchNorm: "frozen",
  },
};

/** Changes to a regime's default recipe: any part of it. */
export interface RecipeChanges extends Partial<Omit<TrainingRecipe, "optimizer" | "schedule" | "loss" | "earlyStopping">> {
  readonly optimizer?: Partial<TrainingRecipe["optimizer"]>;
  readonly schedule?: Partial<TrainingRecipe["schedule"]>;
  readonly loss?: Partial<TrainingRecipe["loss"]>;
  readonly earlyStopping?: false | Partial<EarlyStopping>;
}

/** Part of the training cases and patience where early stopping is asked for without saying more. */
export const defaultEarlyStopping: EarlyStopping = { fraction: 0.15, patience: 5, metric: "loss" };

function defined<T extends object>(changes: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(changes ?? {}).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/**
 * A regime's recipe with changes. Parts left out, and parts that are undefined, keep the default.
 * @throws InputError `training-recipe` naming the key, its range and the value
 */
export function resolveRecipe(regime: RegimeName, changes: RecipeChanges = {}): TrainingRecipe {
  const base = defaultRecipes[regime];
  const recipe: TrainingRecipe = {
    ...base,
    ...defined(changes),
    optimizer: { ...base.optimizer, ...defined(changes.optimizer) },
    schedule: { ...base.schedule, ...defined(changes.schedule) },
    loss: { ...base.loss, ...defined(changes.loss) },
    earlyStopping: changes.earlyStopping ? { ...defaultEarlyStopping, ...defined(changes.earlyStopping) } : (changes.earlyStopping ?? base.earlyStopping),
  };
  checkRecipe(recipe);
  return recipe;
}

/** Range of every number of a recipe. */
const ranges: readonly (readonly [key: string, read: (recipe: TrainingRecipe) => number | undefined, low: number, high: number, kind?: "whole" | "open"])[] = [
  ["epochs", (r) => r.epochs, 1, 1e6, "whole"],
  ["batchSize", (r) => r.batchSize, 1, 65536, "whole"],
  ["microBatch", (r) => r.microBatch, 1, 65536, "whole"],
  ["optimizer.learningRate", (r) => r.optimizer.learningRate, 0, 1e3],
  ["optimizer.momentum", (r) => r.optimizer.momentum, 0, 1, "open"],
  ["optimizer.beta1", (r) => r.optimizer.beta1, 0, 1, "open"],
  ["optimizer.beta2", (r) => r.optimizer.beta2, 0, 1, "open"],
  ["optimizer.epsilon", (r) => r.optimizer.epsilon, Number.MIN_VALUE, 1],
  ["headRateFactor", (r) => r.headRateFactor, 0, 1e6],
  ["stageRateDecay", (r) => r.stageRateDecay, Number.MIN_VALUE, 1],
  ["unfreezeEpochs", (r) => r.unfreezeEpochs, 1, 1e6, "whole"],
  ["startPenalty", (r) => r.startPenalty, 0, 1e3],
  ["schedule.warmupEpochs", (r) => r.schedule.warmupEpochs, 0, 1e6],
  ["schedule.stepEpochs", (r) => r.schedule.stepEpochs, 1, 1e6, "whole"],
  ["schedule.factor", (r) => r.schedule.factor, 0, 1],
  ["weightDecay", (r) => r.weightDecay, 0, 1e3],
  ["loss.gamma", (r) => r.loss.gamma, 0, 100],
  ["labelSmoothing", (r) => r.labelSmoothing, 0, 1, "open"],
  ["dropout", (r) => r.dropout, 0, 1, "open"],
  ["gradientClip", (r) => r.gradientClip, Number.MIN_VALUE, Number.MAX_VALUE],
  ["earlyStopping.patience", (r) => r.earlyStopping ? r.earlyStopping.patience : undefined, 1, 1e6, "whole"],
  ["earlyStopping.fraction", (r) => r.earlyStopping ? r.earlyStopping.fraction : undefined, Number.MIN_VALUE, 1, "open"],
  ["augmentedViews", (r) => r.augmentedViews === "every-epoch" ? undefined : r.augmentedViews, 1, 1e4, "whole"],
];

function checkRecipe(recipe: TrainingRecipe): void {
  if (recipe.precision !== undefined && !precisions.includes(recipe.precision)) {
    throw new InputError("training-recipe", `precision: expected one of ${precisions.join(", ")}, got "${recipe.precision as string}". Correct the recipe.`);
  }
  for (const [key, read, low, high, kind] of ranges) {
    const value = read(recipe);
    if (value === undefined) continue;
    const inside = value >= low && (kind === "open" ? value < high : value <= high) && (kind !== "whole" || Number.isInteger(value));
    if (inside) continue;
    const range = `${kind === "whole" ? "a whole number" : "a number"} from ${low === Number.MIN_VALUE ? "above 0" : low} ${kind === "open" ? "to below" : "to"} ${high}`;
    throw new InputError("training-recipe", `${key}: expected ${range}, got ${String(value)}. Correct the recipe.`);
  }
}
