import { differentiate } from "../autodiff/index.js";
import { GraphBuilder, type Graph } from "../graph/index.js";
import type { Network } from "../models/index.js";
import { losses } from "./losses/index.js";
import { optimizers, type OptimizerSettings } from "./optimizers/index.js";
import type { TrainingRecipe } from "./recipe.js";
import { trainingForm, type DropoutMask } from "./training-form.js";

export interface StepGraphOptions {
  readonly network: Network;
  /** Value the graph starts at: `"input"`, or the end of what is frozen. */
  readonly start: string;
  readonly batch: number;
  readonly recipe: TrainingRecipe;
  /** Parameters the optimizer updates. */
  readonly trained: readonly string[];
  readonly classWeights?: readonly number[];
}

/** A value that is carried from step to step. */
export interface StateValue {
  /** Name of the graph input that holds it. */
  readonly name: string;
  /** Name of the graph output that holds it after the step. */
  readonly next: string;
  readonly shape: readonly number[];
  readonly kind: "parameter" | "statistic" | "slot";
}

/** One training step as one graph: images, targets, scalars, masks and state in; loss, logits and next state out. */
export interface StepGraph {
  readonly graph: Graph;
  readonly input: { readonly name: string; readonly shape: readonly number[] };
  /** One-hot targets, [N, K]. */
  readonly targets: { readonly name: string; readonly shape: readonly number[] };
  readonly loss: string;
  readonly logits: string;
  readonly state: readonly StateValue[];
  /** Parameters and statistics that are read but not changed. */
  readonly fixed: readonly string[];
  readonly masks: readonly DropoutMask[];
  /** Scalar inputs of a step, for the learning rate of that step. */
  scalars(learningRate: number, step: number): ReadonlyMap<string, number>;
}

/** The optimizer's settings as the shelf wants them. */
function settingsOf({ optimizer, weightDecay }: TrainingRecipe): OptimizerSettings {
  return { ...optimizer, weightDecay };
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

/**
 * Builds the graph of one training step.
 * @throws InputError `batch-statistics` where batch normalisation has one value per channel; UnsupportedError `no-gradient` for an operator that cannot be trained through
 */
export function buildStepGraph(options: StepGraphOptions): StepGraph {
  const { network, recipe } = options;
  const form = trainingForm({ ...options, batchNorm: recipe.batchNorm, dropout: recipe.dropout, stochasticDepth: "drawn" });
  const targets = { name: "targets", shape: [options.batch, network.classes] };
  form.builder.input(targets.name, "float32", targets.shape);
  const loss = form.builder.scope("loss", () =>
    losses[recipe.loss.name].emit(
      form.builder,
      { logits: form.end, targets: targets.name },
      { labelSmoothing: recipe.labelSmoothing, classWeights: options.classWeights, gamma: recipe.loss.gamma },
    ),
  );
  for (const name of [loss, form.end, ...form.statistics.values()]) form.builder.output(name);

  const trained = options.trained.filter((name) => form.parameters.includes(name));
  const differentiated = differentiate(form.builder.build(), loss, trained);
  const builder = GraphBuilder.from(differentiated.graph);
  const gradients =
    recipe.gradientClip === undefined
      ? differentiated.gradients
      : clipByNorm(builder, differentiated.gradients, recipe.gradientClip);

  const update = new Updates(builder, network, recipe);
  for (const name of trained) update.add(name, gradients[name]!);
  const statistics = [...form.statistics].map(
    ([name, next]): StateValue => ({ name, next, shape: builder.staticShape(name), kind: "statistic" }),
  );
  const state = [...update.state, ...statistics];
  const carried = new Set(state.map(({ name }) => name));
  return {
    graph: builder.build(),
    input: form.input,
    targets,
    loss,
    logits: form.end,
    state,
    fixed: form.parameters.filter((name) => !carried.has(name)),
    masks: form.masks,
    scalars: (learningRate, step) => update.scalars(learningRate, step),
  };
}

/** Emits the optimizer's nodes, one parameter at a time, in two groups that differ in their learning rate. */
class Updates {
  readonly state: StateValue[] = [];
  readonly #builder: GraphBuilder;
  readonly #recipe: TrainingRecipe;
  readonly #settings: OptimizerSettings;
  readonly #roles: ReadonlyMap<string, string>;
  readonly #head: ReadonlySet<string>;
  readonly #groups = new Map<string, Record<string, string>>();

  constructor(builder: GraphBuilder, network: Network, recipe: TrainingRecipe) {
    this.#builder = builder;
    this.#recipe = recipe;
    this.#settings = settingsOf(recipe);
    this.#roles = new Map(network.parameters.map(({ name, role }) => [name, role]));
    this.#head = new Set(recipe.headRateFactor === 1 ? [] : network.headParameters);
  }

  /** Scalar inputs of a group, opened when its first parameter comes. */
  #scalarsOf(group: string): Record<string, string> {
    const known = this.#groups.get(group);
    if (known !== undefined) return known;
    const names = Object.keys(optimizers[this.#recipe.optimizer.name].scalars(this.#settings, 0, 1));
    const inputs = Object.fromEntries(names.map((name) => [name, this.#builder.input(`${group}/${name}`, "float32", [])]));
    this.#groups.set(group, inputs);
    return inputs;
  }

  add(name: string, gradient: string): void {
    const builder = this.#builder;
    const optimizer = optimizers[this.#recipe.optimizer.name];
    const shape = builder.staticShape(name);
    const scalars = this.#scalarsOf(this.#head.has(name) ? "head" : "body");
    const slots = Object.fromEntries(
      optimizer.slots(this.#settings).map((slot) => [slot, builder.input(`${name}/${slot}`, "float32", shape)]),
    );
    const decayed = this.#recipe.decayed === "all" || this.#roles.get(name) === "weight";
    const next = builder.scope(`${name}/update`, () =>
      optimizer.update(builder, this.#settings, { parameter: name, gradient, slots, scalars, decayed }),
    );
    this.#carry(name, next.parameter, shape, "parameter");
    for (const [slot, input] of Object.entries(slots)) this.#carry(input, next.slots[slot]!, shape, "slot");
  }

  #carry(name: string, next: string, shape: readonly number[], kind: StateValue["kind"]): void {
    this.#builder.output(next);
    this.state.push({ name, next, shape, kind });
  }

  scalars(learningRate: number, step: number): ReadonlyMap<string, number> {
    const optimizer = optimizers[this.#recipe.optimizer.name];
    const values = new Map<string, number>();
    for (const [group, inputs] of this.#groups) {
      const rate = group === "head" ? learningRate * this.#recipe.headRateFactor : learningRate;
      const scalars = optimizer.scalars(this.#settings, rate, step);
      for (const [name, input] of Object.entries(inputs)) values.set(input, scalars[name]!);
    }
    return values;
  }
}
