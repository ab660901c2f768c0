import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { float32 } from "../base/index.js";
import { createSession } from "../engine/index.js";
import { buildNetwork, formulaTensor, formulaWeights } from "../models/index.js";
import { resolveRecipe } from "./recipe.js";
import { divide } from "./regimes.js";
import { RunState } from "./run-state.js";
import { buildStepGraph } from "./step-graph.js";

interface Stored {
  labels: number[];
  classWeights: number[];
  labelSmoothing: number;
  size: number;
  runs: {
    name: "sgd" | "adamw";
    settings: { learningRate: number; weightDecay: number; momentum?: number; epsilon?: number };
    batchNorm: "train" | "frozen";
    clip: number | null;
    losses: number[];
    weights: Record<string, { norm: number; first: number[] }>;
  }[];
}

// torchvision 0.14.1 on PyTorch 1.13.1, scripts/reference/train.py.
const stored = JSON.parse(readFileSync(path.resolve("test/fixtures/train/steps.json"), "utf8")) as Stored;

for (const run of stored.runs) {
  const { name, batchNorm, settings, clip } = run;
  const clipped = clip === null ? "" : ", clipped";
  test(`three steps of the tiny MobileNetV2 by ${name} with ${batchNorm} batch normalization${clipped} end in PyTorch's weights and running statistics`, async () => {
    const network = buildNetwork("mobilenet_v2-tiny", { classes: 3, inputSize: stored.size });
    const { weightDecay, ...optimizer } = settings;
    const recipe = resolveRecipe("scratch", {
      optimizer: { name, ...optimizer },
      weightDecay,
      decayed: "all",
      labelSmoothing: stored.labelSmoothing,
      batchNorm,
      dropout: 0,
      gradientClip: clip ?? undefined,
    });
    const batch = stored.labels.length;
    const { trained } = divide(network, { name: "scratch" });
    const graph = buildStepGraph({ network, start: "input", batch, recipe, trained, classWeights: stored.classWeights });
    const weights = formulaWeights(network);
    const state = new RunState(graph, weights, "");
    const session = await createSession(graph.graph);
    const targets = stored.labels.flatMap((label) => [0, 1, 2].map((k) => (k === label ? 1 : 0)));
    for (const [step, loss] of run.losses.entries()) {
      const results = await session.run(
        {
          ...state.feeds(),
          ...Object.fromEntries(graph.fixed.map((value) => [value, weights.get(value)!])),
          ...Object.fromEntries([...graph.scalars({ learningRate: settings.learningRate, step: step + 1, stepsPerEpoch: 3 })].map(([key, value]) => [key, float32([], [value])])),
          [graph.input.name]: formulaTensor("images", graph.input.shape, { scale: 2, offset: 0 }),
          [graph.targets.name]: float32(graph.targets.shape, targets),
        },
        state.targets(),
      );
      state.swap();
      assert.ok(Math.abs(Number(results[graph.loss]!.data[0]) - loss) < 2e-4 * loss, `loss of step ${step}: ${String(results[graph.loss]!.data[0])} and not ${loss}`);
    }
    await session.release();
    const found = new Map([...weights, ...state.weights()]);
    for (const [key, { norm, first }] of Object.entries(run.weights)) {
      const { data } = found.get(key)!;
      const ownNorm = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0));
      assert.ok(Math.abs(ownNorm - norm) < 2e-4 * (1 + norm), `norm of ${key}: ${ownNorm} and not ${norm}`);
      for (const [i, value] of first.entries()) assert.ok(Math.abs(data[i]! - value) < 5e-4, `${key}[${i}]: ${data[i]} and not ${value}`);
    }
  });
}

for (const name of ["sgd", "adamw"] as const) {
  test(`three steps of the tiny VGG16 by ${name} are the same, bit for bit, whether a linear layer is updated whole or a run of rows at a time`, async () => {
    const network = buildNetwork("vgg16-tiny", { classes: 3, inputSize: 32 });
    const { trained } = divide(network, { name: "scratch" });
    const recipe = resolveRecipe("scratch", { dropout: 0, weightDecay: 1e-2, optimizer: { name, learningRate: 1e-2 } });
    const weights = formulaWeights(network);
    const [whole, byRows] = await Promise.all([Infinity, 20_000].map(async (mostUpdatedBytes) => {
      const graph = buildStepGraph({ network, start: "input", batch: 2, recipe, trained, mostUpdatedBytes });
      const state = new RunState(graph, weights, "");
      const session = await createSession(graph.graph, { threads: 1 });
      for (const step of [1, 2, 3]) {
        await session.run(
          {
            ...state.feeds(),
            ...Object.fromEntries([...graph.scalars({ learningRate: 1e-2, step, stepsPerEpoch: 3 })].map(([key, value]) => [key, float32([], [value])])),
            [graph.input.name]: formulaTensor("images", graph.input.shape, { scale: 2, offset: 0 }),
            [graph.targets.name]: float32(graph.targets.shape, [1, 0, 0, 0, 1, 0]),
          },
          state.targets(),
        );
        state.swap();
      }
      await session.release();
      return { parts: graph.state.flatMap(({ rows = [] }) => rows).length, tensors: state.toCheckpoint().tensors };
    }));
    assert.equal(whole!.parts, 0);
    assert.ok(byRows!.parts > 1, `${byRows!.parts} runs of rows`);
    assert.deepEqual(byRows!.tensors, whole!.tensors);
  });
}

test("batch statistics of a single value are refused with a remedy", () => {
  const network = buildNetwork("mobilenet_v2-tiny", { classes: 2, inputSize: 16 });
  const { trained } = divide(network, { name: "scratch" });
  const build = () => buildStepGraph({ network, start: "input", batch: 1, recipe: resolveRecipe("scratch"), trained });
  assert.throws(build, /expected more than one value per channel.*batchNorm "frozen"/);
});
