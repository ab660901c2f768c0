import { sizeOf } from "../base/index.js";
import type { GraphBuilder } from "../graph/index.js";
import type { Network } from "../models/index.js";
import { optimizers, type OptimizerSettings } from "./optimizers/index.js";
import type { TrainingRecipe } from "./recipe.js";

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
  /** Runs of rows that are updated one after the other: the graph has inputs and outputs for each, and none that writes the whole. */
  readonly rows?: readonly RowsValue[];
}

/** Rows of a value that is carried from step to step, first axis. */
export interface RowsValue {
  readonly name: string;
  readonly next: string;
  readonly first: number;
  readonly count: number;
}

/** Where a step stands in the run. */
export interface StepMoment {
  /** Rate of the head's stage before `headRateFactor`. */
  readonly learningRate: number;
  /** Number of the update, from 1. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Steps before this one that changed nothing. */
  readonly skipped?: readonly number[];
}

/** Makes some rows of a parameter's gradient. */
export type GradientRows = (first: number, count: number) => string;

/** Runs of rows of at most so many bytes. */
export function runsOfRows([rows = 1, ...rest]: readonly number[], mostBytes: number): { readonly first: number; readonly count: number }[] {
  const most = Math.max(1, Math.floor(mostBytes / (4 * sizeOf(rest))));
  return Array.from({ length: Math.ceil(rows / most) }, (_, i) => ({ first: i * most, count: Math.min(most, rows - i * most) }));
}

/** The optimizer's settings as the shelf wants them. */
function settingsOf({ optimizer, weightDecay, startPenalty }: TrainingRecipe): OptimizerSettings {
  return { ...optimizer, weightDecay, startPenalty };
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
export class Updates {
  readonly state: StateValue[] = [];
  readonly anchors: Record<string, string> = {};
  readonly #builder: GraphBuilder;
  readonly #recipe: TrainingRecipe;
  readonly #settings: OptimizerSettings;
  readonly #parameters: ReadonlyMap<string, Network["parameters"][number]>;
  readonly #distances: ReadonlyMap<string, number>;
  readonly #head: ReadonlySet<string>;
  readonly #groups = new Map<string, Group>();
  readonly #isApart: boolean;
  readonly #isGood: string | undefined;

  /** @param options.isGood truth value without which nothing changes
   * @param options.isApart the graph has updates alone, so that nothing else reads a parameter and each may be written in place */
  constructor(builder: GraphBuilder, network: Network, { recipe, isApart = false, isGood }: { readonly recipe: TrainingRecipe; readonly isApart?: boolean; readonly isGood?: string }) {
    this.#builder = builder;
    this.#isApart = isApart;
    this.#isGood = isGood;
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

  /** The next value, or the present one after a step that is to change nothing. */
  chosen(next: string, now: string): string {
    return this.#isGood === undefined ? next : this.#builder.op("Where", [this.#isGood, next, now]);
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
    const shape = this.#builder.staticShape(name);
    // What may stay as it is is read until the end.
    const inPlace = this.#isGood === undefined && (this.#isApart || sizeOf(shape) >= leastInPlace);
    const slots = this.#slotInputs(name, shape);
    const next = this.#emit(name, { parameter: name, gradient, slots, inPlace });
    this.#carry({ name, next: this.chosen(next.parameter, name), shape, kind: "parameter", inPlace });
    // Only the update that writes a slot reads it.
    for (const [slot, input] of Object.entries(slots)) this.#carry({ name: input, next: this.chosen(next.slots[slot]!, input), shape, kind: "slot", inPlace: this.#isGood === undefined });
  }

  /** The update of a layer a run of rows at a time: each has inputs of its own, in the memory of the whole. */
  addByRows(name: string, gradientOf: GradientRows, mostBytes: number): void {
    const builder = this.#builder;
    const shape = this.#parameters.get(name)!.shape;
    const slots = optimizers[this.#recipe.optimizer.name].slots(this.#settings);
    const parts: RowsValue[] = [];
    const slotParts = slots.map((): RowsValue[] => []);
    for (const { first, count } of runsOfRows(shape, mostBytes)) {
      const extents = [count, ...shape.slice(1)];
      const part = builder.input(`${name}/rows ${first}`, "float32", extents);
      const inputs = this.#slotInputs(part, extents);
      const next = this.#emit(name, { parameter: part, gradient: gradientOf(first, count), slots: inputs, inPlace: true });
      parts.push({ name: part, next: next.parameter, first, count });
      for (const [i, slot] of slots.entries()) slotParts[i]!.push({ name: inputs[slot]!, next: next.slots[slot]!, first, count });
    }
    this.#carry({ name, next: "", shape, kind: "parameter", inPlace: true, rows: parts });
    for (const [i, slot] of slots.entries()) this.#carry({ name: `${name}/${slot}`, next: "", shape, kind: "slot", inPlace: true, rows: slotParts[i]! });
  }

  #slotInputs(name: string, shape: readonly number[]): Record<string, string> {
    const slots = optimizers[this.#recipe.optimizer.name].slots(this.#settings);
    return Object.fromEntries(slots.map((slot) => [slot, this.#builder.input(`${name}/${slot}`, "float32", shape)]));
  }

  /** The nodes of one update; `parameter` is the whole of `name` or some of its rows. */
  #emit(name: string, options: { readonly parameter: string; readonly gradient: string; readonly slots: Readonly<Record<string, string>>; readonly inPlace: boolean }) {
    const builder = this.#builder;
    const { inPlace, ...values } = options;
    const { inputs: scalars } = this.#groupOf(name);
    const decayed = this.#recipe.decayed === "all" || this.#parameters.get(name)?.role === "weight";
    const anchor = this.#anchorOf(name, decayed, builder.staticShape(values.parameter));
    return builder.scope(`${values.parameter}/update`, () => {
      const updated = optimizers[this.#recipe.optimizer.name].update(builder, this.#settings, {
        ...values, scalars, decayed,
        ...(anchor !== undefined && { anchor }),
        ...(inPlace && !this.#isApart && { settled: (value) => builder.op("AfterReads", [value, name]) }),
      });
      // At rate 0 the parameter stays by itself; its moments must not gather either.
      return { parameter: updated.parameter, slots: Object.fromEntries(Object.entries(updated.slots).map(([slot, value]) => [slot, this.gated(name, value)])) };
    });
  }

  #carry(value: StateValue): void {
    for (const { next } of value.rows ?? [value]) this.#builder.output(next);
    this.state.push(value);
  }

  /**
   * A group that is not yet trained has rate 0; one that begins later counts its steps from then on, as if it had been added to the optimizer only then.
   * The optimizer counts the steps that it took.
   */
  scalars({ learningRate, step, stepsPerEpoch, skipped = [] }: StepMoment): ReadonlyMap<string, number> {
    const optimizer = optimizers[this.#recipe.optimizer.name];
    const { unfreezeEpochs } = this.#recipe;
    const values = new Map<string, number>();
    for (const { distance, factor, inputs, gate } of this.#groups.values()) {
      const before = unfreezeEpochs === undefined ? 0 : distance * unfreezeEpochs * stepsPerEpoch;
      const isOpen = step > before;
      const taken = step - before - skipped.filter((number) => number > before && number < step).length;
      const scalars = optimizer.scalars(this.#settings, isOpen ? learningRate * factor : 0, Math.max(1, taken));
      for (const [name, input] of Object.entries(inputs)) values.set(input, scalars[name]!);
      if (gate !== undefined) values.set(gate, isOpen ? 1 : 0);
    }
    return values;
  }
}
