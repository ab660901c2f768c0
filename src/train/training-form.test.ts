import assert from "node:assert/strict";
import test from "node:test";
import { createSession } from "../engine/index.js";
import { buildNetwork, formulaTensor, formulaWeights } from "../models/index.js";
import { drawMasks } from "./dropout-masks.js";
import { inferenceGraph } from "./inference.js";
import { trainingForm } from "./training-form.js";

for (const architecture of ["mobilenet_v2-tiny", "resnet50-tiny", "vgg16-tiny"] as const) {
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
  const form = trainingForm({ network, start: "input", batch: 4, batchNorm: "frozen", dropout: undefined });
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
