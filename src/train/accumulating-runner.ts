import { float32, sizeOf, zeros, type Tensor } from "../base/index.js";
import type { Session } from "../engine/index.js";
import type { Accumulation } from "./accumulation.js";
import { stateInputs, stateOutputs } from "./run-state.js";
import { oneByOne, type StepRunner, type StepRunnerOptions, type Tensors } from "./step-runner.js";

/** What a graph's inputs or outputs have in a table of tensors. */
function pick(wanted: readonly { readonly name: string }[], tensors: Tensors): Record<string, Tensor> {
  return Object.fromEntries(wanted.flatMap(({ name }) => (tensors[name] === undefined ? [] : [[name, tensors[name]]])));
}

/** Some cases of a batch. Where it ends before, cases from its start fill up, or zeros. */
export function takeRows({ shape, data }: Tensor, { first, count, fill }: { readonly first: number; readonly count: number; readonly fill: "cases" | "zeros" }): Tensor<"float32"> {
  const values = data as Float32Array;
  const [batch, ...rest] = shape as [number, ...number[]];
  const size = sizeOf(rest);
  const missing = first + count - batch;
  if (missing <= 0) return float32([count, ...rest], values.subarray(first * size, (first + count) * size));
  const filled = new Float32Array(count * size);
  filled.set(values.subarray(first * size));
  if (fill === "zeros") return float32([count, ...rest], filled);
  for (let i = count - missing; i < count; i++) {
    const from = (first + i) % batch;
    filled.set(values.subarray(from * size, (from + 1) * size), i * size);
  }
  return float32([count, ...rest], filled);
}

/** Steps whose batch is taken in parts: each adds its gradients to sums in memory, in place, and one update ends the step. */
export class AccumulatingRunner implements StepRunner {
  readonly atOnce = 1;
  readonly #options: StepRunnerOptions;
  readonly #gradients: Session;
  readonly #update: Session;
  readonly #plan: Accumulation;
  readonly #sums: ReadonlyMap<string, Tensor<"float32">>;

  constructor(options: StepRunnerOptions, sessions: { readonly gradients: Session; readonly update: Session; readonly plan: Accumulation }) {
    this.#options = options;
    this.#gradients = sessions.gradients;
    this.#update = sessions.update;
    this.#plan = sessions.plan;
    this.#sums = new Map(sessions.plan.sums.map(({ name, shape }) => [name, zeros("float32", shape)]));
  }

  run(steps: readonly Tensors[]): Promise<Record<string, Tensor>[]> {
    return oneByOne(steps, (feeds) => this.#step(feeds));
  }

  async #step(feeds: Tensors): Promise<Record<string, Tensor>> {
    const { state, fixed, stepGraph } = this.#options;
    const { parts, rows, whole, sums } = this.#plan;
    const { input, targets, masks, loss, logits, scaling } = stepGraph;
    const before = scaling && state.copyStatistics();
    const sumInputs = Object.fromEntries(sums.flatMap((value) => stateInputs(value, this.#sums.get(value.name)!)));
    const sumOutputs = Object.fromEntries(sums.flatMap((value) => stateOutputs(value, this.#sums.get(value.name)!)));
    for (const { data } of this.#sums.values()) data.fill(0);
    let lossSum = 0;
    let isFinite: Tensor | undefined;
    const found: Tensor[] = [];
    for (let part = 0; part < parts; part++) {
      const place = { first: part * rows, count: rows };
      const cases = Object.fromEntries([input.name, ...masks.map(({ name }) => name)].map((name) => [name, takeRows(feeds[name]!, { ...place, fill: "cases" })]));
      const own = { ...cases, ...(scaling && { [scaling.scale]: feeds[scaling.scale]! }), [targets.name]: takeRows(feeds[targets.name]!, { ...place, fill: "zeros" }), [whole]: feeds[targets.name]! };
      const inputs = pick(this.#gradients.inputs, { ...state.feeds(), ...fixed, ...sumInputs, ...own });
      const results = await this.#gradients.run(inputs, pick(this.#gradients.outputs, { ...state.targets(), ...sumOutputs }));
      lossSum += Number(results[loss]!.data[0]);
      found.push(results[logits]!);
      // What is not finite stays so in the sums: the last part tells of all.
      isFinite = scaling && results[scaling.isFinite];
      // Running statistics move with every part. The state is whole only with the update.
      state.swap();
      state.lend();
    }
    if (isFinite?.data[0] === 0) state.restoreStatistics(before!);
    else {
      const inputs = pick(this.#update.inputs, { ...state.feeds(), ...fixed, ...sumInputs, ...feeds });
      await this.#update.run(inputs, pick(this.#update.outputs, state.targets()));
    }
    state.keep();
    return { [loss]: float32([], [lossSum]), [logits]: joinRows(found, feeds[targets.name]!.shape[0]!), ...(scaling && { [scaling.isFinite]: isFinite! }) };
  }

  async settle(): Promise<void> {}
}

/** The first rows of all parts; those after filled up the last one. */
function joinRows(parts: readonly Tensor[], count: number): Tensor<"float32"> {
  const [rows, ...rest] = parts[0]!.shape as [number, ...number[]];
  const size = sizeOf(rest);
  const joined = new Float32Array(count * size);
  for (const [i, { data }] of parts.entries()) joined.set((data as Float32Array).subarray(0, (count - i * rows) * size), i * rows * size);
  return float32([count, ...rest], joined);
}
