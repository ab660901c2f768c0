import type { Tensor } from "../base/index.js";
import type { Session } from "../engine/index.js";
import type { StepChain } from "./step-chain.js";
import { oneByOne, type StepRunner, type StepRunnerOptions, type Tensors } from "./step-runner.js";

/** Several steps as one call. */
export interface Chained {
  readonly chain: StepChain;
  readonly session: Session;
}

/** The state is in memory, and steps write it in place. */
export class MemoryRunner implements StepRunner {
  readonly #chained: Chained | undefined;
  readonly #options: StepRunnerOptions;

  constructor(options: StepRunnerOptions, chained: Chained | undefined) {
    this.#chained = chained;
    this.#options = options;
  }

  get atOnce(): number {
    return this.#chained?.chain.steps ?? 1;
  }

  async run(steps: readonly Tensors[]): Promise<Record<string, Tensor>[]> {
    const chained = this.#chained;
    if (steps.length !== chained?.chain.steps) {
      const session = await this.#options.sessions.get(this.#options.stepGraph.graph);
      return oneByOne(steps, (feeds) => this.#call(session, feeds));
    }
    return chained.chain.part(await this.#call(chained.session, chained.chain.stack(steps)));
  }

  async #call(session: Session, feeds: Tensors): Promise<Record<string, Tensor>> {
    const { state, fixed } = this.#options;
    const results = await session.run({ ...state.feeds(), ...fixed, ...feeds }, state.targets());
    state.swap();
    return results;
  }

  async settle(): Promise<void> {}
}
