import { differentiate } from "../autodiff/index.js";
import { sizeOf } from "../base/index.js";
import { eliminateDeadNodes, GraphBuilder, type Graph } from "../graph/index.js";
import type { Network } from "../models/index.js";
import { losses } from "./losses/index.js";
import type { TrainingRecipe } from "./recipe.js";
import { columnsOf, sumOver, type TargetHead } from "./targets.js";
import { trainingForm, type DropoutMask } from "./training-form.js";
import { type Product, type StateValue, type StepMoment, Updates } from "./updates.js";

export interface StepGraphOptions {
  readonly network: Network;
  /** Value the graph starts at: `"input"`, or the end of what is frozen. */
  readonly start: string;
  readonly batch: number;
  readonly recipe: TrainingRecipe;
  /** Parameters the optimizer updates. */
  readonly trained: readonly string[];
  readonly classWeights?: readonly number[];
  /** What the outputs are, where the loss is `multi-target`. */
  readonly heads?: readonly TargetHead[];
  /**
   * Linear layers above this many bytes are updated a run of rows at a time, so that gradient and update never take the memory of the
   * whole layer. Default 64 MiB; Infinity for devices that give every output memory of its own.
   */
  readonly mostUpdatedBytes?: number;
  /** What is made again on the way back instead of kept; by default what is cheap to make, where a forward pass takes 4 GiB. */
  readonly recompute?: "none" | "cheap" | "segments";
}

/** One training step as one graph: images, targets, scalars, masks and state in; loss, logits and next state out. */
export interface StepGraph {
  readonly graph: Graph;
  readonly input: { readonly name: string; readonly shape: readonly number[] };
  /** One-hot targets, [N, K], or the rows of several targets. */
  readonly targets: { readonly name: string; readonly shape: readonly number[] };
  readonly loss: string;
  readonly logits: string;
  readonly state: readonly StateValue[];
  /** Parameters and statistics that are read but not changed. */
  readonly fixed: readonly string[];
  /** Inputs that hold the start weights of parameters that decay toward them: parameter by input. */
  readonly anchors: Readonly<Record<string, string>>;
  readonly masks: readonly DropoutMask[];
  /** Scalar inputs of a step. */
  scalars(moment: StepMoment): ReadonlyMap<string, number>;
}

/** Gradients scaled by min(1, limit / (norm + 1e-6)), norm over all of them; torch.nn.utils.clip_grad_norm_. */
function clipByNorm(builder: GraphBuilder, gradients: Readonly<Record<string, string>>, limit: number): Record<string, string> {
  const squares = Object.values(gradients).map((gradient) =>
    builder.op("ReduceSum", [builder.op("Mul", [gradient, gradient])], { keepdims: 0 }),
  );
  const norm = builder.op("Sqrt", [builder.op("Sum", squares)]);
  const ratio = builder.op("Div", [builder.constant(limit), builder.op("Add", [norm, builder.constant(1e-6)])]);
  const factor = builder.op("Min", [ratio, builder.constant(1)]);
  return Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, builder.op("Mul", [gradient, factor])]));
}

/** Values of a forward pass above which those that are cheap to make are made again on the way back. */
const mostKeptBytes = 2 ** 32;

/** Memory of all values that nodes compute, were all kept. */
function valueBytes({ nodes, values }: Graph): number {
  const shapes = nodes.flatMap(({ outputs }) => outputs).map((name) => values.get(name)?.shape ?? []);
  return shapes.reduce((sum, shape) => sum + 4 * shape.reduce<number>((n, extent) => n * Number(extent), 1), 0);
}

/**
 * Whether what a gradient is made of takes less memory than it: of linear layers with few rows. The runtime computes first what was
 * written last, so that updates written first come when activations are no longer kept.
 */
function isCheapToKeep({ nodes, values }: Graph, gradient: string): boolean {
  const producer = nodes.find(({ outputs }) => outputs.includes(gradient));
  const size = (value: string) => sizeOf((values.get(value)?.shape ?? [0]).map(Number));
  return producer !== undefined && producer.inputs.reduce((sum, input) => sum + size(input), 0) < size(gradient);
}

/** The two factors of a gradient dYᵀ · X, [K, N]ᵀ · [N, C], whose rows can be made apart; undefined for other gradients. */
function productOfRows({ nodes }: Graph, gradient: string): Product | undefined {
  const node = nodes.find(({ outputs }) => outputs.includes(gradient));
  const names = Object.keys(node?.attributes ?? {});
  if (node?.op !== "Gemm" || node.inputs.length !== 2 || names.length !== 1 || names[0] !== "transA") return undefined;
  return { left: node.inputs[0]!, right: node.inputs[1]! };
}

/**
 * Builds the graph of one training step.
 * @throws InputError `batch-statistics` where batch normalisation has one value per channel; UnsupportedError `no-gradient` for an operator that cannot be trained through
 */
export function buildStepGraph(options: StepGraphOptions): StepGraph {
  const { network, recipe } = options;
  const form = trainingForm({ ...options, batchNorm: recipe.batchNorm, dropout: recipe.dropout, stochasticDepth: "drawn" });
  const { heads } = options;
  const targets = { name: "targets", shape: [options.batch, heads === undefined ? network.classes : sumOver(heads, columnsOf)] };
  form.builder.input(targets.name, "float32", targets.shape);
  const loss = form.builder.scope("loss", () =>
    losses[recipe.loss.name].emit(
      form.builder,
      { logits: form.end, targets: targets.name },
      { labelSmoothing: recipe.labelSmoothing, classWeights: options.classWeights, gamma: recipe.loss.gamma, ...(heads && { heads }) },
    ),
  );
  for (const name of [loss, form.end, ...form.statistics.values()]) form.builder.output(name);

  const trained = options.trained.filter((name) => form.parameters.includes(name));
  const forward = form.builder.build();
  const { recompute: what = valueBytes(forward) > mostKeptBytes ? "cheap" : "none" } = options;
  const recompute = what === "none" ? undefined : { leastBytes: 2 ** 20, what };
  const differentiated = differentiate(forward, loss, trained, { recompute });
  const builder = GraphBuilder.from(differentiated.graph);
  const update = new Updates(builder, network, recipe);
  const gradients = clip(differentiated.gradients);
  const late = new Set(trained.filter((name) => isCheapToKeep(differentiated.graph, differentiated.gradients[name]!)));
  const { mostUpdatedBytes = 2 ** 26 } = options;
  for (const name of [...late, ...trained.filter((other) => !late.has(other))]) {
    const product = recipe.startPenalty === 0 && late.has(name) ? productOfRows(differentiated.graph, gradients[name]!) : undefined;
    if (product !== undefined && 4 * sizeOf(builder.staticShape(name)) > mostUpdatedBytes) update.addByRows(name, product, mostUpdatedBytes);
    else update.add(name, gradients[name]!);
  }
  const statistics = [...form.statistics].map(
    ([name, next]): StateValue => ({ name, next, shape: builder.staticShape(name), kind: "statistic", inPlace: false }),
  );
  const state = [...update.state, ...statistics];
  const carried = new Set(state.map(({ name }) => name));
  return {
    // The gradient of a layer that is updated by rows is nowhere made whole.
    graph: eliminateDeadNodes(builder.build()).graph,
    input: form.input,
    targets,
    loss,
    logits: form.end,
    state,
    fixed: form.parameters.filter((name) => !carried.has(name)),
    anchors: update.anchors,
    masks: form.masks,
    scalars: (moment) => update.scalars(moment),
  };

  /** Clipped where the recipe says so; what is still frozen takes no part in the norm. */
  function clip(gradients: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    if (recipe.gradientClip === undefined) return gradients;
    const open = Object.entries(gradients).map(([name, gradient]) => [name, update.gated(name, gradient)] as const);
    return clipByNorm(builder, Object.fromEntries(open), recipe.gradientClip);
  }
}
