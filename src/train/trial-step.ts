import { float32, seededRandom, sizeOf, type Tensor } from "../base/index.js";
import type { EngineOptions } from "../engine/index.js";
import type { Network } from "../models/index.js";
import { resolveRecipe } from "./recipe.js";
import type { CaseSource } from "./source.js";
import { trainFold } from "./train-fold.js";

export interface TrialStep {
  readonly loss: number;
  /** Parameters that the step changed, and those that it did not reach. */
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
}

/**
 * One training step of all layers on four images of noise: whether a network can be trained at all.
 * @throws UnsupportedError `no-gradient` naming the operator that prevents it
 */
export async function trialStep(network: Network, weights: ReadonlyMap<string, Tensor<"float32">>, engine: EngineOptions = {}): Promise<TrialStep> {
  const shape = network.graph.inputs.find(({ name }) => name === "input")!.shape.slice(1) as number[];
  const cases = 4;
  const source: CaseSource = {
    labels: Array.from({ length: cases }, (_, i) => i % network.classes),
    classNames: Array.from({ length: network.classes }, (_, k) => `class ${k}`),
    augmented: false,
    augmentationKey: "",
    key: (index) => `trial ${index}`,
    read: (indices) => {
      const noise = Float32Array.from({ length: indices.length * sizeOf(shape) });
      const random = seededRandom("trial step", indices[0] ?? 0);
      for (let i = 0; i < noise.length; i++) noise[i] = random.normal();
      return Promise.resolve(float32([indices.length, ...shape], noise));
    },
  };
  const recipe = resolveRecipe("fine-tuning", {
    epochs: 1, batchSize: cases, batchNorm: "frozen", dropout: 0, weightDecay: 0,
    optimizer: { name: "sgd", learningRate: 1e-2, momentum: 0 }, schedule: { name: "constant", warmupEpochs: 0 },
  });
  const trained = await trainFold({ network, startWeights: weights, regime: { name: "fine-tuning", stages: "all" }, recipe, source, train: [0, 1, 2, 3], seed: 1, engine });
  const isChanged = (name: string): boolean => trained.weights.get(name)!.data.some((value, i) => value !== weights.get(name)!.data[i]);
  return {
    loss: trained.history[0]!.loss,
    changed: trained.trained.filter(isChanged),
    unchanged: trained.trained.filter((name) => !isChanged(name)),
  };
}
