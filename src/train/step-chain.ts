import { float32, Memo, sizeOf, zeros, type Tensor } from "../base/index.js";
import { GraphBuilder, inlineInto, type Graph } from "../graph/index.js";
import type { StepGraph } from "./step-graph.js";

/** Several steps as one graph, each from the state that the one before leaves. */
export interface StepChain {
  readonly graph: Graph;
  readonly steps: number;
  /** What the steps read, one after the other, as the graph reads it. */
  stack(feeds: readonly Readonly<Record<string, Tensor>>[]): Record<string, Tensor>;
  /** What the graph gives, by step. */
  part(results: Readonly<Record<string, Tensor>>): Record<string, Tensor>[];
}

/** Bytes of images above which a call of the runtime costs little beside the step. */
const mostBatchBytes = 2 ** 20;
/** Steps at once at most: every one adds its nodes to the graph. */
const mostSteps = 32;

/**
 * How many steps of an epoch are worth one graph. A step on a linear layer and 16 rows of features takes a tenth of the time that a call of
 * the runtime does. All calls take the same number, so that one graph serves them.
 * @returns 1 where a step is worth a call
 */
export function stepsAtOnce({ input, state, accumulation }: StepGraph, stepsPerEpoch: number): number {
  const isSmall = 4 * sizeOf(input.shape) <= mostBatchBytes && input.name !== "input";
  if (!isSmall || accumulation !== undefined || state.some(({ rows }) => rows !== undefined)) return 1;
  return Math.floor(stepsPerEpoch / Math.ceil(stepsPerEpoch / mostSteps));
}

/** Joins tensors of one shape along a first axis, new where they are scalars. */
function join(tensors: readonly Tensor[]): Tensor {
  const { dtype, shape } = tensors[0]!;
  const [first = 1, ...rest] = shape;
  const joined = zeros(dtype, [tensors.length * first, ...rest]);
  for (const [i, { data }] of tensors.entries()) (joined.data as Float32Array).set(data as Float32Array, i * sizeOf(shape));
  return joined;
}

/** The folds of a cell take the same steps. */
const known = new Memo<StepGraph, StepChain>();

/**
 * Writes steps one after the other. What the last step writes depends on all that the first one reads, so that the state may be written in
 * place as by one step.
 */
export function chainSteps(stepGraph: StepGraph, steps: number): StepChain {
  return known.get(stepGraph, `${steps}`, () => writeSteps(stepGraph, steps));
}

function writeSteps(stepGraph: StepGraph, steps: number): StepChain {
  const { graph, state, fixed, loss, logits } = stepGraph;
  const kept = new Set([...state.map(({ name }) => name), ...fixed, ...Object.keys(stepGraph.anchors)]);
  const changing = graph.inputs.filter(({ name }) => !kept.has(name));
  const builder = new GraphBuilder({ name: `${steps} steps` });
  for (const { name, dtype, shape } of graph.inputs) {
    const [first = 1, ...rest] = shape as number[];
    builder.input(name, dtype, kept.has(name) ? shape : [steps * first, ...rest]);
  }
  const now = new Map([...kept].map((name) => [name, name]));
  const own = (name: string, shape: readonly number[], step: number): string => {
    if (shape.length === 0) return builder.op("Gather", [name, builder.constant(step, "int64")], { axis: 0 });
    return builder.op("Slice", [name, builder.constant([step * shape[0]!]), builder.constant([(step + 1) * shape[0]!]), builder.constant([0])]);
  };
  const results: Record<string, string>[] = [];
  for (let step = 0; step < steps; step++) {
    const inputs = changing.map(({ name, shape }) => [name, own(name, shape as number[], step)] as const);
    const bind = Object.fromEntries([...graph.inputs.flatMap(({ name }) => (now.has(name) ? [[name, now.get(name)!] as const] : [])), ...inputs]);
    const outputs = inlineInto(builder, graph, { prefix: `step ${step}/`, bind });
    for (const { name, next } of state) now.set(name, outputs[next]!);
    results.push(outputs);
  }
  const row = (value: string): string => builder.op("Reshape", [value, builder.constant([1])]);
  builder.output(builder.op("Concat", results.map((outputs) => row(outputs[loss]!)), { axis: 0 }), loss);
  builder.output(builder.op("Concat", results.map((outputs) => outputs[logits]!), { axis: 0 }), logits);
  for (const { name, next } of state) builder.output(now.get(name)!, next);
  return {
    graph: builder.build(),
    steps,
    stack: (feeds) => Object.fromEntries(changing.map(({ name }) => [name, join(feeds.map((own) => own[name]!))])),
    part: ({ [loss]: losses, [logits]: all }) => {
      const [rows, classes] = all!.shape as [number, number];
      const count = rows / steps;
      return Array.from({ length: steps }, (_, i) => ({
        [loss]: float32([], (losses!.data as Float32Array).subarray(i, i + 1)),
        [logits]: float32([count, classes], (all!.data as Float32Array).subarray(i * count * classes, (i + 1) * count * classes)),
      }));
    },
  };
}
