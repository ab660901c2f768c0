import { AccumulatingRunner } from "./accumulating-runner.js";
import { DeviceRunner } from "./device-runner.js";
import { MemoryRunner } from "./memory-runner.js";
import { chainSteps } from "./step-chain.js";
import type { StepRunner, StepRunnerOptions } from "./step-runner.js";

/** Steps of a graph on the device of the sessions, with the state kept there where it can be: not where a batch is taken in parts. */
export async function openStepRunner(options: StepRunnerOptions): Promise<StepRunner> {
  const { stepGraph, sessions } = options;
  const plan = stepGraph.accumulation;
  if (plan !== undefined) return new AccumulatingRunner(options, { gradients: await sessions.get(stepGraph.graph), update: await sessions.get(plan.update), plan });
  if (!sessions.keepsValues) {
    const chain = (options.atOnce ?? 1) > 1 ? chainSteps(stepGraph, options.atOnce!) : undefined;
    // What is always run is opened here, while the first batches are made.
    if (chain === undefined) await sessions.get(stepGraph.graph);
    return new MemoryRunner(options, chain && { chain, session: await sessions.get(chain.graph) });
  }
  const loops = Object.fromEntries(stepGraph.state.map(({ name, next }) => [name, next]));
  return new DeviceRunner(await sessions.getResident(stepGraph.graph, loops), options);
}
