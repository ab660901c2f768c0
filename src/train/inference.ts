import { float32, sizeOf, type Tensor } from "../base/index.js";
import { createSession, imagesAtOnce, type EngineOptions, type Session } from "../engine/index.js";
import { bindConstants, foldBatchNormalization, type Graph } from "../graph/index.js";
import type { Network } from "../models/index.js";
import type { CaseSource } from "./source.js";
import { trainingForm } from "./training-form.js";

type Weights = ReadonlyMap<string, Tensor<"float32">>;

export interface InferenceGraphOptions {
  readonly network: Network;
  readonly batch: number;
  /** Value it starts at; the image where left out. */
  readonly start?: string;
  /** Value it ends at, the graph's one output; the logits where left out. */
  readonly end?: string;
  /** Bound as constants; where left out, the parameters stay inputs. */
  readonly weights?: Weights;
}

/** A network (or a part of it) with nothing random and stored statistics, for batches of one size. */
export function inferenceGraph({ network, batch, start = "input", end = "logits", weights }: InferenceGraphOptions): Graph {
  const batchNorm = weights === undefined ? "frozen" : "kept";
  const form = trainingForm({ network, start, end, batch, batchNorm, dropout: 0, stochasticDepth: "off" });
  form.builder.output(form.end);
  const graph = form.builder.build();
  if (weights === undefined) return graph;
  const constants = new Map(form.parameters.map((name) => [name, weights.get(name)!]));
  return foldBatchNormalization(bindConstants(graph, constants).graph).graph;
}

/** The graph for {@link runInChunks}: of as many images as the network is fastest with, of the batch given. */
export function chunkGraph(options: InferenceGraphOptions): Graph {
  return inferenceGraph({ ...options, batch: imagesAtOnce(options.network.graph, options.batch) });
}

/**
 * Runs a session of fixed batch over any number of rows. The last batch is filled up with zeros, so that an image's result never depends on how many came with it.
 * @param rows shape [n, ...], n at least 1
 */
export async function runInChunks(
  session: Session,
  graph: Graph,
  rows: Tensor<"float32">,
  output: string,
  signal?: AbortSignal,
  fixed: Readonly<Record<string, Tensor>> = {},
): Promise<Tensor<"float32">> {
  const input = graph.inputs.find(({ name }) => !(name in fixed))!;
  const batch = input.shape[0] as number;
  const [count = 0, ...rest] = rows.shape;
  const size = sizeOf(rest);
  const outputShape = graph.values.get(output)!.shape.slice(1) as number[];
  const outputSize = sizeOf(outputShape);
  const result = new Float32Array(count * outputSize);
  for (let first = 0; first < count; first += batch) {
    signal?.throwIfAborted();
    const used = Math.min(batch, count - first);
    let data = rows.data.subarray(first * size, (first + used) * size);
    if (used < batch) {
      const filled = new Float32Array(batch * size);
      filled.set(data);
      data = filled;
    }
    const results = await session.run({ ...fixed, [input.name]: float32([batch, ...rest], data) });
    const values = results[output]!.data as Float32Array;
    result.set(values.subarray(0, used * outputSize), first * outputSize);
  }
  return float32([count, ...outputShape], result);
}

/** What a network says of each case. */
export interface Predictions {
  /** [n, K]. */
  readonly logits: Tensor<"float32">;
  /** Softmax of the logits, [n, K]. */
  readonly probabilities: Tensor<"float32">;
  /** Class of the largest logit (the first at ties), per case. */
  readonly classes: readonly number[];
}

/** The largest of the first outputs of each row (the first at ties). */
export function firstClasses({ shape, data }: Tensor<"float32">, count: number): number[] {
  const [rows = 0, width = 0] = shape;
  return Array.from({ length: rows }, (_, i) => data.subarray(i * width, i * width + count).reduce((best, value, k, row) => (value > row[best]! ? k : best), 0));
}

/** Softmax of each row, in double precision, and its largest class. */
export function readLogits(logits: Tensor<"float32">): Predictions {
  const [count = 0, classes = 0] = logits.shape;
  const probabilities = new Float32Array(count * classes);
  const largest: number[] = [];
  for (let i = 0; i < count; i++) {
    const row = logits.data.subarray(i * classes, (i + 1) * classes);
    const top = row.reduce((best, value, k) => (value > row[best]! ? k : best), 0);
    largest.push(top);
    let sum = 0;
    for (const value of row) sum += Math.exp(value - row[top]!);
    for (let k = 0; k < classes; k++) probabilities[i * classes + k] = Math.exp(row[k]! - row[top]!) / sum;
  }
  return { logits, probabilities: float32([count, classes], probabilities), classes: largest };
}

export interface PredictOptions {
  readonly network: Network;
  readonly weights: Weights;
  readonly source: CaseSource;
  readonly indices: readonly number[];
  readonly batchSize?: number;
  readonly engine?: EngineOptions;
  readonly signal?: AbortSignal;
}

/** Predictions for some cases of a source, unaugmented, with the weights bound as constants. */
export async function predict(options: PredictOptions): Promise<Predictions> {
  const { network, weights, source, indices, signal } = options;
  const batch = Math.max(1, Math.min(options.batchSize ?? 16, indices.length));
  const graph = chunkGraph({ network, batch, weights });
  const session = await createSession(graph, options.engine);
  try {
    const parts: Float32Array[] = [];
    for (let first = 0; first < indices.length; first += batch) {
      const rows = await source.read(indices.slice(first, first + batch), { view: undefined, signal });
      const logits = await runInChunks(session, graph, rows, graph.outputs[0]!.name, signal);
      parts.push(logits.data);
    }
    const all = new Float32Array(indices.length * network.classes);
    for (const [i, part] of parts.entries()) all.set(part, i * batch * network.classes);
    return readLogits(float32([indices.length, network.classes], all));
  } finally {
    await session.release();
  }
}
