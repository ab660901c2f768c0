import { float32, seededRandom, type Tensor, zeros } from "../base/index.js";
import { createSession } from "../engine/index.js";
import { bindConstants, foldBatchNormalization } from "../graph/index.js";
import { buildNetwork, initializeWeights, type Network } from "../models/index.js";
import { buildStepGraph, resolveRecipe } from "../train/index.js";
import type { Work } from "./work.js";

const classes = 1000;

function randomImages(shape: readonly number[]): Tensor<"float32"> {
  const random = seededRandom("bench");
  return float32(shape, Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.between(-2, 2)));
}

async function prepareInference({ batch, threads }: Work, network: Network): Promise<() => Promise<void>> {
  const weights = initializeWeights(network, seededRandom(1));
  const session = await createSession(foldBatchNormalization(bindConstants(network.graph, weights).graph).graph, { threads });
  const feeds = { input: randomImages([batch, 3, network.inputSize, network.inputSize]) };
  const into = { logits: zeros("float32", [batch, classes]) };
  return async () => void (await session.run(feeds, into));
}

/** One step of SGD with momentum on all parameters. The next state is written beside the last one; then they change places. */
async function prepareTraining({ batch, batchNorm, threads }: Work, network: Network): Promise<() => Promise<void>> {
  const recipe = resolveRecipe("fine-tuning", { batchNorm, optimizer: { name: "sgd", learningRate: 1e-3, momentum: 0.9 } });
  const trained = network.parameters.filter(({ role }) => !role.startsWith("running")).map(({ name }) => name);
  const step = buildStepGraph({ network, start: "input", batch, recipe, trained });
  const session = await createSession(step.graph, { threads });
  const weights = initializeWeights(network, seededRandom(1));
  const feeds: Record<string, Tensor> = {};
  for (const { name, shape } of session.inputs) feeds[name] = weights.get(name) ?? zeros("float32", shape as number[]);
  feeds[step.input.name] = randomImages(step.input.shape);
  const targets = new Float32Array(batch * classes);
  for (let i = 0; i < batch; i++) targets[i * classes + i] = 1;
  feeds[step.targets.name] = float32(step.targets.shape, targets);
  for (const [name, value] of step.scalars({ learningRate: 1e-3, step: 1, stepsPerEpoch: 1 })) feeds[name] = float32([], [value]);
  for (const { name, shape } of step.masks) feeds[name] = float32(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1));
  const into: Record<string, Tensor> = Object.fromEntries(session.outputs.map(({ name, shape }) => [name, zeros("float32", shape as number[])]));
  return async () => {
    await session.run(feeds, into);
    for (const { name, next } of step.state) [feeds[name], into[next]] = [into[next]!, feeds[name]!];
  };
}

/** Makes everything ready; each call of the result does the work once. */
export function prepare(work: Work): Promise<() => Promise<void>> {
  const network = buildNetwork(work.network, { classes, batch: work.kind === "inference" ? work.batch : "N" });
  return work.kind === "training" ? prepareTraining(work, network) : prepareInference(work, network);
}
