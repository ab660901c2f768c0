import * as tf from "@tensorflow/tfjs-core";
import { float32, seededRandom, sizeOf, type Tensor } from "../../base/index.js";
import { extractSubgraph, type Graph } from "../../graph/index.js";
import { buildNetwork, initializeWeights, type Network } from "../../models/index.js";
import { divide, inferenceGraph, narrowestCut } from "../../train/index.js";
import { classes, regimeOf } from "../osteon-work.js";
import { tasks, type Work } from "../work.js";
import { gradientKernels, registerGradients, requireKernels } from "./gradients.js";
import { compile, interpret } from "./interpret.js";
import { parametersOf } from "./parameters.js";

const weightDecay = 1e-4;

type Weights = ReadonlyMap<string, Tensor<"float32">>;
/** Does the work once and waits for its result. */
export type TfjsRun = () => Promise<tf.Tensor>;

export interface TfjsWork {
  readonly network: Network;
  readonly weights: Weights;
  readonly batch: number;
  /** [N, H, W, C]. */
  readonly images: tf.Tensor4D;
}

/** A graph that starts at the image or at a value with nothing to train: stored statistics are in the weights of the convolutions. */
function frozen(graph: Graph): (input: tf.Tensor) => tf.Tensor {
  const [program, parameters] = [compile(graph), parametersOf(graph)];
  return (input) => interpret(program, { parameters, input });
}

async function done(result: tf.Tensor): Promise<tf.Tensor> {
  await result.data();
  return result;
}

/** Logits [N, K]. */
export function prepareInference({ network, weights, batch, images }: TfjsWork): TfjsRun {
  const predict = frozen(inferenceGraph({ network, batch, weights }));
  return () => done(predict(images));
}

/** Maps [N, h, w] of the predicted class: the feature maps weighted by the means of the score's gradient. */
export function prepareGradCam({ network, weights, batch, images }: TfjsWork): TfjsRun {
  registerGradients();
  const whole = inferenceGraph({ network, batch, weights });
  const features = frozen(extractSubgraph(whole, ["input"], [network.camLayer]));
  const logits = frozen(extractSubgraph(whole, [network.camLayer], [whole.outputs[0]!.name]));
  const gradientOf = tf.grad((x) => tf.sum(tf.max(logits(x), 1)));
  return () =>
    done(
      tf.tidy(() => {
        const maps = features(images);
        return tf.relu(tf.sum(tf.mul(maps, tf.mean(gradientOf(maps), [1, 2], true)), 3));
      }),
    );
}

export interface TfjsStep {
  /** One step; the loss before it. */
  readonly run: TfjsRun;
  /** What is trained, in tfjs's form. */
  readonly variables: ReadonlyMap<string, tf.Variable>;
}

/** Steps of SGD with momentum on the mean cross-entropy of targets 0, 1, 2 ... Running statistics are not kept up. @throws UnsupportedError `tfjs-gradient` */
export function prepareStep({ network, weights, batch, images }: TfjsWork, { task, learningRate = 1e-3 }: { readonly task: Work["task"]; readonly learningRate?: number }): TfjsStep {
  const { trained, boundary } = divide(network, regimeOf(task));
  const start = boundary === undefined ? "input" : narrowestCut(network, boundary);
  const before = start === "input" ? tf.clone : frozen(inferenceGraph({ network, batch, end: start, weights }));
  const graph = extractSubgraph(network.graph, [start], ["logits"]);
  requireKernels(gradientKernels(graph));
  registerGradients();
  const program = compile(graph);
  const constants = parametersOf(graph, weights);
  const variables = new Map(trained.map((name) => [name, tf.variable(constants.get(name)!)]));
  const parameters = new Map([...constants, ...variables]);
  const targets = tf.oneHot(tf.range(0, batch, 1, "int32"), network.classes);
  const optimizer = tf.train.momentum(learningRate, 0.9);
  const decayed = new Set(network.parameters.filter(({ role }) => role === "weight").map((parameter) => parameter.name));
  const step = () => {
    const input = before(images);
    const loss = () => tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(targets, interpret(program, { parameters, input, batchStatistics: task === "scratch" }));
    const { value, grads } = tf.variableGrads(loss, [...variables.values()]);
    const updates = [...variables].map(([name, variable]) => ({ name: variable.name, tensor: tf.add(grads[variable.name]!, tf.mul(variable, decayed.has(name) ? weightDecay : 0)) }));
    optimizer.applyGradients(updates);
    return value;
  };
  return { variables, run: () => done(tf.tidy(step)) };
}

/** Everything ready for work on random images. */
export function prepareTfjs({ network: name, task, batch, size }: Work): TfjsRun {
  const network = buildNetwork(name, { classes, inputSize: size, batch, dropout: 0 });
  const random = seededRandom("bench");
  const shape: [number, number, number, number] = [batch, size, size, 3];
  const { data } = float32(shape, Float32Array.from({ length: sizeOf(shape) }, () => random.between(-2, 2)));
  const work = { network, weights: initializeWeights(network, seededRandom(1)), batch, images: tf.tensor4d(data, shape) };
  if (tasks[task].trains) return prepareStep(work, { task }).run;
  return task === "grad-cam" ? prepareGradCam(work) : prepareInference(work);
}
