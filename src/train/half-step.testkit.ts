/** A training step in half precision, compared with one in single precision. */
import { float32, seededRandom, sizeOf, type Tensor } from "../base/index.js";
import { createSession, lower } from "../engine/index.js";
import { emulateHalf, type Graph } from "../graph/index.js";
import { buildNetwork, initializeWeights, type ArchitectureName, type Network } from "../models/index.js";
import { drawMasks } from "./dropout-masks.js";
import type { HalfArithmetic } from "./precision.js";
import { resolveRecipe } from "./recipe.js";
import { divide } from "./regimes.js";
import { RunState } from "./run-state.js";
import { buildStepGraph, type StepGraph } from "./step-graph.js";

/** How far two updates lie apart. */
export interface ComparedHalf {
  readonly parameters: number;
  /** Cosine between all parameters' first moments: of the gradients. */
  readonly cosine: number;
  /** Length of the difference over the length of the gradient. */
  readonly apart: number;
  /** The same for running statistics. */
  readonly statisticsApart: number | undefined;
  readonly losses: readonly [number, number];
}

export function stepOf(network: Network, { batch, batchNorm, half }: { readonly batch: number; readonly batchNorm: "train" | "frozen"; readonly half?: HalfArithmetic }): StepGraph {
  const recipe = resolveRecipe("scratch", { batchNorm, weightDecay: 0, gradientClip: 1e6, optimizer: { name: "adamw", learningRate: 1e-3 } });
  return buildStepGraph({ network, start: "input", batch, recipe, trained: divide(network, { name: "scratch" }).trained, mostUpdatedBytes: Infinity, ...(half && { half }) });
}

async function take(network: Network, stepGraph: StepGraph, graph: Graph): Promise<{ state: ReadonlyMap<string, Tensor>; loss: number }> {
  const weights = initializeWeights(network, seededRandom("half", network.architecture));
  const state = new RunState(stepGraph, weights, "");
  const random = seededRandom("half image");
  const classes = stepGraph.targets.shape[1]!;
  const session = await createSession(graph, { threads: 1, layout: "plain" });
  const results = await session.run({
    ...state.feeds(),
    ...Object.fromEntries(stepGraph.fixed.map((name) => [name, weights.get(name)!])),
    ...drawMasks(stepGraph.masks, { seed: 1, update: 0 }),
    ...Object.fromEntries([...stepGraph.scalars({ learningRate: 1e-3, step: 1, stepsPerEpoch: 1 })].map(([name, value]) => [name, float32([], [value])])),
    ...(stepGraph.scaling && { [stepGraph.scaling.scale]: float32([], [1024]) }),
    [stepGraph.input.name]: float32(stepGraph.input.shape, Float32Array.from({ length: sizeOf(stepGraph.input.shape) }, () => random.normal())),
    [stepGraph.targets.name]: float32(stepGraph.targets.shape, Float32Array.from({ length: sizeOf(stepGraph.targets.shape) }, (_, i) => Number(i % classes === Math.floor(i / classes) % classes))),
  });
  await session.release();
  return { state: new Map(stepGraph.state.map(({ name, next }) => [name, results[next]!])), loss: Number(results[stepGraph.loss]!.data[0]) };
}

/** Cosine and relative difference of two states' tensors of some names. */
function compare(a: ReadonlyMap<string, Tensor>, b: ReadonlyMap<string, Tensor>, isAsked: (name: string) => boolean) {
  let [ab, aa, bb, count] = [0, 0, 0, 0];
  for (const [name, { data }] of [...a].filter(([one]) => isAsked(one))) {
    const other = b.get(name)!.data;
    count += 1;
    for (let i = 0; i < data.length; i++) {
      const [x, y] = [Number(data[i]), Number(other[i])];
      [ab, aa, bb] = [ab + x * y, aa + x * x, bb + y * y];
    }
  }
  return { count, cosine: ab / Math.sqrt(aa * bb), apart: Math.sqrt(Math.max(0, aa + bb - 2 * ab) / aa) };
}

/** @param form of the graph in half precision: as the processor runs it, or the operators that a graphics processor gets, one by one rounded */
export async function compareHalf(architecture: ArchitectureName, batchNorm: "train" | "frozen", form: "processor" | "graphics"): Promise<ComparedHalf> {
  const network = buildNetwork(architecture, { classes: 3, inputSize: 64 });
  const single = stepOf(network, { batch: 4, batchNorm });
  const half = stepOf(network, { batch: 4, batchNorm, half: form === "processor" ? "emulated" : "native" });
  const graph = form === "processor" ? half.graph : emulateHalf(lower(half.graph, { layout: "plain", device: "webgpu" })).graph;
  const [a, b] = [await take(network, single, single.graph), await take(network, half, graph)];
  const gradients = compare(a.state, b.state, (name) => name.endsWith("/firstMoment"));
  const statistics = compare(a.state, b.state, (name) => name.includes("running"));
  return { parameters: gradients.count, cosine: gradients.cosine, apart: gradients.apart, statisticsApart: statistics.count === 0 ? undefined : statistics.apart, losses: [a.loss, b.loss] };
}
