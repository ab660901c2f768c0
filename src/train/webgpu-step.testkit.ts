/** One training step on the processor and on WebGPU, compared. Runs in a process of its own, whose environment names the graphics driver. */
import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { differentiate } from "../autodiff/index.js";
import { float32, seededRandom, sizeOf, type Tensor } from "../base/index.js";
import { createSession, type EngineOptions } from "../engine/index.js";
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
  /** The same between the processor's own two memory layouts: what rounding alone does to these gradients. */
  readonly rounding: number;
  /** Draws of the images that were passed over, as a rounding had carried an activation over the edge of a ReLU. */
  readonly passedOver: number;
  readonly nodes: number;
  /** Operators that WebGPU left to the processor. */
  readonly onCpu: readonly string[];
}

/** With fewer values per channel in the last layers, normalization by the batch makes much of every rounding, on any device. */
const extents = { scratch: { batch: 4, inputSize: 64 }, frozen: { batch: 2, inputSize: 32 } };

/**
 * A gradient that would be zero but for rounding, as that of what only shifts or scales before a normalization by the batch, has no
 * direction to agree on: the processor's own two memory layouts differ there by a tenth. What is measured against is at least this
 * share of the step's largest gradient.
 */
const leastShare = 1e-3;

/** Draws of images at most. Of half a million activations of a small DenseNet one lies on the edge in every other draw, and moves some gradient by 1e-3 to 1e-2. */
const mostDraws = 6;

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
  const { batch, inputSize } = extents[regime.name === "scratch" ? "scratch" : "frozen"];
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
  const edges = graph.nodes.filter(({ op }) => op === "Relu" || op === "Clip").map(({ outputs }) => outputs[0]!);
  for (const name of edges) builder.output(name, `edge_${name}`);
  const step = builder.build();

  const feedsOf = (draw: number): Record<string, Tensor> => {
    const random = seededRandom("webgpu image", draw);
    return {
      ...Object.fromEntries(form.parameters.map((name) => [name, weights.get(name)!])),
      ...drawMasks(form.masks, { seed: 1, update: 0 }),
      [form.input.name]: float32(form.input.shape, Float32Array.from({ length: sizeOf(form.input.shape) }, () => random.normal())),
      targets: float32([batch, 3], Array.from({ length: batch * 3 }, (_, i) => Number(i % 3 === Math.floor(i / 3) % 3))),
    };
  };
  const options: readonly EngineOptions[] = [{ layout: "plain" }, { device: "webgpu", profile: path.join(folder, "webgpu") }, { layout: "blocked" }];
  const sessions = await Promise.all(options.map((one) => createSession(step, one)));
  let draw = 0;
  let [cpu, gpu] = [await sessions[0]!.run(feedsOf(draw)), await sessions[1]!.run(feedsOf(draw))];
  while (crossings(edges, cpu, gpu) > 0 && draw < mostDraws - 1) {
    draw += 1;
    [cpu, gpu] = [await sessions[0]!.run(feedsOf(draw)), await sessions[1]!.run(feedsOf(draw))];
  }
  const blocked = await sessions[2]!.run(feedsOf(draw));
  for (const session of sessions) await session.release();
  const names = step.outputs.map(({ name }) => name).filter((name) => !name.startsWith("edge_"));
  const compared = { architecture, regime: regime.name, parameters: trained.length, passedOver: draw, rounding: largestDeviation(names, cpu, blocked).worst };
  return { ...compared, ...largestDeviation(names, cpu, gpu), ...(await readProfile(folder)) };
}

type Results = Readonly<Record<string, Tensor>>;

/** Activations that lie on one side of an edge (0, and 6 of a ReLU6) on one device and on the other side on the other. */
function crossings(edges: readonly string[], a: Results, b: Results): number {
  const sideOf = (value: number): number => Number(value > 0) + Number(value >= 6);
  return edges.reduce((count, name) => {
    const other = b[`edge_${name}`]!.data as Float32Array;
    return (a[`edge_${name}`]!.data as Float32Array).reduce((sum, value, i) => sum + Number(sideOf(value) !== sideOf(other[i]!)), count);
  }, 0);
}

function largestDeviation(names: readonly string[], expected: Results, got: Results): { worst: number; where: string } {
  const valuesOf = (results: Results, name: string): Float32Array => results[name]!.data as Float32Array;
  const largestOf = (name: string): number => valuesOf(expected, name).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const least = leastShare * Math.max(...names.filter((name) => name.startsWith("d_")).map(largestOf));
  let [worst, where] = [0, ""];
  for (const name of names) {
    const other = valuesOf(got, name);
    const apart = valuesOf(expected, name).reduce((most, value, i) => Math.max(most, Number.isNaN(other[i]!) ? Infinity : Math.abs(value - other[i]!)), 0);
    const deviation = apart / Math.max(largestOf(name), least);
    if (deviation > worst) [worst, where] = [deviation, name];
  }
  return { worst, where };
}

const [, program, architecture, regime, folder] = process.argv;
if (program?.endsWith("webgpu-step.testkit.js") && architecture !== undefined) {
  const asked: Regime = regime === "scratch" ? { name: "scratch" } : { name: "fine-tuning", stages: "all" };
  process.stdout.write(`${JSON.stringify(await compareStep(architecture as ArchitectureName, asked, folder!))}\n`);
}
