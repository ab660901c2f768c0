import type { Tensor } from "../base/index.js";
import type { ResidentSession } from "../engine/index.js";
import { oneByOne, type StepRunner, type StepRunnerOptions, type Tensors } from "./step-runner.js";

/** The state stays on the device, and comes back when it is asked for. */
export class DeviceRunner implements StepRunner {
  readonly atOnce = 1;
  readonly #session: ResidentSession;
  readonly #options: StepRunnerOptions;
  #isThere = false;

  constructor(session: ResidentSession, options: StepRunnerOptions) {
    this.#session = session;
    this.#options = options;
  }

  run(steps: readonly Tensors[]): Promise<Record<string, Tensor>[]> {
    return oneByOne(steps, (feeds) => this.#step(feeds));
  }

  async #step(feeds: Tensors): Promise<Record<string, Tensor>> {
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
