import { InputError, Memo, sizeOf } from "../base/index.js";
import { type EngineOptions, estimateMemory } from "../engine/index.js";
import type { Network } from "../models/index.js";
import { buildStepGraph, type StepGraph, type StepGraphOptions } from "./step-graph.js";

/** Bytes of what a run holds between steps: the network, the optimizer's state, twice where it is not written in place, sums of gradients, the start weights, images. */
function heldBytes({ state, fixed, graph, input, accumulation }: StepGraph): number {
  const bytes = (shape: readonly number[]) => 4 * sizeOf(shape);
  const carried = state.reduce((sum, { shape, inPlace, kind }) => sum + bytes(shape) * ((inPlace ? 1 : 2) + (kind === "slot" ? 0 : 1)), 0);
  const kept = fixed.reduce((sum, name) => sum + bytes(graph.values.get(name)!.shape as number[]), 0);
  const sums = (accumulation?.sums ?? []).reduce((sum, { shape }) => sum + bytes(shape), 0);
  // Batches are made ahead.
  return carried + kept + sums + 4 * bytes(input.shape);
}

/** What a step takes: each of its graphs has memory of its own. */
function neededBytes(step: StepGraph, engine: EngineOptions): Promise<number> {
  const { graph, accumulation } = step;
  return estimateMemory(accumulation === undefined ? [graph] : [graph, accumulation.update], heldBytes(step), engine);
}

/** Gibibytes, as they are asked for. */
function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

type Choice = Pick<StepGraphOptions, "recompute" | "microBatch">;

/**
 * What may be tried, the fastest first. Parts of a batch halve what is kept for a few percent of time; making stretches of the forward
 * pass again takes a third more. With batch statistics parts would change the numbers, so that they are taken only where the recipe says so.
 */
function* choices({ batch, recipe }: StepGraphOptions): Generator<Choice> {
  const most = Math.min(batch, recipe.microBatch ?? batch);
  const sizes = [most];
  if (recipe.batchNorm === "frozen") for (let size = Math.ceil(most / 2); size < sizes.at(-1)!; size = Math.ceil(size / 2)) sizes.push(size);
  const large = sizes.filter((size) => size >= Math.min(4, most));
  for (const microBatch of large) yield* [{ microBatch }, { microBatch, recompute: "cheap" }] as const;
  for (const microBatch of sizes) yield { microBatch, recompute: "segments" };
}

/** The folds of a cell ask for the same step. */
const known = new Memo<Network, Promise<StepGraph>>();

/**
 * The step graph that fits the memory of the engine's options: the largest part of the batch whose gradients can be computed at once, with
 * what is kept, made again where it is cheap to make, or made again in whole stretches. The numbers are the same but for rounding.
 * @throws InputError `memory` where none fits
 */
export function buildFittingStep(options: StepGraphOptions, engine: EngineOptions): Promise<StepGraph> {
  const { network, ...rest } = options;
  return known.get(network, JSON.stringify([rest, engine]), () => fittingStep(options, engine));
}

async function fittingStep(options: StepGraphOptions, engine: EngineOptions): Promise<StepGraph> {
  const { memoryBytes } = engine;
  if (memoryBytes === undefined) return buildStepGraph(options);
  let least = Infinity;
  for (const choice of choices(options)) {
    const step = buildStepGraph({ ...options, ...choice });
    const needed = await neededBytes(step, engine);
    if (needed <= memoryBytes) return step;
    least = Math.min(least, needed);
  }
  const parts = options.recipe.batchNorm === "train" ? ", add gradients up over smaller parts (microBatch)" : "";
  throw new InputError(
    "memory",
    `memory: expected at least ${gib(least)} for ${options.network.architecture} at a batch of ${options.batch}, got ${gib(memoryBytes)}. Use smaller batches${parts} or smaller images, or train fewer stages.`,
  );
}
