import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import { InputError, float32 } from "../base/index.js";
import { narrowestCut } from "./cut.js";
import { predict } from "./inference.js";
import { predictFold } from "./predict-fold.js";
import { divide } from "./regimes.js";
import { bandSource, differing, tinyTask } from "./synthetic.testkit.js";
import { SessionCache } from "./sessions.js";
import { trainFold as train, type TrainFoldOptions } from "./train-fold.js";

const sessions = new SessionCache({ limit: 20 });
after(() => sessions.release());
const trainFold = (options: TrainFoldOptions) => train({ sessions, ...options });

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

async function inFolder(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "osteon-train-"));
  try {
    await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

test("eight images are memorised, and the trained weights predict them", async () => {
  const { network, startWeights, recipe } = tinyTask("scratch", { epochs: 40, batchSize: 8, dropout: 0, optimizer: { learningRate: 5e-3 } });
  const source = bandSource({ cases: 8 });
  // Labels that nothing in the image speaks for.
  const shuffled = { ...source, labels: [0, 1, 1, 0, 1, 0, 0, 1] };
  const result = await trainFold({ network, startWeights, recipe, regime: { name: "scratch" }, source: shuffled, train: range(0, 8), seed: 1 });
  const last = result.history.at(-1)!;
  assert.equal(last.accuracy, 1);
  assert.ok(last.loss < 0.1, `loss ${last.loss}`);
  assert.equal(result.bestEpoch, 39);
});

test("the same seed gives the same weights bit for bit, another seed others", async () => {
  const task = tinyTask("fine-tuning", { epochs: 2, batchNorm: "train" });
  const run = (seed: number) =>
    trainFold({ ...task, regime: { name: "fine-tuning", stages: "all" }, source: bandSource({ cases: 10, augmented: true }), train: range(0, 10), seed });
  const [a, b, c] = [await run(1), await run(1), await run(2)];
  assert.deepEqual(differing(a.weights, b.weights), []);
  assert.ok(differing(a.weights, c.weights).length > 10);
});

test("a run whose batches are taken in parts, stopped by its signal at any step and resumed, equals one that was not", () =>
  inFolder(async (directory) => {
    const task = tinyTask("scratch", { epochs: 3, microBatch: 2, earlyStopping: { patience: 1, metric: "accuracy" }, optimizer: { name: "adam" } });
    const options = { ...task, regime: { name: "scratch" } as const, source: bandSource({ cases: 14, augmented: true }), train: range(0, 10), validation: range(10, 14), seed: 3 };
    const whole = await trainFold(options);
    let interruptions = 0;
    for (;;) {
      const controller = new AbortController();
      let steps = 0;
      try {
        const result = await trainFold({
          ...options,
          directory,
          signal: controller.signal,
          onProgress: () => {
            steps += 1;
            if (steps === 2) controller.abort();
          },
        });
        assert.deepEqual(differing(result.weights, whole.weights), []);
        const timeless = (history: typeof result.history) => history.map(({ epoch, loss, accuracy, learningRate, validationLoss }) => ({ epoch, loss, accuracy, learningRate, validationLoss }));
        assert.deepEqual(timeless(result.history), timeless(whole.history));
        assert.equal(result.bestEpoch, whole.bestEpoch);
        break;
      } catch (error) {
        assert.equal((error as Error).name, "AbortError");
        interruptions += 1;
      }
    }
    assert.ok(interruptions >= 2);
    // A finished run comes back from its folder without a step.
    let steps = 0;
    const again = await trainFold({ ...options, directory, onProgress: ({ epoch }) => (steps += epoch === undefined ? 1 : 0) });
    assert.equal(steps, 0);
    assert.deepEqual(differing(again.weights, whole.weights), []);
    await assert.rejects(trainFold({ ...options, seed: 4, directory }), /expected a checkpoint of this run/);
  }));

test("a run that pauses after an epoch and goes on from its folder equals one that did not, and each pause gives the weights of that epoch", () =>
  inFolder(async (directory) => {
    const task = tinyTask("scratch", { epochs: 3, optimizer: { name: "adam" } });
    const options = { ...task, regime: { name: "scratch" } as const, source: bandSource({ cases: 10, augmented: true }), train: range(0, 10), seed: 3 };
    const whole = await trainFold(options);
    const paused = await trainFold({ ...options, directory, untilEpoch: 1 });
    assert.equal(paused.history.length, 1);
    let steps = 0;
    const again = await trainFold({ ...options, directory, untilEpoch: 1, onProgress: ({ epoch }) => (steps += epoch === undefined ? 1 : 0) });
    assert.equal(steps, 0, "what is paused there is read back");
    assert.deepEqual(differing(again.weights, paused.weights), []);
    assert.ok(differing(paused.weights, whole.weights).length > 10);
    const result = await trainFold({ ...options, directory, untilEpoch: 3, onProgress: ({ epoch }) => (steps += epoch === undefined ? 1 : 0) });
    assert.equal(steps, whole.updates - paused.updates, "only what was left is trained");
    assert.deepEqual(differing(result.weights, whole.weights), []);
  }));

for (const architecture of ["mobilenet_v2-tiny", "resnet50-tiny", "vgg16-tiny"] as const) {
  test(`frozen stages of ${architecture} keep every bit, trained ones change`, async () => {
    const task = tinyTask("fine-tuning", { epochs: 1, batchNorm: "train" }, { architecture });
    for (const regime of [{ name: "feature-extraction" }, { name: "fine-tuning", stages: 2 }] as const) {
      const result = await trainFold({ ...task, regime, source: bandSource({ cases: 8 }), train: range(0, 8), seed: 1 });
      const { trained, frozen } = divide(task.network, regime);
      const changed = differing(task.startWeights, result.weights);
      assert.deepEqual(changed.filter((name) => frozen.includes(name)), []);
      assert.deepEqual(trained.filter((name) => !changed.includes(name)), []);
    }
  });
}

test("a head trained on cached features predicts as the whole network does, and images are computed once for all runs", () =>
  inFolder(async (featureDirectory) => {
    const task = tinyTask("feature-extraction", { epochs: 4, dropout: 0, optimizer: { learningRate: 0.01 } });
    const source = bandSource({ cases: 12 });
    const options = { ...task, regime: { name: "feature-extraction" } as const, source, train: range(0, 8), validation: range(8, 12), featureDirectory };
    const result = await trainFold({ ...options, seed: 1 });
    assert.equal(source.reads, 12);
    assert.equal((await readdir(featureDirectory)).length, 1);
    const other = await trainFold({ ...options, train: range(4, 12), validation: range(0, 4), seed: 2 });
    assert.equal(source.reads, 12);
    assert.ok(differing(result.weights, other.weights).length > 0);
    const predictions = await predict({ network: task.network, weights: result.weights, source, indices: range(8, 12) });
    // Through the cache, and with the weights as inputs: the same up to rounding.
    const quick = await predictFold({ ...options, trained: result, indices: range(8, 12), sessions });
    assert.equal(source.reads, 12 + 4, "predict reads the images, predictFold the features");
    quick.logits.data.forEach((logit, i) => assert.ok(Math.abs(logit - predictions.logits.data[i]!) < 1e-4));
    const agreeing = predictions.classes.filter((k, i) => k === source.labels[8 + i]).length;
    assert.equal(agreeing / 4, result.history.at(-1)!.validationAccuracy);
    const losses = [8, 9, 10, 11].map((index, i) => -Math.log(predictions.probabilities.data[2 * i + source.labels[index]!]!));
    const mean = losses.reduce((sum, value) => sum + value, 0) / 4;
    assert.ok(Math.abs(mean - result.history.at(-1)!.validationLoss!) < 1e-5);
  }));

test("augmented frozen features are computed every epoch, or once per view where their number is fixed", async () => {
  for (const [augmentedViews, reads] of [["every-epoch", 4 * 8], [2, 2 * 8]] as const) {
    const task = tinyTask("feature-extraction", { epochs: 4, augmentedViews });
    const source = bandSource({ cases: 8, augmented: true });
    await trainFold({ ...task, regime: { name: "feature-extraction" }, source, train: range(0, 8), seed: 1 });
    assert.equal(source.reads, reads);
  }
});

test("early stopping keeps the best epoch's weights and stops after the patience", async () => {
  const task = tinyTask("scratch", { epochs: 20, earlyStopping: { patience: 2, metric: "loss" }, optimizer: { learningRate: 0.02 } });
  const source = bandSource({ cases: 16 });
  const result = await trainFold({ ...task, regime: { name: "scratch" }, source, train: range(0, 12), validation: range(12, 16), seed: 1 });
  const losses = result.history.map(({ validationLoss }) => validationLoss!);
  assert.equal(result.bestEpoch, losses.indexOf(Math.min(...losses)));
  assert.ok(!result.stoppedEarly || losses.length === result.bestEpoch + 3);
  const predictions = await predict({ ...task, weights: result.weights, source, indices: range(12, 16) });
  const found = [12, 13, 14, 15].reduce((sum, index, i) => sum - Math.log(predictions.probabilities.data[2 * i + source.labels[index]!]!) / 4, 0);
  assert.ok(Math.abs(found - losses[result.bestEpoch]!) < 1e-4 * (1 + found), `${found} and not ${losses[result.bestEpoch]}`);
});

test("a loss that is no number stops the run with a remedy", async () => {
  const task = tinyTask("fine-tuning");
  const [name, { shape }] = [...task.startWeights].at(-1)!;
  const startWeights = new Map([...task.startWeights, [name, float32(shape, new Float32Array(shape[0]!).fill(Number.NaN))] as const]);
  const run = trainFold({ ...task, startWeights, regime: { name: "fine-tuning", stages: "all" }, source: bandSource({ cases: 8 }), train: range(0, 8), seed: 1 });
  await assert.rejects(run, (error) => error instanceof InputError && error.code === "training-diverged" && error.message.includes("Lower the learning rate"));
});

test("what cannot be trained is refused before anything runs", async () => {
  const task = tinyTask("scratch");
  const options = { ...task, regime: { name: "scratch" } as const, source: bandSource({ cases: 8 }), train: range(0, 6), seed: 1 };
  await assert.rejects(trainFold({ ...options, train: [] }), /expected at least one case/);
  await assert.rejects(trainFold({ ...options, validation: [5, 6] }), /got case 5 in both/);
  await assert.rejects(trainFold({ ...options, startWeights: new Map() }), /expected every parameter/);
  await assert.rejects(trainFold({ ...options, source: bandSource({ cases: 8, classes: 3 }) }), /expected a head for 3 classes, got 2/);
  await assert.rejects(trainFold({ ...options, recipe: { ...task.recipe, earlyStopping: { fraction: 0.1, patience: 1, metric: "loss" } } }), /expected validation cases/);
  await assert.rejects(trainFold({ ...options, regime: { name: "fine-tuning", stages: 99 } }), /expected stages "all" or 1 to 9, got 99/);
});

test("the frozen part ends behind the pooling of a convolutional trunk", () => {
  const { network } = tinyTask("scratch");
  assert.equal(narrowestCut(network, "features.7"), "pool.flatten");
});
