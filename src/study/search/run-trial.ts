import { rm } from "node:fs/promises";
import path from "node:path";
import { InputError } from "../../base/index.js";
import type { Fold } from "../../data/index.js";
import type { TrialJob } from "../../search/index.js";
import { predictFold } from "../../train/index.js";
import { decideUnits, unitsOf } from "../analysis/decide-units.js";
import type { PlannedCell, PlannedFold } from "../plan.js";
import type { RecipeSource } from "../recipe.js";
import type { TaskContext } from "../run-task.js";
import { trainTask, type TrainedTask } from "../train-task.js";
import type { CasePrediction } from "../task-record.js";
import { tuneCell } from "./apply-settings.js";
import { searchMetrics } from "./metrics.js";
import type { SearchedCell } from "./plan-search.js";
import { contextFor, type TrialContexts } from "./trial-context.js";
import type { TrialLine } from "./trial-log.js";

export interface TrialOptions {
  readonly recipe: RecipeSource;
  readonly searched: SearchedCell;
  readonly fold: PlannedFold;
  /** Folds of the training part of `fold`. */
  readonly inner: readonly Fold[];
  /** Folder of the search. */
  readonly directory: string;
  readonly contexts: TrialContexts;
}

/** Folder of a trial's checkpoints. */
export function trialFolder(directory: string, trial: number): string {
  return path.join(directory, `trial-${String(trial).padStart(3, "0")}`);
}

/** What a trained network says of some cases, without heat maps: probabilities are means over a case's images. */
async function predictCases({ network, startWeights, trained, located: { view }, source }: TrainedTask, { indices, regime }: { readonly indices: readonly number[]; readonly regime: PlannedCell["regime"] }, context: TaskContext): Promise<CasePrediction[]> {
  const images = indices.map((index) => view.of(index));
  const { probabilities } = await predictFold({
    network,
    startWeights,
    trained,
    regime,
    source,
    indices: images.flat(),
    sessions: context.sessions,
    ...context.folder.features,
    ...(context.signal && { signal: context.signal }),
  });
  const { classes } = network;
  let row = 0;
  return indices.map((index, i) => {
    const sums = new Float64Array(classes);
    for (let copy = 0; copy < images[i]!.length; copy++, row++) for (let k = 0; k < classes; k++) sums[k]! += probabilities.data[row * classes + k]! / images[i]!.length;
    const mean = Array.from(sums, Math.fround);
    return { case: context.dataset.cases[index]!.id, label: source.labels[index]!, predicted: mean.indexOf(Math.max(...mean)), probabilities: mean };
  });
}

/** Mean and standard error over the inner folds. */
function summarize(scores: readonly number[]): Pick<TrialLine, "score" | "standardError"> {
  const n = scores.length;
  const mean = scores.reduce((sum, score) => sum + score, 0) / n;
  if (n < 2) return { score: mean };
  return { score: mean, standardError: Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (n - 1) / n) };
}

/**
 * Trains a trial up to its epochs in every inner fold, from where it stands, and judges it by the cases held back there. All trials
 * of a fold see the same inner folds, start weights and order of cases, so that they differ by their settings alone.
 */
export async function runTrial({ trial, settings, resource }: TrialJob, { recipe, searched, fold, inner, directory, contexts }: TrialOptions, context: TaskContext): Promise<TrialLine> {
  const { base, terms, rungs } = searched;
  const tuned = tuneCell(recipe, base, { settings, imported: context.imported });
  const scope = path.join("search", base.id, `seed-${fold.seed}`, `fold-${fold.fold}`, `trial-${trial}`);
  const own = await contextFor(tuned.recipe, { ...context, keepModels: false }, { known: contexts, scope });
  const unitOf = unitsOf(context.dataset.cases);
  const foldScores: number[] = [];
  let seconds = 0;
  for (const [i, { train, test }] of inner.entries()) {
    const innerFold: PlannedFold = { seed: fold.seed, fold: 100 * fold.fold + i + 1, train, test, ...(fold.given && { given: fold.given }) };
    try {
      const trained = await trainTask(tuned.cell, innerFold, own, {
        directory: path.join(trialFolder(directory, trial), `inner-${i + 1}`),
        task: `trial ${trial + 1} · inner fold ${i + 1} of ${inner.length}`,
        ...(rungs.length > 1 && { untilEpoch: resource }),
      });
      const predictions = await predictCases(trained, { indices: test, regime: tuned.cell.regime }, own);
      seconds += trained.trained.seconds;
      const score = searchMetrics[terms.metric].of(decideUnits(predictions, unitOf), context.dataset.labels.length);
      foldScores.push(Number.isFinite(score) ? score : -Infinity);
    } catch (error) {
      // Settings that cannot be trained are a result; all else is not.
      if (!(error instanceof InputError && error.code === "training-diverged")) throw error;
      return { trial, settings: { ...settings }, resource, score: null, foldScores, seconds, failed: error.message };
    }
  }
  if (foldScores.some((score) => !Number.isFinite(score))) {
    return { trial, settings: { ...settings }, resource, score: null, foldScores: [], seconds, failed: "the score is no number" };
  }
  return { trial, settings: { ...settings }, resource, ...summarize(foldScores), foldScores, seconds };
}

/** Removes a trial's checkpoints. */
export async function discardTrial(directory: string, trial: number): Promise<void> {
  await rm(trialFolder(directory, trial), { recursive: true, force: true });
}
