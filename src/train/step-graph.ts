import { differentiate } from "../autodiff/index.js";
import { bytesPerElement, sizeOf } from "../base/index.js";
import { eliminateDeadNodes, GraphBuilder, type Graph, joinCasts } from "../graph/index.js";
import type { Network } from "../models/index.js";
import { type Accumulation, addUp, type Gradient, partsOf } from "./accumulation.js";
import { addAll, asRun, emitIsFinite, forwardOf, type ScalingNames, tellIsFinite, unscaled } from "./half-step.js";
import { losses } from "./losses/index.js";
import type { HalfArithmetic } from "./precision.js";
import type { TrainingRecipe } from "./recipe.js";
import { columnsOf, sumOver, type TargetHead } from "./targets.js";
import { trainingForm, type DropoutMask } from "./training-form.js";
import { type GradientRows, type StateValue, type StepMoment, Updates } from "./updates.js";

export interface StepGraphOptions {
  readonly network: Network;
  /** Value the graph starts at: `"input"`, or the end of what is frozen. */
  readonly start: string;
  readonly batch: number;
  /** Cases whose forward and backward pass is computed at once; their gradients are added up over the batch. Default: the recipe's, else all. */
  readonly microBatch?: number;
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
  /** Convolutions, matrix products and activations in float16, with a scaled loss; left out: everything in float32. */
  readonly half?: HalfArithmetic;
  /** What is made again on the way back instead of kept; by default what is cheap to make, where a forward pass takes 2.5 GiB. */
  readonly recompute?: "none" | "cheap" | "segments";
}

/**
 * One training step as one graph: images, targets, scalars, masks and state in; loss, logits and next state out. Where the batch is taken
 * in parts it is two: one that is run for every part, and one that updates.
 */
export interface StepGraph {
  readonly graph: Graph;
  /** How the parts of a batch come together; undefined where the graph takes the whole. The shapes below are the whole batch's. */
  readonly accumulation?: Accumulation;
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
  /** In half precision: the input by which the loss is scaled, and the output that says whether the step was taken. */
  readonly scaling?: ScalingNames;
  /** Scalar inputs of a step, but for the scale of the loss. */
  scalars(moment: StepMoment): ReadonlyMap<string, number>;
}

/** Gradients scaled by min(1, limit / (norm + 1e-6)), norm over all of them; torch.nn.utils.clip_grad_norm_. */
function clipByNorm(builder: GraphBuilder, gradients: Readonly<Record<string, string>>, limit: number): Record<string, string> {
  const squares = Object.values(gradients).map((gradient) =>
    builder.op("ReduceSum", [builder.op("Mul", [gradient, gradient])], { keepdims: 0 }),
  );
  const norm = builder.op("Sqrt", [addAll(builder, squares)]);
  const ratio = builder.op("Div", [builder.constant(limit), builder.op("Add", [norm, builder.constant(1e-6)])]);
  const factor = builder.op("Min", [ratio, builder.constant(1)]);
  return Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, builder.op("Mul", [gradient, factor])]));
}

/** Values of a forward pass above which those that are cheap to make are made again on the way back: 1 to 9 % slower, and half the memory where most are cheap. */
const mostKeptBytes = 2.5 * 2 ** 30;

/** Memory of all values that nodes compute, were all kept. */
function valueBytes({ nodes, values }: Graph): number {
  const known = nodes.flatMap(({ outputs }) => outputs).flatMap((name) => values.get(name) ?? []);
  return known.reduce((sum, { dtype, shape }) => sum + bytesPerElement(dtype) * sizeOf(shape.map(Number)), 0);
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

/** What makes some rows of a gradient dYᵀ · X, [K, N]ᵀ · [N, C]; undefined for other gradients. */
function productOfRows(builder: GraphBuilder, { nodes }: Graph, gradient: string): GradientRows | undefined {
  const node = nodes.find(({ outputs }) => outputs.includes(gradient));
  const names = Object.keys(node?.attributes ?? {});
  if (node?.op !== "Gemm" || node.inputs.length !== 2 || names.length !== 1 || names[0] !== "transA") return undefined;
  const [left, right] = node.inputs as [string, string];
  return (first, count) => {
    const filters = builder.op("Slice", [left, builder.constant([first]), builder.constant([first + count]), builder.constant([1])]);
    return builder.op("Gemm", [filters, right], { transA: 1 });
  };
}

/** Gradients clipped where the recipe says so; what is still frozen takes no part in the norm. */
function clip(builder: GraphBuilder, update: Updates, { gradients, limit }: { readonly gradients: ReadonlyMap<string, Gradient>; readonly limit: number | undefined }): ReadonlyMap<string, Gradient> {
  if (limit === undefined) return gradients;
  const open = [...gradients].map(([name, gradient]) => [name, update.gated(name, gradient as string)] as const);
  return new Map(Object.entries(clipByNorm(builder, Object.fromEntries(open), limit)));
}

/** The first axis, of a batch and not of a part of it. */
function wholeShape([, ...rest]: readonly number[], batch: number): number[] {
  return [batch, ...rest];
}

/**
 * Builds the graph of one training step.
 * @throws InputError `batch-statistics` where batch normalisation has one value per channel; UnsupportedError `no-gradient` for an operator that cannot be trained through
 */
export function buildStepGraph(options: StepGraphOptions): StepGraph {
  const { network, recipe, heads, batch } = options;
  const { parts, rows } = partsOf(batch, options.microBatch ?? recipe.microBatch ?? batch);
  const form = trainingForm({ ...options, batch: rows, batchNorm: recipe.batchNorm, dropout: recipe.dropout, stochasticDepth: "drawn" });
  const columns = heads === undefined ? network.classes : sumOver(heads, columnsOf);
  const targets = { name: "targets", shape: [batch, columns] };
  form.builder.input(targets.name, "float32", [rows, columns]);
  const whole = parts === 1 ? targets.name : form.builder.input("targets/whole", "float32", targets.shape);
  const loss = form.builder.scope("loss", () =>
    losses[recipe.loss.name].emit(
      form.builder,
      { logits: form.end, targets: targets.name, whole },
      { labelSmoothing: recipe.labelSmoothing, classWeights: options.classWeights, gamma: recipe.loss.gamma, ...(heads && { heads }) },
    ),
  );
  for (const name of [loss, form.end, ...form.statistics.values()]) form.builder.output(name);

  const trained = options.trained.filter((name) => form.parameters.includes(name));
  const { half } = options;
  const { forward, differentiated: objective, scaling } = forwardOf(form, loss, half);
  const { recompute: what = valueBytes(forward) > mostKeptBytes ? "cheap" : "none" } = options;
  // Whether a step is taken is known once all gradients are whole.
  const mostUpdatedBytes = half === undefined ? (options.mostUpdatedBytes ?? 2 ** 26) : Infinity;
  const recompute = what === "none" ? undefined : { leastBytes: 2 ** 20, what };
  const differentiated = differentiate(forward, objective, trained, { recompute });
  const builder = GraphBuilder.from(joinCasts(differentiated.graph, Object.values(differentiated.gradients)).graph);
  const found = scaling === undefined ? differentiated.gradients : unscaled(builder, differentiated.gradients);
  const late = new Set(trained.filter((name) => isCheapToKeep(differentiated.graph, differentiated.gradients[name]!)));
  const gradientOf = (name: string): Gradient => {
    const gradient = found[name]!;
    const isLarge = 4 * sizeOf(builder.staticShape(name)) > mostUpdatedBytes;
    // The penalty and the norm want the whole.
    const takesRows = isLarge && late.has(name) && recipe.startPenalty === 0 && recipe.gradientClip === undefined;
    return (takesRows ? productOfRows(builder, differentiated.graph, gradient) : undefined) ?? gradient;
  };
  const gradients = new Map([...late, ...trained.filter((other) => !late.has(other))].map((name) => [name, gradientOf(name)]));
  const { sums, update: apart, summed } = parts === 1 ? { sums: [], update: undefined, summed: gradients } : addUp(builder, gradients, mostUpdatedBytes);
  const isGood = scaling && emitIsFinite(builder, apart === undefined ? Object.values(found) : sums.map(({ next }) => next));
  if (isGood !== undefined) tellIsFinite(builder, isGood);
  // Where the update is a graph of its own, whoever runs it leaves it out.
  const update = new Updates(apart ?? builder, network, { recipe, isApart: apart !== undefined, ...(isGood !== undefined && apart === undefined && { isGood }) });
  for (const [name, gradient] of clip(apart ?? builder, update, { gradients: summed, limit: recipe.gradientClip })) {
    if (typeof gradient === "string") update.add(name, gradient);
    else update.addByRows(name, gradient, mostUpdatedBytes);
  }
  const statistics = [...form.statistics].map(([name, next]): StateValue => {
    const chosen = update.chosen(next, name);
    builder.output(chosen);
    return { name, next: chosen, shape: builder.staticShape(name), kind: "statistic", inPlace: false };
  });
  const state = [...update.state, ...statistics];
  const carried = new Set(state.map(({ name }) => name));
  return {
    // The gradient of a layer that is updated by rows is nowhere made whole.
    graph: asRun(eliminateDeadNodes(builder.build()).graph, half),
    ...(apart && { accumulation: { rows, parts, whole, sums, update: apart.build() } }),
    input: { name: form.input.name, shape: wholeShape(form.input.shape, batch) },
    targets,
    loss,
    logits: form.end,
    state,
    fixed: form.parameters.filter((name) => !carried.has(name)),
    anchors: update.anchors,
    masks: form.masks.map((mask) => ({ ...mask, shape: wholeShape(mask.shape, batch) })),
    ...(scaling && { scaling }),
    scalars: (moment) => update.scalars(moment),
  };
}
