import type { Tensor } from "../base/index.js";
import type { RunState } from "./run-state.js";
import type { SessionCache } from "./sessions.js";
import type { StepGraph } from "./step-graph.js";

export type Tensors = Readonly<Record<string, Tensor>>;

/** Runs steps, and knows where the state of the run is between them. */
export interface StepRunner {
  /** Steps that are best asked for at once. */
  readonly atOnce: number;
  /** Some steps, one after the other: takes what each reads anew, gives loss and logits of each, and leaves the state so many steps on. */
  run(steps: readonly Tensors[]): Promise<Record<string, Tensor>[]>;
  /** Brings the state to where the run's weights can be read and written from. */
  settle(): Promise<void>;
}

export interface StepRunnerOptions {
  readonly stepGraph: StepGraph;
  readonly state: RunState;
  /** What every step reads and none changes. */
  readonly fixed: Tensors;
  readonly sessions: SessionCache;
  /** Steps of one call where steps are small; see stepsAtOnce. */
  readonly atOnce?: number;
}

/** Runs steps by calls of their own. */
export async function oneByOne(steps: readonly Tensors[], step: (feeds: Tensors) => Promise<Record<string, Tensor>>): Promise<Record<string, Tensor>[]> {
  const results: Record<string, Tensor>[] = [];
  for (const feeds of steps) results.push(await step(feeds));
  return results;
}
