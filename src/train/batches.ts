import { seededRandom, type Tensor } from "../base/index.js";
import type { TrainingRecipe } from "./recipe.js";
import type { CaseSource, ReadOptions } from "./source.js";

/** Division of the training cases into batches of equal size. */
export interface BatchPlan {
  /** Cases per step: the largest equal size up to the recipe's, so that no case is left out and few are repeated. */
  readonly batch: number;
  readonly stepsPerEpoch: number;
}

/** ceil(n / batchSize) steps of ceil(n / steps) cases: at most steps - 1 cases come twice in an epoch. */
export function planBatches(cases: number, batchSize: number): BatchPlan {
  const stepsPerEpoch = Math.ceil(cases / batchSize);
  return { batch: Math.ceil(cases / stepsPerEpoch), stepsPerEpoch };
}

/** The cases of each step of an epoch: a shuffle named by seed and epoch, filled up from its own start. */
export function casesOfEpoch(cases: readonly number[], plan: BatchPlan, { seed, epoch }: { seed: number; epoch: number }): number[][] {
  const order = seededRandom(seed, "order", epoch).shuffle(cases);
  return Array.from({ length: plan.stepsPerEpoch }, (_, step) =>
    Array.from({ length: plan.batch }, (_, i) => order[(step * plan.batch + i) % order.length]!),
  );
}

/** Augmentation view of an epoch; undefined where images stay as they are. */
export function viewOfEpoch(recipe: TrainingRecipe, source: BatchSource, { seed, epoch }: { seed: number; epoch: number }): string | undefined {
  if (!recipe.augmentation || !source.augmented) return undefined;
  return recipe.augmentedViews === "every-epoch" ? `seed ${seed} epoch ${epoch}` : `view ${epoch % recipe.augmentedViews}`;
}

/** What batches are read from. */
export interface BatchSource extends Pick<CaseSource, "augmented"> {
  read(indices: readonly number[], options: ReadOptions): Promise<Tensor>;
}

/** One step's cases and images. */
export interface TrainingBatch {
  readonly epoch: number;
  readonly step: number;
  readonly cases: readonly number[];
  /** Or what the source has in their place. */
  readonly images: Tensor;
}

export interface BatchesOptions {
  readonly source: BatchSource;
  readonly cases: readonly number[];
  readonly recipe: TrainingRecipe;
  readonly plan: BatchPlan;
  readonly seed: number;
  /** Where to begin. */
  readonly from: { readonly epoch: number; readonly step: number };
  readonly signal?: AbortSignal;
  /** Batches asked for ahead of the one in work. */
  readonly ahead?: number;
}

/** Batches of a whole run in order, from any point; reads ahead across the ends of epochs. */
export async function* trainingBatches(options: BatchesOptions): AsyncGenerator<TrainingBatch, void, void> {
  const { source, recipe, plan, seed, from, signal, ahead = 2 } = options;
  const pending: Promise<TrainingBatch>[] = [];
  let { epoch, step } = from.step < plan.stepsPerEpoch ? from : { epoch: from.epoch + 1, step: 0 };
  let cases = casesOfEpoch(options.cases, plan, { seed, epoch });
  const ask = (): void => {
    const asked = { epoch, step, cases: cases[step]! };
    const view = viewOfEpoch(recipe, source, { seed, epoch });
    const keep = view === undefined || recipe.augmentedViews !== "every-epoch";
    const batch = source.read(asked.cases, { view, keep, signal }).then((images) => ({ ...asked, images }));
    // A batch that is never waited for (training stopped before) must not end the process.
    batch.catch(() => undefined);
    pending.push(batch);
    step += 1;
    if (step < plan.stepsPerEpoch) return;
    [epoch, step] = [epoch + 1, 0];
    cases = casesOfEpoch(options.cases, plan, { seed, epoch });
  };
  for (;;) {
    while (epoch < recipe.epochs && pending.length <= ahead) ask();
    const next = pending.shift();
    if (next === undefined) return;
    yield await next;
  }
}
