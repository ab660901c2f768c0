import { InputError, sizeOf } from "../base/index.js";
import { type EngineOptions, estimateMemory } from "../engine/index.js";
import { buildStepGraph, type StepGraph, type StepGraphOptions } from "./step-graph.js";

/** Bytes of what a run holds between steps: the network, the optimizer's state, twice where it is not written in place, the start weights, images. */
function heldBytes({ state, fixed, graph, input }: StepGraph): number {
  const bytes = (shape: readonly number[]) => 4 * sizeOf(shape);
  const carried = state.reduce((sum, { shape, inPlace, kind }) => sum + bytes(shape) * ((inPlace ? 1 : 2) + (kind === "slot" ? 0 : 1)), 0);
  const kept = fixed.reduce((sum, name) => sum + bytes(graph.values.get(name)!.shape as number[]), 0);
  // Batches are made ahead.
  return carried + kept + 4 * bytes(input.shape);
}

/** Gibibytes, as they are asked for. */
function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/**
 * The step graph that fits the memory of the engine's options: the one that keeps all it needs, else one that makes again what is cheap
 * to make, else one that makes whole stretches of the forward pass again, a third slower. The numbers are the same.
 * @throws InputError `memory` where none fits
 */
export async function buildFittingStep(options: StepGraphOptions, engine: EngineOptions): Promise<StepGraph> {
  const { memoryBytes } = engine;
  if (memoryBytes === undefined) return buildStepGraph(options);
  let least = Infinity;
  for (const recompute of [undefined, "cheap", "segments"] as const) {
    const step = buildStepGraph({ ...options, ...(recompute && { recompute }) });
    const needed = await estimateMemory(step.graph, heldBytes(step), engine);
    if (needed <= memoryBytes) return step;
    least = Math.min(least, needed);
  }
  throw new InputError(
    "memory",
    `memory: expected at least ${gib(least)} for ${options.network.architecture} at a batch of ${options.batch}, got ${gib(memoryBytes)}. Use smaller batches or images, or train fewer stages.`,
  );
}
