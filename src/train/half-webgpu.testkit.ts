/**
 * Half precision on WebGPU, as far as it can be tried with the adapter that the environment names. Runs in a process of its own, whose standard error has what
 * the runtime says of where it put each operator.
 */
import { env, InferenceSession } from "onnxruntime-node";
import { float32, OsteonError, type Tensor } from "../base/index.js";
import { computesInHalf, lower } from "../engine/index.js";
import { encodeModel, joinCasts, opsetOf } from "../graph/index.js";
import { buildNetwork, formulaTensor, formulaWeights, type ArchitectureName } from "../models/index.js";
import { drawMasks } from "./dropout-masks.js";
import { stepOf } from "./half-step.testkit.js";
import { openStepRunner } from "./open-step-runner.js";
import { RunState } from "./run-state.js";
import { SessionCache } from "./sessions.js";
import { bandSource, differing, tinyTask } from "./synthetic.testkit.js";
import { trainFold } from "./train-fold.js";

/** What the adapter has, and what trainings in `auto` and in `half` come to on it. */
export interface HalfOnWebGpu {
  readonly hasHalf: boolean;
  readonly auto: { readonly precision: string; readonly loss: number };
  readonly single: { readonly loss: number };
  /** Precision of a training that asked for half, or the code of its refusal and what it says. */
  readonly half: string;
}

async function tryTrainings(): Promise<HalfOnWebGpu> {
  const train = async (precision: "auto" | "half" | "single") => {
    const task = tinyTask("fine-tuning", { epochs: 1, precision });
    const { history, precision: used } = await trainFold({ ...task, regime: { name: "fine-tuning", stages: 2 }, source: bandSource({ cases: 8 }), train: [0, 1, 2, 3, 4, 5, 6, 7], seed: 1, engine: { device: "webgpu" } });
    return { precision: used, loss: history[0]!.loss };
  };
  const half = await train("half").then(({ precision }) => precision, (error: unknown) => (error instanceof OsteonError ? `${error.code}: ${error.message}` : String(error)));
  return { hasHalf: await computesInHalf({ device: "webgpu" }), auto: await train("auto"), single: await train("single"), half };
}

/** What became of the state of two steps, the first at a scale that makes gradients infinite, with the state kept by the device. */
export interface SkippedOnDevice {
  readonly finite: readonly number[];
  /** Tensors that the first step changed, and those that the second did not. */
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
  /** Largest difference of the first moments after both from the processor's, over the largest of that tensor. */
  readonly apart: number;
}

/** Skips a step with the operators that any adapter has: the roundings to float16 are left out of the graph, so that only the scaling is tried. */
async function skipSteps(): Promise<SkippedOnDevice> {
  const network = buildNetwork("vgg16_bn-tiny", { classes: 3, inputSize: 64 });
  const made = stepOf(network, { batch: 4, batchNorm: "train", half: "emulated" });
  const stepGraph = { ...made, graph: joinCasts(made.graph).graph };
  const weights = formulaWeights(network);
  const take = async (device: "cpu" | "webgpu") => {
    const state = new RunState(stepGraph, weights, "");
    const sessions = new SessionCache({ engine: { device, layout: "plain" } });
    const runner = await openStepRunner({ stepGraph, state, fixed: Object.fromEntries(stepGraph.fixed.map((name) => [name, weights.get(name)!])), sessions });
    const states: Map<string, Tensor>[] = [];
    const finite: number[] = [];
    const copy = () => states.push(new Map([...state.toCheckpoint().tensors].map(([name, { shape, data }]) => [name, float32(shape, data.slice())])));
    copy();
    for (const [i, scale] of [3e38, 1024].entries()) {
      const scalars = [...stepGraph.scalars({ learningRate: 1e-3, step: i + 1, stepsPerEpoch: 9, skipped: i === 0 ? [] : [1] })].map(([name, value]) => [name, float32([], [value])] as const);
      const [results] = await runner.run([{
        ...Object.fromEntries(scalars), ...drawMasks(stepGraph.masks, { seed: 1, update: i }), [stepGraph.scaling!.scale]: float32([], [scale]),
        [stepGraph.input.name]: formulaTensor("images", stepGraph.input.shape, { scale: 2, offset: 0 }),
        [stepGraph.targets.name]: float32(stepGraph.targets.shape, [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0]),
      }]);
      finite.push(Number(results![stepGraph.scaling!.isFinite]!.data[0]));
      await runner.settle();
      copy();
    }
    await sessions.release();
    return { states, finite };
  };
  const [cpu, gpu] = [await take("cpu"), await take("webgpu")];
  const [start, skipped, end] = gpu.states as [Map<string, Tensor>, Map<string, Tensor>, Map<string, Tensor>];
  const moved = new Set(differing(skipped, end));
  const largestOf = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const moments = [...cpu.states[2]!].flatMap(([name, { data }]) => (name.endsWith("/firstMoment") ? [[name, data as Float32Array] as const] : []));
  // What would be zero but for rounding has nothing to agree on.
  const least = 1e-3 * Math.max(...moments.map(([, data]) => largestOf(data)));
  const apart = moments.map(([name, data]) => {
    const other = end.get(name)!.data as Float32Array;
    return largestOf(data.map((value, i) => value - other[i]!)) / Math.max(largestOf(data), least);
  });
  return { finite: gpu.finite, changed: differing(start, skipped), unchanged: [...end.keys()].filter((name) => !moved.has(name)), apart: Math.max(...apart) };
}

/** Makes the session of a step in half precision, so that the runtime says where its operators are put; nothing is run. */
async function place(architecture: ArchitectureName, batchNorm: "train" | "frozen"): Promise<{ nodes: number }> {
  env.logLevel = "verbose";
  const { graph } = stepOf(buildNetwork(architecture, { classes: 3, inputSize: 64 }), { batch: 4, batchNorm, half: "native" });
  const lowered = lower(graph, { layout: "plain", device: "webgpu" });
  const model = encodeModel({ graph: lowered, opsets: opsetOf(lowered), producer: "osteon", metadata: {} });
  const session = await InferenceSession.create(model, { executionProviders: ["webgpu", "cpu"], logSeverityLevel: 0, logVerbosityLevel: 1 });
  await session.release();
  return { nodes: lowered.nodes.length };
}

const [, program, architecture, batchNorm] = process.argv;
if (program?.endsWith("half-webgpu.testkit.js")) {
  const found = architecture === undefined ? await tryTrainings() : architecture === "skip" ? await skipSteps() : await place(architecture as ArchitectureName, batchNorm as "train" | "frozen");
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
