/** One training step on the processor and on WebGPU, compared. Runs in a process of its own, whose environment names the graphics driver. */
import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { differentiate } from "../autodiff/index.js";
import { float32, seededRandom, sizeOf, type Tensor } from "../base/index.js";
import { createSession } from "../engine/index.js";
import { GraphBuilder } from "../graph/index.js";
import { buildNetwork, initializeWeights, type ArchitectureName } from "../models/index.js";
import { drawMasks } from "./dropout-masks.js";
import { losses } from "./losses/index.js";
import { divide, type Regime } from "./regimes.js";
import { trainingForm } from "./training-form.js";

/** How far the two devices' steps lie apart. */
export interface ComparedStep {
  readonly architecture: string;
  readonly regime: string;
  readonly parameters: number;
  /** Largest difference of two gradients' elements, over the largest element of that gradient. */
  readonly worst: number;
  readonly where: string;
  readonly nodes: number;
  /** Operators that WebGPU left to the processor. */
  readonly onCpu: readonly string[];
}

/** With fewer values per channel in the last layers, normalization by the batch makes much of every rounding, on any device. */
const batch = 4;
const inputSize = 64;

/** A gradient that is zero but for rounding, as that of a bias before normalization, is compared with this. */
const tiny = 1e-6;

interface NodeEvent {
  readonly cat: string;
  readonly name: string;
  readonly args: { readonly provider?: string; readonly op_name?: string };
}

/** Operators of a profile by where they ran. */
async function readProfile(folder: string): Promise<{ nodes: number; onCpu: string[] }> {
  const file = (await readdir(folder)).find((name) => name.startsWith("webgpu"))!;
  const events = (JSON.parse(await readFile(path.join(folder, file), "utf8")) as NodeEvent[]).filter(({ cat, name }) => cat === "Node" && name.endsWith("_kernel_time"));
  await rm(path.join(folder, file));
  const onCpu = events.filter(({ args }) => args.provider === "CPUExecutionProvider").map(({ args }) => args.op_name!);
  return { nodes: events.length, onCpu: [...new Set(onCpu)] };
}

/** The loss of a step, and its gradients by every parameter, on both devices. */
export async function compareStep(architecture: ArchitectureName, regime: Regime, folder: string): Promise<ComparedStep> {
  const network = buildNetwork(architecture, { classes: 3, inputSize });
  const weights = initializeWeights(network, seededRandom("webgpu", architecture));
  const form = trainingForm({ network, start: "input", batch, batchNorm: regime.name === "scratch" ? "train" : "frozen", dropout: undefined, stochasticDepth: "drawn" });
  const targets = form.builder.input("targets", "float32", [batch, 3]);
  const loss = form.builder.scope("loss", () => losses["cross-entropy"].emit(form.builder, { logits: form.end, targets }, { labelSmoothing: 0, gamma: 0 }));
  form.builder.output(loss);
  const trained = divide(network, regime).trained.filter((name) => form.parameters.includes(name));
  const { graph, gradients } = differentiate(form.builder.build(), loss, trained);
  const builder = GraphBuilder.from(graph);
  for (const name of trained) builder.output(gradients[name]!, `d_${name}`);
  const step = builder.build();

  const random = seededRandom("webgpu image");
  const feeds: Record<string, Tensor> = {
    ...Object.fromEntries(form.parameters.map((name) => [name, weights.get(name)!])),
    ...drawMasks(form.masks, { seed: 1, update: 0 }),
    [form.input.name]: float32(form.input.shape, Float32Array.from({ length: sizeOf(form.input.shape) }, () => random.normal())),
    targets: float32([batch, 3], Array.from({ length: batch * 3 }, (_, i) => Number(i % 3 === Math.floor(i / 3) % 3))),
  };
  const results: Record<string, Record<string, Tensor>> = {};
  for (const device of ["cpu", "webgpu"] as const) {
    const session = await createSession(step, { device, layout: "plain", ...(device === "webgpu" && { profile: path.join(folder, "webgpu") }) });
    results[device] = await session.run(feeds);
    await session.release();
  }
  let [worst, where] = [0, ""];
  for (const { name } of step.outputs) {
    const [cpu, gpu] = [results["cpu"]![name]!.data as Float32Array, results["webgpu"]![name]!.data as Float32Array];
    const largest = cpu.reduce((most, value) => Math.max(most, Math.abs(value)), tiny);
    const apart = cpu.reduce((most, value, i) => Math.max(most, Number.isNaN(gpu[i]!) ? Infinity : Math.abs(value - gpu[i]!)), 0);
    if (apart / largest > worst) [worst, where] = [apart / largest, name];
  }
  return { architecture, regime: regime.name, parameters: trained.length, worst, where, ...(await readProfile(folder)) };
}

const [, program, architecture, regime, folder] = process.argv;
if (program?.endsWith("webgpu-step.testkit.js") && architecture !== undefined) {
  const asked: Regime = regime === "scratch" ? { name: "scratch" } : { name: "fine-tuning", stages: "all" };
  process.stdout.write(`${JSON.stringify(await compareStep(architecture as ArchitectureName, asked, folder!))}\n`);
}
