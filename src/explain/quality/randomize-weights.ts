import { seededRandom, type Tensor } from "../../base/index.js";
import { initializeWeights, type Network } from "../../models/index.js";

/**
 * Weights in which some stages are as before training: drawn anew from the distribution each parameter starts with, running
 * statistics at 0 and 1.
 */
export function randomizeWeights(network: Network, weights: ReadonlyMap<string, Tensor>, { stages, seed }: { readonly stages: readonly string[]; readonly seed: number }): Map<string, Tensor> {
  const chosen = new Set(stages);
  const drawn = initializeWeights(network, seededRandom("randomized weights", seed));
  const result = new Map(weights);
  for (const { name, stage } of network.parameters) if (chosen.has(stage)) result.set(name, drawn.get(name)!);
  return result;
}

/** Stages that are randomized in turn from the head down: one more at each step. */
export function cascadeOf(stages: readonly string[]): string[][] {
  return stages.map((_, i) => stages.slice(stages.length - 1 - i));
}
