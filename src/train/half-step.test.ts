import assert from "node:assert/strict";
import test, { after } from "node:test";
import { float32, type Tensor } from "../base/index.js";
import { buildNetwork, formulaTensor, formulaWeights } from "../models/index.js";
import { openStepRunner } from "./open-step-runner.js";
import { resolveRecipe } from "./recipe.js";
import { divide } from "./regimes.js";
import { RunState } from "./run-state.js";
import { SessionCache } from "./sessions.js";
import { buildStepGraph, type StepGraph } from "./step-graph.js";
import { differing } from "./synthetic.testkit.js";

const network = buildNetwork("mobilenet_v2-tiny", { classes: 3, inputSize: 64 });
/** The last convolution, its normalization and the head. */
const division = divide(network, { name: "fine-tuning", stages: 2 });
const sessions = new SessionCache({ engine: { threads: 1, layout: "plain" } });
after(() => sessions.release());

const graphOf = (isHalf: boolean, microBatch: number | undefined): StepGraph => {
  const recipe = resolveRecipe("scratch", { dropout: 0, batchNorm: "train", microBatch, optimizer: { name: "adamw", learningRate: 1e-2 } });
  return buildStepGraph({ network, start: division.boundary!, batch: 4, recipe, trained: division.trained, ...(isHalf && { half: "emulated" }) });
};

/** Steps of the end of the small MobileNetV2 with batch statistics, each at a scale of its own; undefined: single precision. */
async function takeSteps(stepGraph: StepGraph, scales: readonly (number | undefined)[]) {
  const weights = formulaWeights(network);
  const state = new RunState(stepGraph, weights, "");
  const runner = await openStepRunner({ stepGraph, state, fixed: Object.fromEntries(stepGraph.fixed.map((name) => [name, weights.get(name)!])), sessions });
  const copy = () => new Map([...state.toCheckpoint().tensors].map(([name, { shape, data }]): [string, Tensor<"float32">] => [name, float32(shape, data.slice())]));
  const states = [copy()];
  const finite: number[] = [];
  const skipped: number[] = [];
  for (const [i, scale] of scales.entries()) {
    const scalars = [...stepGraph.scalars({ learningRate: 1e-2, step: i + 1, stepsPerEpoch: 9, skipped })].map(([name, value]) => [name, float32([], [value])] as const);
    const [results] = await runner.run([{
      ...Object.fromEntries(scalars),
      ...(scale !== undefined && { [stepGraph.scaling!.scale]: float32([], [scale]) }),
      [stepGraph.input.name]: formulaTensor("images", stepGraph.input.shape, { scale: 2, offset: 0 }),
      [stepGraph.targets.name]: float32(stepGraph.targets.shape, [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0]),
    }]);
    if (stepGraph.scaling) finite.push(Number(results![stepGraph.scaling.isFinite]!.data[0]));
    if (finite.at(-1) === 0) skipped.push(i + 1);
    states.push(copy());
  }
  return { states, finite };
}

/** Cosine between what two steps add to the tensors of some names. */
function cosine([a0, a1]: readonly ReadonlyMap<string, Tensor>[], [b0, b1]: readonly ReadonlyMap<string, Tensor>[], isAsked: (name: string) => boolean): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (const [name, { data }] of [...a0!].filter(([one]) => isAsked(one))) {
    for (let i = 0; i < data.length; i++) {
      const [a, b] = [Number(a1!.get(name)!.data[i]) - Number(data[i]), Number(b1!.get(name)!.data[i]) - Number(b0!.get(name)!.data[i])];
      [ab, aa, bb] = [ab + a * b, aa + a * a, bb + b * b];
    }
  }
  return ab / Math.sqrt(aa * bb);
}

test("a step in half precision goes where one in single precision does; one whose gradients are not finite changes nothing, bit for bit", async () => {
  const graph = graphOf(true, undefined);
  const single = await takeSteps(graphOf(false, undefined), [undefined]);
  const half = await takeSteps(graph, [2 ** 40, 1024]);
  assert.deepEqual(half.finite, [0, 1]);
  assert.deepEqual(differing(half.states[0]!, half.states[1]!), []);
  // The first moment of the first step is a tenth of the gradient.
  const [gradients, statistics] = ["/firstMoment", "running"].map((part) => cosine(single.states, half.states.slice(1), (name) => name.includes(part)));
  assert.ok(gradients! > 0.999 && statistics! > 0.9999, `${gradients} and ${statistics}`);
  // Adam counts the steps that it took.
  assert.deepEqual(differing((await takeSteps(graph, [1024])).states[1]!, half.states[2]!), []);
});

test("the same where a batch is taken in parts, whose running statistics have moved by then", async () => {
  const graph = graphOf(true, 2);
  const half = await takeSteps(graph, [2 ** 40, 1024]);
  assert.deepEqual(half.finite, [0, 1]);
  assert.deepEqual(differing(half.states[0]!, half.states[1]!), []);
  assert.deepEqual(differing((await takeSteps(graph, [1024])).states[1]!, half.states[2]!), []);
});
