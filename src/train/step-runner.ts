import type { Tensor } from "../base/index.js";
import type { ResidentSession, Session } from "../engine/index.js";
import { AccumulatingRunner } from "./accumulating-runner.js";
import type { RunState } from "./run-state.js";
import type { SessionCache } from "./sessions.js";
import type { StepGraph } from "./step-graph.js";

/** Runs steps, and knows where the state of the run is between them. */
export interface StepRunner {
  /** One step: takes what is new, gives loss and logits, and leaves the state one step on. */
  step(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  /** Brings the state to where the run's weights can be read and written from. */
  settle(): Promise<void>;
}

export interface StepRunnerOptions {
  readonly stepGraph: StepGraph;
  readonly state: RunState;
  /** What every step reads and none changes. */
  readonly fixed: Readonly<Record<string, Tensor>>;
  readonly sessions: SessionCache;
}

/** The state is in memory, and steps write it in place. */
class MemoryRunner implements StepRunner {
  readonly #session: Session;
  readonly #options: StepRunnerOptions;

  constructor(session: Session, options: StepRunnerOptions) {
    this.#session = session;
    this.#options = options;
  }

  async step(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    const { state, fixed } = this.#options;
    const results = await this.#session.run({ ...state.feeds(), ...fixed, ...feeds }, state.targets());
    state.swap();
    return results;
  }

  async settle(): Promise<void> {}
}

/** The state stays on the device, and comes back when it is asked for. */
class DeviceRunner implements StepRunner {
  readonly #session: ResidentSession;
  readonly #options: StepRunnerOptions;
  #isThere = false;

  constructor(session: ResidentSession, options: StepRunnerOptions) {
    this.#session = session;
    this.#options = options;
  }

  async step(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    const { state, fixed } = this.#options;
    if (!this.#isThere) await this.#session.upload({ ...state.feeds(), ...fixed });
    this.#isThere = true;
    state.lend();
    return this.#session.run(feeds);
  }

  async settle(): Promise<void> {
    const { state, stepGraph } = this.#options;
    if (state.isWhole) return;
    state.takeBack(await this.#session.download(stepGraph.state.map(({ name }) => name)));
  }
}

/** Steps of a graph on the device of the sessions, with the state kept there where it can be: not where a batch is taken in parts. */
export async function openStepRunner(options: StepRunnerOptions): Promise<StepRunner> {
  const { stepGraph, sessions } = options;
  const plan = stepGraph.accumulation;
  if (plan !== undefined) return new AccumulatingRunner(options, { gradients: await sessions.get(stepGraph.graph), update: await sessions.get(plan.update), plan });
  if (!sessions.keepsValues) return new MemoryRunner(await sessions.get(stepGraph.graph), options);
  const loops = Object.fromEntries(stepGraph.state.map(({ name, next }) => [name, next]));
  return new DeviceRunner(await sessions.getResident(stepGraph.graph, loops), options);
}
