import type { GraphBuilder } from "../../graph/index.js";

/** Settings of an optimizer, beside the learning rate. */
export interface OptimizerSettings {
  /** Momentum of sgd, in [0, 1). */
  readonly momentum: number;
  readonly nesterov: boolean;
  /** Decay of the first moment, in [0, 1). */
  readonly beta1: number;
  /** Decay of the second moment, in [0, 1). */
  readonly beta2: number;
  /** Added to the denominator, above 0. */
  readonly epsilon: number;
  /** L2 penalty (sgd, adam: added to the gradient) or decoupled decay (adamw). 0 switches it off. */
  readonly weightDecay: number;
  /** Strength of the decay toward the start weights, for parameters that have an anchor. */
  readonly startPenalty: number;
}

/** What one parameter's update reads: names of values of the graph that is being built. */
export interface UpdateInputs {
  readonly parameter: string;
  readonly gradient: string;
  /** State of the optimizer for this parameter, by slot. Of the parameter's shape, zero at the start. */
  readonly slots: Readonly<Record<string, string>>;
  /** Scalars that change from step to step, by the names that {@link Optimizer.scalars} gives. */
  readonly scalars: Readonly<Record<string, string>>;
  /** Whether weight decay reaches this parameter. */
  readonly decayed: boolean;
  /** Where decay draws this parameter: a value of its shape; zero where left out. */
  readonly anchor?: string;
  /**
   * Given where the next parameter is written over this one: what is taken off the parameter goes through it, and the
   * subtraction is the last node.
   */
  readonly settled?: (value: string) => string;
}

/** An optimizer as graph nodes: one step takes parameter, gradient and state to the next parameter and state. */
export interface Optimizer {
  readonly title: string;
  readonly summary: string;
  readonly reference: string;
  /** State kept per parameter. */
  slots(settings: OptimizerSettings): readonly string[];
  /**
   * Values of the changing scalars.
   * @param step number of this update, from 1
   */
  scalars(settings: OptimizerSettings, learningRate: number, step: number): Readonly<Record<string, number>>;
  /** Emits one parameter's update and returns the names of its results. */
  update(
    builder: GraphBuilder,
    settings: OptimizerSettings,
    inputs: UpdateInputs,
  ): { readonly parameter: string; readonly slots: Readonly<Record<string, string>> };
}
