import assert from "node:assert/strict";
import test from "node:test";
import { createSession } from "../../../engine/index.js";
import { float32, type Tensor } from "../../../base/index.js";
import { explainedGraph } from "../../explained-graph.js";
import { fixture, linearNetwork, noWeights, referenceNetwork, relativeError, stored, sum } from "../../toy-network.testkit.js";

async function mapOf(...[network, weights, options, input]: [...Parameters<typeof explainedGraph>, Tensor<"float32">]) {
  const session = await createSession(explainedGraph(network, weights, { method: "deep-lift", scaling: "none", ...options }), { threads: 1 });
  const result = await session.run({ input });
  await session.release();
  return result["map"]!.data as Float32Array;
}

const baseline = float32([2, 8, 8], stored("baseline").data);

test("DeepLIFT's map is NumPy's, multiplier by multiplier (scripts/reference/explain-methods.py)", async () => {
  const map = await mapOf(referenceNetwork(), noWeights, { baseline }, stored("input"));
  const error = relativeError(map, fixture.maps["deep-lift"]!);
  assert.ok(error < 2e-4, `relative error ${error}`);
});

test("DeepLIFT's map sums to f(x) - f(reference)", async () => {
  const map = await mapOf(referenceNetwork(), noWeights, { baseline, target: { class: 1 } }, stored("input"));
  assert.ok(Math.abs(sum(map) - (fixture.logits[1]! - fixture.baselineLogits[1]!)) < 1e-5);
});

test("on a linear network DeepLIFT is weight times difference from the reference (by hand)", async () => {
  const network = linearNetwork([1, 2, 2], [[1, -2, 3, 0.5]], [7]);
  const map = await mapOf(network, noWeights, { baseline: 1 }, float32([1, 1, 2, 2], [2, 2, 0, 1]));
  assert.ok(relativeError(map, [1, -2, -3, 0]) < 1e-6);
});
