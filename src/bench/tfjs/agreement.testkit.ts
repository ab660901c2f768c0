// This project's own engine as the oracle of what tfjs computes: the same graph, weights and images.
import * as tf from "@tensorflow/tfjs-core";
import { float32, seededRandom, sizeOf, type Tensor, zeros } from "../../base/index.js";
import { createSession } from "../../engine/index.js";
import { createExplainer } from "../../explain/index.js";
import { type ArchitectureName, buildNetwork, formulaWeights } from "../../models/index.js";
import { inferenceGraph, stateInputs, stateOutputs } from "../../train/index.js";
import { stepOf } from "../osteon-work.js";
import type { Task } from "../work.js";
import { parametersOf } from "./parameters.js";
import { prepareGradCam, prepareInference, prepareStep, type TfjsWork } from "./tfjs-work.js";

/** A small network of each family of the studies. */
export const families = ["resnet50-tiny", "mobilenet_v2-tiny", "vgg16-tiny", "densenet-tiny", "efficientnet_v2-tiny", "convnext_base-tiny", "xception-tiny"] as const satisfies readonly ArchitectureName[];

const [batch, classes, inputSize] = [2, 3, 32];

/** A large one, so that what a step moves stands out from the rounding of what it moves. */
const learningRate = 0.5;

interface Compared extends TfjsWork {
  /** The images as the graph has them, [N, C, H, W]. */
  readonly input: Tensor<"float32">;
}

/** Weights without the ties that zeros make, where the slope of a rectifier is a matter of convention. */
export function comparedWork(name: ArchitectureName): Compared {
  const network = buildNetwork(name, { classes, inputSize, batch, dropout: 0 });
  const random = seededRandom("tfjs");
  const input = float32([batch, 3, inputSize, inputSize], Float32Array.from({ length: batch * 3 * inputSize ** 2 }, () => random.between(-2, 2)));
  const images = tf.transpose(tf.tensor4d(input.data, [batch, 3, inputSize, inputSize]), [0, 2, 3, 1]);
  return { network, weights: formulaWeights(network), batch, images, input };
}

/** Largest difference over the largest element. */
export function difference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  const all = Array.from(expected);
  return Math.max(...all.map((value, i) => Math.abs(value - found[i]!))) / Math.max(...all.map(Math.abs));
}

export async function differenceOfLogits(work: Compared): Promise<number> {
  const { network, weights, input } = work;
  const session = await createSession(inferenceGraph({ network, batch, weights }), { threads: 1 });
  const [logits] = Object.values(await session.run({ input }));
  await session.release();
  return difference(await (await prepareInference(work)()).data(), logits!.data as Float32Array);
}

/** Of the maps, each over its largest element. */
export async function differenceOfMaps(work: Compared): Promise<number> {
  const explainer = await createExplainer(work.network, work.weights, "grad-cam", { engine: { threads: 1 } });
  const { maps } = await explainer.explain(work.input);
  const found = await prepareGradCam(work)();
  const scaled = tf.div(found, tf.max(found, [1, 2], true));
  return difference(scaled.dataSync(), maps.flatMap(({ values }) => Array.from(values)));
}

/** The largest over all trained parameters of how a step moves them. */
export async function differenceOfStep(work: Compared, task: Task): Promise<number> {
  const { network, weights, input } = work;
  const step = stepOf(network, { network: "resnet50", task, batch, size: inputSize, threads: 1 });
  const session = await createSession(step.graph, { threads: 1 });
  const state = step.state.map((value) => ({ value, next: zeros("float32", value.shape), now: float32(value.shape, (weights.get(value.name) ?? zeros("float32", value.shape)).data.slice()) }));
  const targets = float32(step.targets.shape, Float32Array.from({ length: batch * classes }, (_, i) => Number(i % classes === Math.floor(i / classes))));
  const scalars = [...step.scalars({ learningRate, step: 1, stepsPerEpoch: 1 })].map(([name, value]) => [name, float32([], [value])] as const);
  const masks = step.masks.map(({ name, shape }) => [name, float32(shape, new Float32Array(sizeOf(shape)).fill(1))] as const);
  const inputs = state.flatMap(({ value, now }) => stateInputs(value, now));
  const feeds = Object.fromEntries([...step.fixed.map((name) => [name, weights.get(name)!] as const), ...scalars, ...masks, ...inputs, [step.input.name, input], [step.targets.name, targets]]);
  await session.run(feeds, Object.fromEntries(state.flatMap(({ value, next }) => stateOutputs(value, next))));
  await session.release();

  const { run, variables } = prepareStep(work, { task, learningRate });
  await run();
  const before = parametersOf(network.graph, weights);
  const after = parametersOf(network.graph, new Map(state.map(({ value, next }) => [value.name, next])));
  const moved = (to: tf.Tensor, name: string) => tf.sub(to, before.get(name)!).dataSync();
  return Math.max(...[...variables].map(([name, variable]) => difference(moved(variable, name), moved(after.get(name)!, name))));
}
