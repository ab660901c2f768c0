import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { differentiate } from "../../autodiff/index.js";
import { float32, type Tensor } from "../../base/index.js";
import { createSession, type EngineOptions } from "../../engine/index.js";
import { GraphBuilder } from "../../graph/index.js";
import { countParameters } from "../cost.js";
import { formulaTensor, formulaWeights } from "../formula-weights.js";
import { buildNetwork } from "../network.js";
import type { ArchitectureName } from "./index.js";

/** Elements of a gradient at equal steps, and the norm of all of them. */
interface StoredGradient {
  readonly step: number;
  readonly norm: number;
  readonly values: readonly number[];
}

/** What a reference implementation made of a network with formula weights and two images; written by scripts/reference/model_reference.py. */
export interface StoredNetwork {
  readonly size: number;
  readonly parameters: number;
  readonly shape: readonly [number, number];
  readonly logits: readonly number[];
  /** Every how-many-th logit is stored; 1 where left out. */
  readonly step?: number;
  /** Factor of the formula's weights; 1 where left out. */
  readonly gain?: number;
  /** What the logits are divided by in the loss, so that it does not saturate; 1 where left out. */
  readonly temperature?: number;
  /** Amplitude of the texture of single pixels on the images; 0 where left out. */
  readonly texture?: number;
  /** Cross-entropy with classes 0 and 1 as the truth. */
  readonly loss: number;
  /** By the first, the middle and the last parameter, and others that were asked for. */
  readonly gradients: Readonly<Record<string, StoredGradient>>;
}

/** The networks of test/fixtures/models/NAME.json. A key is an architecture's name, with " at SIZE" where another size was taken. */
export function readStoredNetworks(name: string): Readonly<Record<string, StoredNetwork>> {
  const { networks } = JSON.parse(readFileSync(path.resolve(`test/fixtures/models/${name}.json`), "utf8")) as { networks: Record<string, StoredNetwork> };
  return networks;
}

/** Two images of 8 x 8 patches of one color each, with a texture of single pixels on them, as the reference scripts make them. */
export function patches(size: number, texture = 0): Tensor<"float32"> {
  const coarse = formulaTensor("input", [2, 3, 8, 8], { scale: 2, offset: 0 }).data;
  const data = new Float32Array(6 * size * size);
  const at = (i: number): number => Math.floor((i * 8) / size);
  for (let i = 0; i < data.length; i++) {
    const plane = Math.floor(i / (size * size));
    data[i] = coarse[plane * 64 + at(Math.floor(i / size) % size) * 8 + at(i % size)]!;
  }
  if (texture > 0) {
    const fine = formulaTensor("texture", [2, 3, size, size], { scale: texture, offset: 0 }).data;
    for (let i = 0; i < data.length; i++) data[i]! += fine[i]!;
  }
  return float32([2, 3, size, size], data);
}

/** Largest difference, relative to the largest expected number. */
export function relativeDifference(got: ArrayLike<number>, expected: readonly number[]): number {
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(got[i]! - value))) / largest;
}

export interface Deviations {
  readonly logits: number;
  readonly loss: number;
  /** The largest of the parameters' largest differences, relative to the largest stored element, and of their norms'. */
  readonly gradients: number;
}

/** Runs a network with formula weights, forward and backward, and compares it with what is stored. */
export async function compareWithStored(key: string, stored: StoredNetwork, engine: EngineOptions = {}): Promise<Deviations> {
  const architecture = key.split(" ")[0] as ArchitectureName;
  const { step: logitStep = 1, gain, temperature = 1 } = stored;
  const [batch, classes] = stored.shape;
  const network = buildNetwork(architecture, { classes, inputSize: stored.size, batch, dropout: 0 });
  assert.equal(countParameters(network), stored.parameters);
  const builder = GraphBuilder.from(network.graph);
  const truth = float32([batch, classes], Float32Array.from({ length: batch * classes }, (_, i) => (i % classes === Math.floor(i / classes) ? -1 / batch : 0)));
  const chances = builder.op("LogSoftmax", [builder.op("Div", ["logits", builder.constant(temperature)])], { axis: -1 });
  const loss = builder.op("ReduceSum", [builder.op("Mul", [chances, builder.constant(truth)])], { keepdims: 0 }, { output: "loss" });
  builder.output(loss);
  const { graph, gradients } = differentiate(builder.build(), loss, Object.keys(stored.gradients));
  const whole = GraphBuilder.from(graph);
  for (const [name, gradient] of Object.entries(gradients)) whole.output(gradient, `d ${name}`);
  const session = await createSession(whole.build(), engine);
  try {
    const results = await session.run({ input: patches(stored.size, stored.texture), ...Object.fromEntries(formulaWeights(network, { gain })) });
    assert.deepEqual(results["logits"]!.shape, stored.shape);
    const gradientDifferences = Object.entries(stored.gradients).flatMap(([name, { step, norm, values }]) => {
      const data = results[`d ${name}`]!.data as Float32Array;
      const sampled = values.map((_, i) => data[i * step]!);
      return [relativeDifference(sampled, values), relativeDifference([Math.hypot(...chunkNorms(data))], [norm])];
    });
    return {
      logits: relativeDifference(stored.logits.map((_, i) => results["logits"]!.data[i * logitStep] as number), stored.logits),
      loss: relativeDifference(results["loss"]!.data as Float32Array, [stored.loss]),
      gradients: Math.max(...gradientDifferences),
    };
  } finally {
    await session.release();
  }
}

/** Norms of parts of a long vector. */
function chunkNorms(data: Float32Array): number[] {
  const norms: number[] = [];
  for (let first = 0; first < data.length; first += 4096) norms.push(Math.hypot(...data.subarray(first, first + 4096)));
  // Two levels keep the number of arguments of one call small.
  return norms.length > 4096 ? chunkNorms(Float32Array.from(norms)) : norms;
}
