import assert from "node:assert/strict";
import test from "node:test";
import { float32 } from "../base/index.js";
import { buildNetwork, formulaTensor, formulaWeights, type ArchitectureName } from "../models/index.js";
import { takeRows } from "./accumulating-runner.js";
import { drawMasks } from "./dropout-masks.js";
import { resolveRecipe, type RecipeChanges } from "./recipe.js";
import { divide } from "./regimes.js";
import { RunState } from "./run-state.js";
import { SessionCache } from "./sessions.js";
import { buildStepGraph } from "./step-graph.js";
import { openStepRunner } from "./open-step-runner.js";

const batch = 7;

/** Losses, logits and state after two steps; the batch whole or in parts. */
async function twoSteps(architecture: ArchitectureName, changes: RecipeChanges, mostUpdatedBytes: number) {
  const network = buildNetwork(architecture, { classes: 3, inputSize: 32 });
  const recipe = resolveRecipe("fine-tuning", changes);
  const stepGraph = buildStepGraph({ network, start: "input", batch, recipe, trained: divide(network, { name: "scratch" }).trained, classWeights: [0.5, 1, 2], mostUpdatedBytes });
  const weights = formulaWeights(network);
  const state = new RunState(stepGraph, weights, "");
  const sessions = new SessionCache({ engine: { threads: 1 } });
  const anchors = Object.entries(stepGraph.anchors).map(([input, parameter]) => [input, weights.get(parameter)!] as const);
  const fixed = Object.fromEntries([...stepGraph.fixed.map((name) => [name, weights.get(name)!] as const), ...anchors]);
  const runner = await openStepRunner({ stepGraph, state, fixed, sessions });
  const results = [];
  for (const step of [1, 2]) {
    const scalars = [...stepGraph.scalars({ learningRate: 1e-2, step, stepsPerEpoch: 2 })].map(([name, value]) => [name, float32([], [value])] as const);
    const [found] = await runner.run([{
      ...Object.fromEntries(scalars),
      ...drawMasks(stepGraph.masks, { seed: 1, update: step }),
      [stepGraph.input.name]: formulaTensor(`images ${step}`, stepGraph.input.shape, { scale: 2, offset: 0 }),
      [stepGraph.targets.name]: float32(stepGraph.targets.shape, Float32Array.from({ length: 3 * batch }, (_, i) => (i % 3 === Math.floor(i / 3) % 3 ? 1 : 0))),
    }]);
    results.push(found![stepGraph.loss]!, found![stepGraph.logits]!);
  }
  await sessions.release();
  return { results, tensors: state.toCheckpoint().tensors, parts: stepGraph.accumulation?.parts ?? 1, isWhole: state.isWhole };
}

function assertClose(found: ArrayLike<number>, expected: ArrayLike<number>, subject: string): void {
  const scale = Math.max(...Array.from(expected, Math.abs));
  assert.equal(found.length, expected.length, subject);
  for (let i = 0; i < found.length; i++) assert.ok(Math.abs(found[i]! - expected[i]!) <= 2e-5 * scale, `${subject}[${i}]: ${found[i]} and not ${expected[i]}`);
}

const sgd = { name: "sgd", learningRate: 1e-2, momentum: 0.9 } as const;

for (const [architecture, changes, mostUpdatedBytes] of [
  // A linear layer is updated a run of rows at a time; label smoothing and class weights make the mean over a part another one.
  ["vgg16-tiny", { optimizer: sgd, dropout: 0.5, labelSmoothing: 0.1 }, 20_000],
  // Whole branches are left out, image by image; the norm is that of all gradients together.
  ["efficientnet_v2-tiny", { optimizer: sgd, gradientClip: 0.1, startPenalty: 0.1 }, Infinity],
] as const) {
  test(`two steps of ${architecture} are the same but for rounding, whether a batch of 7 is taken whole or in parts of 3`, async () => {
    const whole = await twoSteps(architecture, changes, mostUpdatedBytes);
    const inParts = await twoSteps(architecture, { ...changes, microBatch: 3 }, mostUpdatedBytes);
    assert.deepEqual([whole.parts, inParts.parts, inParts.isWhole], [1, 3, true]);
    for (const [i, { data, shape }] of whole.results.entries()) {
      assert.deepEqual(inParts.results[i]!.shape, shape);
      assertClose(inParts.results[i]!.data as Float32Array, data as Float32Array, `result ${i}`);
    }
    assert.deepEqual([...inParts.tensors.keys()].sort(), [...whole.tensors.keys()].sort());
    for (const [name, { data }] of whole.tensors) assertClose(inParts.tensors.get(name)!.data, data, name);
  });
}

test("the last part of a batch is filled up with its first cases, or with zeros", () => {
  const rows = float32([3, 2], [1, 2, 3, 4, 5, 6]);
  assert.deepEqual([...takeRows(rows, { first: 0, count: 2, fill: "cases" }).data], [1, 2, 3, 4]);
  assert.deepEqual([...takeRows(rows, { first: 2, count: 2, fill: "cases" }).data], [5, 6, 1, 2]);
  assert.deepEqual([...takeRows(rows, { first: 2, count: 2, fill: "zeros" }).data], [5, 6, 0, 0]);
});
