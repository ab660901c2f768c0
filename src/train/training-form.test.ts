import assert from "node:assert/strict";
import test from "node:test";
import { float32, type Tensor } from "../base/index.js";
import { createSession } from "../engine/index.js";
import { architectures, buildNetwork, formulaTensor, formulaWeights, type ArchitectureName } from "../models/index.js";
import { drawMasks } from "./dropout-masks.js";
import { inferenceGraph } from "./inference.js";
import { trainingForm } from "./training-form.js";

for (const architecture of (Object.keys(architectures) as ArchitectureName[]).filter((name) => architectures[name].tiny)) {
  test(`${architecture} has the same logits with statistics folded in the graph as with its operators as they are`, async () => {
    const network = buildNetwork(architecture, { classes: 3, inputSize: 32 });
    const weights = formulaWeights(network);
    const input = formulaTensor("images", [2, 3, 32, 32], { scale: 2, offset: 0 });
    const logits = [];
    for (const bound of [undefined, weights]) {
      const graph = inferenceGraph({ network, batch: 2, weights: bound });
      const session = await createSession(graph);
      const feeds = bound === undefined ? Object.fromEntries(weights) : {};
      const results = await session.run({ ...feeds, input });
      logits.push(results[graph.outputs[0]!.name]!.data);
      await session.release();
    }
    const [folded, kept] = logits as [Float32Array, Float32Array];
    assert.ok(folded.every((value, i) => Math.abs(value - kept[i]!) < 1e-4 * (1 + Math.abs(value))), `${folded.join()} and ${kept.join()}`);
  });
}

test("frozen normalization leaves no operator of its own, and the training form keeps shapes and parameters", () => {
  const network = buildNetwork("mobilenet_v2-tiny", { classes: 3, inputSize: 32 });
  const form = trainingForm({ network, start: "input", batch: 4, batchNorm: "frozen", dropout: undefined, stochasticDepth: "drawn" });
  const graph = form.builder.build();
  assert.ok(!graph.nodes.some(({ op }) => op.startsWith("BatchNorm") || op === "Dropout"));
  assert.deepEqual(graph.values.get(form.end)!.shape, [4, 3]);
  assert.deepEqual(new Set(form.parameters), new Set(network.parameters.map(({ name }) => name)));
  assert.deepEqual(form.masks, [{ name: "classifier.0/mask", shape: [4, 64], probability: form.masks[0]!.probability }]);
});

test("masks keep the mean, are zero with their probability, and depend on seed and step alone", () => {
  const mask = { name: "m", shape: [100, 200], probability: 0.3 };
  const draw = (seed: number, update: number) => drawMasks([mask], { seed, update })["m"]!.data as Float32Array;
  const values = draw(1, 0);
  const zeros = values.filter((value) => value === 0).length / values.length;
  // Four standard deviations of 20,000 draws.
  assert.ok(Math.abs(zeros - 0.3) < 4 * Math.sqrt((0.3 * 0.7) / 20_000));
  assert.ok(values.every((value) => value === 0 || value === Math.fround(1 / 0.7)));
  assert.deepEqual(draw(1, 0), values);
  assert.notDeepEqual(draw(1, 1), values);
  assert.notDeepEqual(draw(2, 0), values);
});

test("stochastic depth leaves a branch out for whole images and repeats the rest: the oracle is the branch multiplied by hand", async () => {
  const architecture = buildNetwork("resnet50-tiny", { classes: 3, inputSize: 32 });
  const network = { ...architecture, droppedBranches: new Map([["layer2.1.bn3", 0.5]]) };
  const weights = formulaWeights(network);
  const input = formulaTensor("images", [2, 3, 32, 32], { scale: 2, offset: 0 });
  const run = async (masks: Record<string, Tensor>, gain: number) => {
    const form = trainingForm({ network, start: "input", batch: 2, batchNorm: "frozen", dropout: 0, stochasticDepth: Object.keys(masks).length > 0 ? "drawn" : "off" });
    form.builder.output(form.end);
    const session = await createSession(form.builder.build());
    const scaled = (name: string) => ({ [name]: float32(weights.get(name)!.shape, weights.get(name)!.data.map((value) => value * gain)) });
    const results = await session.run({ ...Object.fromEntries(weights), ...scaled("layer2.1.bn3.weight"), ...scaled("layer2.1.bn3.bias"), ...masks, input });
    await session.release();
    return [...(results[form.end]!.data as Float32Array)];
  };
  const drawn = await run({ "layer2.1.bn3/depth/mask": float32([2, 1, 1, 1], Float32Array.of(0, 2)) }, 1);
  // The branch is affine in its last scale and bias: twice of both is twice the branch. Its running mean is subtracted before the scale.
  const [without, twice] = [await run({}, 0), await run({}, 2)];
  const expected = [...without.slice(0, 3), ...twice.slice(3)];
  assert.ok(drawn.every((value, i) => Math.abs(value - expected[i]!) < 1e-5 * (1 + Math.abs(value))), `${drawn.join()} and ${expected.join()}`);
  assert.ok(Math.abs(without[3]! - twice[3]!) > 1e-3);
});

test("a branch's mask has one number per image, drawn with the network's probability whatever the rate of dropout", () => {
  const network = { ...buildNetwork("resnet50-tiny", { classes: 3, inputSize: 32 }), droppedBranches: new Map([["layer2.1.bn3", 0.2]]) };
  const form = trainingForm({ network, start: "input", batch: 4, batchNorm: "train", dropout: 0, stochasticDepth: "drawn" });
  assert.deepEqual(form.masks, [{ name: "layer2.1.bn3/depth/mask", shape: [4, 1, 1, 1], probability: 0.2 }]);
  assert.ok(!inferenceGraph({ network, batch: 4 }).inputs.some(({ name }) => name.endsWith("mask")));
});
