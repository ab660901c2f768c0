import assert from "node:assert/strict";
import test from "node:test";
import { chainSteps, stepsAtOnce } from "./step-chain.js";
import { buildStepGraph } from "./step-graph.js";
import { bandSource, tinyTask } from "./synthetic.testkit.js";
import { trainFold } from "./train-fold.js";

const cases = Array.from({ length: 22 }, (_, i) => i);

test("steps on features taken an epoch at a time end in the weights and losses of steps taken one by one", async () => {
  const task = tinyTask("feature-extraction", { epochs: 4, dropout: 0.3, labelSmoothing: 0.1, optimizer: { name: "adamw", learningRate: 1e-2 }, gradientClip: 1 });
  const options = { ...task, regime: { name: "feature-extraction" } as const, source: bandSource({ cases: 22 }), train: cases, seed: 5, engine: { threads: 1 } };
  let told = 0;
  const together = await trainFold({ ...options, onProgress: () => (told += 1) });
  // A checkpoint every so many steps needs every step apart.
  const apart = await trainFold({ ...options, checkpointSteps: 1000 });
  assert.deepEqual([together.updates, together.batch.stepsPerEpoch, told], [24, 6, 3 + 24 + 4]);
  for (const [epoch, { loss, accuracy }] of apart.history.entries()) {
    assert.ok(Math.abs(together.history[epoch]!.loss - loss) <= 1e-6 * loss, `loss of epoch ${epoch}`);
    assert.equal(together.history[epoch]!.accuracy, accuracy);
  }
  for (const name of apart.trained) {
    const [found, expected] = [together.weights.get(name)!.data, apart.weights.get(name)!.data];
    for (const [i, value] of expected.entries()) assert.ok(Math.abs(found[i]! - value) <= 1e-6 * (1 + Math.abs(value)), `${name}[${i}]: ${found[i]} and not ${value}`);
  }
});

test("only small steps on features are taken together, in calls of equal length", () => {
  const { network, recipe } = tinyTask("feature-extraction");
  const step = buildStepGraph({ network, start: "pool.flatten", batch: 4, recipe, trained: network.headParameters });
  assert.deepEqual([1, 5, 32, 33, 45, 1000].map((steps) => stepsAtOnce(step, steps)), [1, 5, 32, 16, 22, 31]);
  const whole = buildStepGraph({ network, start: "input", batch: 4, recipe, trained: network.headParameters });
  assert.equal(stepsAtOnce(whole, 5), 1);
  assert.equal(stepsAtOnce({ ...step, input: { ...step.input, shape: [4, 2 ** 20] } }, 5), 1);
  assert.equal(chainSteps(step, 3).graph.nodes.filter(({ op }) => op === "LogSoftmax").length, 3);
});
