/** Training of a small network on the processor and on WebGPU, compared. Runs in a process of its own, whose environment names the graphics driver. */
import type { Tensor } from "../base/index.js";
import type { EngineOptions } from "../engine/index.js";
import { bandSource, differing, tinyTask } from "./synthetic.testkit.js";
import { trainFold, type TrainFoldOptions } from "./train-fold.js";

/** How far the two devices' trained weights lie apart, and whether a stop made a difference. */
export interface ComparedFold {
  /** Largest difference of two weights, over the largest weight of that tensor. */
  readonly worst: number;
  /** Losses of the epochs on the processor and on WebGPU. */
  readonly losses: readonly (readonly [number, number])[];
  /** Tensors that differ between a run on WebGPU and one that was stopped and went on. */
  readonly changedByStop: readonly string[];
}

function largestDeviation(a: ReadonlyMap<string, Tensor<"float32">>, b: ReadonlyMap<string, Tensor<"float32">>): number {
  const each = [...a].map(([name, { data }]) => {
    const other = b.get(name)!.data;
    const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return data.reduce((most, value, i) => Math.max(most, Number.isNaN(other[i]!) ? Infinity : Math.abs(value - other[i]!)), 0) / Math.max(largest, 1e-3);
  });
  return Math.max(...each);
}

/** @param directory folder of the stopped run's checkpoints */
export async function compareFold(directory: string): Promise<ComparedFold> {
  const task = tinyTask("fine-tuning", { epochs: 3, optimizer: { name: "sgd", learningRate: 0.02 }, earlyStopping: { metric: "loss", patience: 3 } });
  const options: TrainFoldOptions = { ...task, regime: { name: "fine-tuning", stages: "all" }, source: bandSource({ cases: 16 }), train: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], validation: [12, 13, 14, 15], seed: 1 };
  const on = (device: EngineOptions["device"], more: Partial<TrainFoldOptions> = {}) => trainFold({ ...options, engine: { device, threads: 1 }, ...more });
  const [cpu, gpu] = [await on("cpu"), await on("webgpu")];
  await on("webgpu", { directory, untilEpoch: 1 });
  const continued = await on("webgpu", { directory });
  return {
    worst: largestDeviation(cpu.weights, gpu.weights),
    losses: cpu.history.map(({ loss }, i) => [loss, gpu.history[i]!.loss] as const),
    changedByStop: differing(gpu.weights, continued.weights),
  };
}

const [, program, directory] = process.argv;
if (program?.endsWith("webgpu-fold.testkit.js") && directory !== undefined) process.stdout.write(`${JSON.stringify(await compareFold(directory))}\n`);
