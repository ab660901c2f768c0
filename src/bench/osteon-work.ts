import { float32, seededRandom, sizeOf, type Tensor, zeros } from "../base/index.js";
import { createSession, type Session } from "../engine/index.js";
import { createExplainer } from "../explain/index.js";
import { buildNetwork, initializeWeights, type Network } from "../models/index.js";
import { chunkGraph, divide, inferenceGraph, narrowestCut, resolveRecipe, buildStepGraph, stateInputs, stateOutputs, runInChunks, type Regime, type StepGraph } from "../train/index.js";
import { tasks, type Task, type Work } from "./work.js";

type Run = () => Promise<void>;

export const classes = 1000;

function randomImages(shape: readonly number[]): Tensor<"float32"> {
  const random = seededRandom("bench");
  return float32(shape, Float32Array.from({ length: sizeOf(shape) }, () => random.between(-2, 2)));
}

export function networkOf({ network, size, batch, task }: Work): Network {
  return buildNetwork(network, { classes, inputSize: size, batch: tasks[task].trains ? "N" : batch, ...(tasks[task].trains && { dropout: 0 }) });
}

/** What a task trains. */
export function regimeOf(task: Task): Regime {
  if (task === "head") return { name: "feature-extraction" };
  return { name: "fine-tuning", stages: task === "last-stage" ? 2 : "all" };
}

/** Parameters that a task trains. */
export function trainedBy(network: Network, task: Task): readonly string[] {
  return divide(network, regimeOf(task)).trained;
}

/** One step of SGD with momentum, as a graph that starts at the image or behind what is frozen. */
export function stepOf(network: Network, { task, batch }: Work): StepGraph {
  const recipe = resolveRecipe("fine-tuning", { batchNorm: task === "scratch" ? "train" : "frozen", dropout: 0, optimizer: { name: "sgd", learningRate: 1e-3, momentum: 0.9 } });
  const { trained, boundary } = divide(network, regimeOf(task));
  return buildStepGraph({ network, start: boundary === undefined ? "input" : narrowestCut(network, boundary), batch, recipe, trained });
}

async function prepareInference({ batch, threads }: Work, network: Network): Promise<Run> {
  const weights = initializeWeights(network, seededRandom(1));
  const graph = chunkGraph({ network, batch, weights });
  const session = await createSession(graph, { threads });
  const images = randomImages([batch, 3, network.inputSize, network.inputSize]);
  return async () => void (await runInChunks(session, graph, images, graph.outputs[0]!.name));
}

async function prepareGradCam({ batch, threads }: Work, network: Network): Promise<Run> {
  const explainer = await createExplainer(network, initializeWeights(network, seededRandom(1)), "grad-cam", { engine: { threads } });
  const images = randomImages([batch, 3, network.inputSize, network.inputSize]);
  return async () => void (await explainer.explain(images));
}

/** The frozen stages with their weights as constants, written into what the step reads. */
async function prepareFrozen(work: Work, network: Network, options: { readonly end: string; readonly into: Tensor; readonly weights: ReadonlyMap<string, Tensor<"float32">> }): Promise<Run> {
  const { end, into, weights } = options;
  const session: Session = await createSession(inferenceGraph({ network, batch: work.batch, end, weights }), { threads: work.threads });
  const feeds = { input: randomImages([work.batch, 3, work.size, work.size]) };
  const output = session.outputs[0]!.name;
  return async () => void (await session.run(feeds, { [output]: into }));
}

/** The next state is written beside the last one, or over it, as in training; then they change places. */
async function prepareTraining(work: Work, network: Network): Promise<Run> {
  const { batch, threads } = work;
  const step = stepOf(network, work);
  const session = await createSession(step.graph, { threads });
  const weights = initializeWeights(network, seededRandom(1));
  let now = new Map(step.state.map(({ name, shape }) => [name, weights.get(name) ?? zeros("float32", shape)]));
  let next = new Map(step.state.map(({ name, shape, inPlace }) => [name, inPlace ? now.get(name)! : zeros("float32", shape)]));
  const feeds: Record<string, Tensor> = Object.fromEntries(step.fixed.map((name) => [name, weights.get(name)!]));
  const input = step.input.name === "input" ? randomImages(step.input.shape) : zeros("float32", step.input.shape);
  feeds[step.input.name] = input;
  const before = step.input.name === "input" ? undefined : await prepareFrozen(work, network, { end: step.input.name, into: input, weights });
  const targets = new Float32Array(batch * classes);
  for (let i = 0; i < batch; i++) targets[i * classes + i] = 1;
  feeds[step.targets.name] = float32(step.targets.shape, targets);
  for (const [name, value] of step.scalars({ learningRate: 1e-3, step: 1, stepsPerEpoch: 1 })) feeds[name] = float32([], [value]);
  for (const { name, shape } of step.masks) feeds[name] = float32(shape, new Float32Array(sizeOf(shape)).fill(1));
  return async () => {
    await before?.();
    const state = Object.fromEntries(step.state.flatMap((value) => stateInputs(value, now.get(value.name)!)));
    const into = Object.fromEntries(step.state.flatMap((value) => stateOutputs(value, next.get(value.name)!)));
    await session.run({ ...feeds, ...state }, into);
    [now, next] = [next, now];
  };
}

/** Makes everything ready; each call of the result does the work once. */
export function prepare(work: Work): Promise<Run> {
  const network = networkOf(work);
  if (tasks[work.task].trains) return prepareTraining(work, network);
  return work.task === "grad-cam" ? prepareGradCam(work, network) : prepareInference(work, network);
}
