import { differentiate } from "../autodiff/index.js";
import { sizeOf } from "../base/index.js";
import { GraphBuilder, type Graph } from "../graph/index.js";
import type { Network } from "../models/index.js";
import { losses } from "./losses/index.js";
import { optimizers, type OptimizerSettings } from "./optimizers/index.js";
import type { TrainingRecipe } from "./recipe.js";
import { columnsOf, sumOver, type TargetHead } from "./targets.js";
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
  /** What the outputs are, where the loss is `multi-target`. */
  readonly heads?: readonly TargetHead[];
}

/** A value that is carried from step to step. */
export interface StateValue {
  /** Name of the graph input that holds it. */
  readonly name: string;
  /** Name of the graph output that holds it after the step. */
  readonly next: string;
  readonly shape: readonly number[];
  readonly kind: "parameter" | "statistic" | "slot";
  /** Whether the next value may be written over this one while the step runs. */
  readonly inPlace: boolean;
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

/** Where a step stands in the run. */
export interface StepMoment {
  /** Rate of the head's stage before `headRateFactor`. */
  readonly learningRate: number;
  /** Number of the update, from 1. */
  readonly step: number;
  readonly stepsPerEpoch: number;
}

/** The optimizer's settings as the shelf wants them. */
function settingsOf({ optimizer, weightDecay, startPenalty }: TrainingRecipe): OptimizerSettings {
  return { ...optimizer, weightDecay, startPenalty };
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
  const recompute = valueBytes(forward) > mostKeptBytes ? { leastBytes: 2 ** 20 } : undefined;
  const differentiated = differentiate(forward, loss, trained, { recompute });
  const builder = GraphBuilder.from(differentiated.graph);
  const update = new Updates(builder, network, recipe);
  const gradients = clip(differentiated.gradients);
  const late = new Set(trained.filter((name) => isCheapToKeep(differentiated.graph, differentiated.gradients[name]!)));
  for (const name of [...late, ...trained.filter((other) => !late.has(other))]) update.add(name, gradients[name]!);
  const statistics = [...form.statistics].map(
    ([name, next]): StateValue => ({ name, next, shape: builder.staticShape(name), kind: "statistic", inPlace: false }),
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

/** Parameters that share their scalars. */
interface Group {
  /** Stages from the head, which has 0. */
  readonly distance: number;
  /** Factor on the learning rate. */
  readonly factor: number;
  /** Optimizer scalar -> graph input. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Graph input that is 1 once the group is trained, where stages are unfrozen one after another. */
  readonly gate: string | undefined;
}

/** Elements from which on a parameter is written in place: below, the nodes that wait for its readers cost more than memory is worth. */
const leastInPlace = 2 ** 18;

/** Emits the optimizer's nodes, one parameter at a time, in groups that differ in their learning rate or in when they begin. */
class Updates {
  readonly state: StateValue[] = [];
  readonly anchors: Record<string, string> = {};
  readonly #builder: GraphBuilder;
  readonly #recipe: TrainingRecipe;
  readonly #settings: OptimizerSettings;
  readonly #parameters: ReadonlyMap<string, Network["parameters"][number]>;
  readonly #distances: ReadonlyMap<string, number>;
  readonly #head: ReadonlySet<string>;
  readonly #groups = new Map<string, Group>();

  constructor(builder: GraphBuilder, network: Network, recipe: TrainingRecipe) {
    this.#builder = builder;
    this.#recipe = recipe;
    this.#settings = settingsOf(recipe);
    this.#parameters = new Map(network.parameters.map((parameter) => [parameter.name, parameter]));
    this.#distances = new Map(network.stages.map(({ name }, i) => [name, network.stages.length - 1 - i]));
    this.#head = new Set(network.headParameters);
  }

  /** The group of a parameter, opened when its first parameter comes. */
  #groupOf(parameter: string): Group {
    const { headRateFactor, stageRateDecay, unfreezeEpochs, optimizer } = this.#recipe;
    const isHead = headRateFactor !== 1 && this.#head.has(parameter);
    const { stage } = this.#parameters.get(parameter)!;
    const byStage = stageRateDecay !== 1 || unfreezeEpochs !== undefined;
    const name = isHead ? "head" : byStage ? stage : "body";
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    const distance = byStage ? this.#distances.get(stage)! : 0;
    const scalars = Object.keys(optimizers[optimizer.name].scalars(this.#settings, 0, 1));
    const input = (key: string): string => this.#builder.input(`${name}/${key}`, "float32", []);
    const group: Group = {
      distance,
      factor: stageRateDecay ** distance * (isHead ? headRateFactor : 1),
      inputs: Object.fromEntries(scalars.map((key) => [key, input(key)])),
      gate: unfreezeEpochs === undefined ? undefined : input("gate"),
    };
    this.#groups.set(name, group);
    return group;
  }

  /** A value of a parameter's shape, or zero as long as the parameter is frozen. */
  gated(parameter: string, value: string): string {
    const { gate } = this.#groupOf(parameter);
    return gate === undefined ? value : this.#builder.op("Mul", [value, gate]);
  }

  /** Where decay draws a parameter: its start weights, where the recipe says so, but for the head, which is new. */
  #anchorOf(name: string, decayed: boolean, shape: readonly number[]): string | undefined {
    if (this.#recipe.startPenalty === 0 || !decayed || this.#head.has(name)) return undefined;
    const anchor = this.#builder.input(`${name}/start`, "float32", shape);
    this.anchors[anchor] = name;
    return anchor;
  }

  add(name: string, gradient: string): void {
    const builder = this.#builder;
    const optimizer = optimizers[this.#recipe.optimizer.name];
    const shape = builder.staticShape(name);
    const { inputs: scalars } = this.#groupOf(name);
    const inPlace = sizeOf(shape) >= leastInPlace;
    const slots = Object.fromEntries(
      optimizer.slots(this.#settings).map((slot) => [slot, builder.input(`${name}/${slot}`, "float32", shape)]),
    );
    const decayed = this.#recipe.decayed === "all" || this.#parameters.get(name)?.role === "weight";
    const anchor = this.#anchorOf(name, decayed, shape);
    const next = builder.scope(`${name}/update`, () => {
      const updated = optimizer.update(builder, this.#settings, {
        parameter: name, gradient, slots, scalars, decayed,
        ...(anchor !== undefined && { anchor }),
        ...(inPlace && { settled: (value) => builder.op("AfterReads", [value, name]) }),
      });
      // At rate 0 the parameter stays by itself; its moments must not gather either.
      return { parameter: updated.parameter, slots: Object.fromEntries(Object.entries(updated.slots).map(([slot, value]) => [slot, this.gated(name, value)])) };
    });
    this.#carry({ name, next: next.parameter, shape, kind: "parameter", inPlace });
    // Only the update that writes a slot reads it.
    for (const [slot, input] of Object.entries(slots)) this.#carry({ name: input, next: next.slots[slot]!, shape, kind: "slot", inPlace: true });
  }

  #carry(value: StateValue): void {
    this.#builder.output(value.next);
    this.state.push(value);
  }

  /** A group that is not yet trained has rate 0; one that begins later counts its steps from then on, as if it had been added to the optimizer only then. */
  scalars({ learningRate, step, stepsPerEpoch }: StepMoment): ReadonlyMap<string, number> {
    const optimizer = optimizers[this.#recipe.optimizer.name];
    const { unfreezeEpochs } = this.#recipe;
    const values = new Map<string, number>();
    for (const { distance, factor, inputs, gate } of this.#groups.values()) {
      const ownStep = unfreezeEpochs === undefined ? step : step - distance * unfreezeEpochs * stepsPerEpoch;
      const isOpen = ownStep >= 1;
      const scalars = optimizer.scalars(this.#settings, isOpen ? learningRate * factor : 0, Math.max(1, ownStep));
      for (const [name, input] of Object.entries(inputs)) values.set(input, scalars[name]!);
      if (gate !== undefined) values.set(gate, isOpen ? 1 : 0);
    }
    return values;
  }
}
