import assert from "node:assert/strict";
import test from "node:test";
import { float32 } from "../base/index.js";
import { createSession, estimateMemory } from "../engine/index.js";
import { buildNetwork, formulaTensor, formulaWeights } from "../models/index.js";
import { buildFittingStep } from "./fit-memory.js";
import { resolveRecipe } from "./recipe.js";
import { divide } from "./regimes.js";
import { RunState } from "./run-state.js";
import { buildStepGraph, type StepGraph } from "./step-graph.js";

const network = buildNetwork("mobilenet_v2-tiny", { classes: 2, inputSize: 96 });
const { trained } = divide(network, { name: "scratch" });
const recipe = resolveRecipe("scratch", { dropout: 0, batchNorm: "train", optimizer: { name: "sgd", learningRate: 1e-2 } });
const options = { network, start: "input", batch: 16, recipe, trained };

test("where a batch does not fit, the largest part of it that does is taken", async () => {
  const vgg = buildNetwork("vgg16-tiny", { classes: 2, inputSize: 96 });
  const frozen = { ...options, network: vgg, trained: divide(vgg, { name: "scratch" }).trained, recipe: resolveRecipe("fine-tuning", { dropout: 0 }) };
  const [whole, half] = [16, 8].map((microBatch) => buildStepGraph({ ...frozen, microBatch }));
  const [most, least] = [await estimateMemory([whole!.graph], 0), await estimateMemory([half!.graph, half!.accumulation!.update], 0)];
  assert.ok(least - 250e6 < 0.8 * (most - 250e6), `${least} and ${most}`);
  const step = await buildFittingStep(frozen, { memoryBytes: least + 12e6 });
  assert.deepEqual([step.accumulation?.parts, step.input.shape[0]], [2, 16]);
});

/** Parameters after one step. */
async function weightsAfter(step: StepGraph): Promise<ReadonlyMap<string, { readonly data: Float32Array }>> {
  const state = new RunState(step, formulaWeights(network), "");
  const session = await createSession(step.graph, { threads: 1 });
  const scalars = [...step.scalars({ learningRate: 1e-2, step: 1, stepsPerEpoch: 1 })].map(([name, value]) => [name, float32([], [value])] as const);
  const targets = float32(step.targets.shape, Float32Array.from({ length: 32 }, (_, i) => (i % 4 === 0 || i % 4 === 3 ? 1 : 0)));
  const images = formulaTensor("images", step.input.shape, { scale: 2, offset: 0 });
  await session.run({ ...state.feeds(), ...Object.fromEntries(scalars), [step.input.name]: images, [step.targets.name]: targets }, state.targets());
  state.swap();
  await session.release();
  return state.weights();
}

test("a step that would not fit makes values again, takes less memory and ends in the same weights; what never fits is refused with the least that would", async () => {
  const steps = (["none", "cheap", "segments"] as const).map((recompute) => buildStepGraph({ ...options, recompute }));
  const [most, least, other] = await Promise.all(steps.map((step) => estimateMemory([step.graph], 0)));
  // What is beside values, 250 MB, is the same for both.
  assert.ok(Math.max(least!, other!) - 250e6 < 0.7 * (most! - 250e6), `${least}, ${other} and ${most}`);
  const free = await buildFittingStep(options, {});
  assert.ok(!free.graph.nodes.some(({ op }) => op === "After"));
  const limited = await buildFittingStep(options, { memoryBytes: least! + 12e6 });
  assert.ok(limited.graph.nodes.some(({ op }) => op === "After"));
  const kept = await weightsAfter(free);
  for (const step of [limited, steps[2]!]) {
    const made = await weightsAfter(step);
    for (const [name, { data }] of kept) {
      const again = made.get(name)!.data;
      for (const [i, value] of data.entries()) assert.ok(Math.abs(value - again[i]!) <= 1e-5 * (1 + Math.abs(value)), `${name}[${i}]: ${value} and ${again[i]}`);
    }
  }
  await assert.rejects(buildFittingStep(options, { memoryBytes: 2e8 }), /memory: expected at least 0\.\d GiB for mobilenet_v2-tiny at a batch of 16, got 0\.2 GiB\. Use smaller batches, add gradients up/);
});
