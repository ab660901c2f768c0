import assert from "node:assert/strict";
import test from "node:test";
import type { Tensor } from "../base/index.js";
import type { RecipeChanges } from "./recipe.js";
import { buildStepGraph } from "./step-graph.js";
import { bandSource, differing, tinyTask } from "./synthetic.testkit.js";
import { trainFold } from "./train-fold.js";

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Trains the tiny network on 8 cases with batches of 4: two steps in an epoch. */
async function trained(changes: RecipeChanges) {
  const task = tinyTask("fine-tuning", { batchSize: 4, dropout: 0, schedule: { name: "constant", warmupEpochs: 0 }, ...changes });
  const result = await trainFold({ ...task, regime: { name: "fine-tuning", stages: "all" }, source: bandSource({ cases: 8 }), train: range(8), seed: 1 });
  return { ...task, ...result };
}

/** Length of the way from one set of weights to another, per stage. */
function wayByStage(network: ReturnType<typeof tinyTask>["network"], from: ReadonlyMap<string, Tensor>, to: ReadonlyMap<string, Tensor>): number[] {
  return network.stages.map(({ name }) => {
    const own = network.parameters.filter(({ stage }) => stage === name);
    const squares = own.map((parameter) => {
      const [a, b] = [from.get(parameter.name)!.data, to.get(parameter.name)!.data];
      return Array.from(a as Float32Array).reduce((sum, value, i) => sum + (value - Number(b[i])) ** 2, 0);
    });
    return Math.sqrt(squares.reduce((sum, value) => sum + value, 0));
  });
}

test("one step of plain descent goes decay^distance as far in every stage as with one rate for all (law)", async () => {
  // One batch of all cases: a way is its rate times the gradient, which is the same in both. The rate is high, so that rounding of the weights matters little.
  const plain: RecipeChanges = { epochs: 1, batchSize: 8, weightDecay: 0, optimizer: { name: "sgd", momentum: 0, learningRate: 10 } };
  const [even, falling] = [await trained(plain), await trained({ ...plain, stageRateDecay: 0.5, headRateFactor: 3 })];
  const [a, b] = [even, falling].map(({ network, startWeights, weights }) => wayByStage(network, startWeights, weights));
  const last = even.network.stages.length - 1;
  for (const [i, way] of b!.entries()) {
    const expected = 0.5 ** (last - i) * (i === last ? 3 : 1);
    assert.ok(Math.abs(way / a![i]! - expected) < 0.02 * expected, `stage ${i}: ${way / a![i]!} and not ${expected}`);
  }
});

for (const optimizer of ["sgd", "adam", "adamw"] as const) {
  test(`${optimizer} with gradual unfreezing leaves a stage as it was until its turn comes, weight decay and clipping included`, async () => {
    const changes: RecipeChanges = { unfreezeEpochs: 1, weightDecay: 0.1, decayed: "all", gradientClip: 1, optimizer: { name: optimizer, learningRate: 0.01 } };
    for (const epochs of [1, 3]) {
      const { network, startWeights, weights } = await trained({ ...changes, epochs });
      const changed = new Set(differing(startWeights, weights));
      for (const [i, { name }] of network.stages.entries()) {
        const own = network.parameters.filter(({ stage, role }) => stage === name && !role.startsWith("running"));
        const isOpen = network.stages.length - 1 - i < epochs;
        assert.deepEqual(own.filter((parameter) => changed.has(parameter.name) !== isOpen).map((parameter) => parameter.name), [], `${name} after ${epochs} epochs`);
      }
    }
  });
}

test("a stage that is unfrozen later begins with the corrections of a first step, as a parameter group added then (law)", () => {
  const { network, recipe } = tinyTask("fine-tuning", { unfreezeEpochs: 2 });
  const stepGraph = buildStepGraph({ network, start: "input", batch: 4, recipe, trained: network.parameters.filter(({ role }) => role === "weight").map(({ name }) => name) });
  const [head, before] = [network.stages.at(-1)!.name, network.stages.at(-2)!.name];
  const at = (step: number) => stepGraph.scalars({ learningRate: 1, step, stepsPerEpoch: 3 });
  assert.equal(at(6).get(`${before}/gate`), 0);
  assert.equal(at(6).get(`${before}/stepSize`), 0);
  for (const key of ["stepSize", "rootCorrection", "gate"]) assert.equal(at(7).get(`${before}/${key}`), at(1).get(`${head}/${key}`), key);
});

test("a strong penalty keeps the weights near their start, and the head free", async () => {
  const plain: RecipeChanges = { epochs: 4, weightDecay: 0, optimizer: { name: "sgd", learningRate: 0.02, momentum: 0 } };
  const [free, held] = [await trained(plain), await trained({ ...plain, startPenalty: 30 })];
  const [a, b] = [free, held].map(({ network, startWeights, weights }) => {
    const isDecayed = ({ role, name }: { role: string; name: string }) => role === "weight" && !network.headParameters.includes(name);
    return wayByStage({ ...network, parameters: network.parameters.filter(isDecayed) }, startWeights, weights);
  });
  // 8 steps that each shrink the way by 1 - rate x strength = 0.4.
  for (const [i, way] of b!.entries()) if (a![i]! > 0) assert.ok(way < 0.45 * a![i]!, `stage ${i}: ${way} of ${a![i]!}`);
  const head = held.network.headParameters[0]!;
  assert.ok(differing(held.startWeights, held.weights).includes(head));
});
