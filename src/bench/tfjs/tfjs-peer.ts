// The process that does tfjs's side of a comparison, on one backend. It says with how many images it works and how long it thinks that a
// piece takes, or that it cannot; then it answers each line "run" with the seconds one piece of work took, and "end" with its peak memory.
import { createInterface } from "node:readline";
import * as tf from "@tensorflow/tfjs-core";
import { peakMemoryMb } from "../peak-memory.js";
import { startBackend } from "./backend.js";
import { requireKernels } from "./gradients.js";
import type { TfjsSaid } from "./start-tfjs.js";
import { prepareTfjs, type TfjsRun } from "./tfjs-work.js";

const say = (values: object) => console.log(JSON.stringify(values));

async function secondsOf(run: () => Promise<tf.Tensor>): Promise<number> {
  const start = performance.now();
  (await run()).dispose();
  return (performance.now() - start) / 1000;
}

/** Operations a second of a convolution of 3 x 3 once it is compiled, 10^9; of its gradient by the weights instead, whose loops the cpu backend has slower. */
async function measureRate({ size, channels, ofWeights }: { readonly size: number; readonly channels: number; readonly ofWeights: boolean }): Promise<number> {
  const images = tf.ones<tf.Rank.R4>([1, size, size, channels]);
  const filter = tf.ones<tf.Rank.R4>([3, 3, channels, channels]);
  const kernel = ofWeights ? "Conv2DBackpropFilter" : "Conv2D";
  requireKernels([kernel]);
  const make = async () => {
    const window = { strides: 1, pad: "same", dataFormat: "NHWC", dilations: 1 };
    const result: tf.Tensor = tf.engine().runKernel(kernel, ofWeights ? { x: images, dy: images } : { x: images, filter }, ofWeights ? { ...window, filterShape: filter.shape } : window);
    await result.data();
    return result;
  };
  await secondsOf(make);
  return (2 * size ** 2 * 9 * channels ** 2) / 1e9 / (await secondsOf(make));
}

/** Seconds of one image. */
async function estimate({ work, demand: { gflop, gflopOfWeightGradients } }: TfjsSaid): Promise<number> {
  const seconds = (gflop - gflopOfWeightGradients) / (await measureRate({ size: 56, channels: 64, ofWeights: false }));
  if (gflopOfWeightGradients === 0) return seconds / work.batch;
  return (seconds + gflopOfWeightGradients / (await measureRate({ size: 28, channels: 8, ofWeights: true }))) / work.batch;
}

/** The batch, halved until three pieces of work fit into the time. */
function batchThatFits(batch: number, { perImage, seconds }: { readonly perImage: number; readonly seconds: number }): number {
  return batch > 1 && 3 * batch * perImage > seconds ? batchThatFits(Math.ceil(batch / 2), { perImage, seconds }) : batch;
}

async function prepare(said: TfjsSaid): Promise<{ readonly run: TfjsRun; readonly batch: number; readonly estimate: number }> {
  const { work, backend, seconds } = said;
  await startBackend(backend, work.threads);
  const perImage = await estimate(said);
  if (perImage > seconds) throw new Error(`an image would take some ${perImage.toFixed(0)} s, more than the ${seconds} s of --tfjs-seconds`);
  const batch = batchThatFits(work.batch, { perImage, seconds });
  return { run: prepareTfjs({ ...work, batch }), batch, estimate: batch * perImage };
}

try {
  const { run, ...facts } = await prepare(JSON.parse(process.argv[2]!) as TfjsSaid);
  say({ ready: true, ...facts });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "end") break;
    say({ seconds: await secondsOf(run) });
  }
} catch (error) {
  say({ cannot: error instanceof Error ? error.message : String(error) });
}
say({ peakMb: peakMemoryMb() });
process.exit(0);
