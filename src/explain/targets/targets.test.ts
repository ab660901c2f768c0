import assert from "node:assert/strict";
import test from "node:test";
import { float32 } from "../../base/index.js";
import { createExplainer } from "../explainer.js";
import { linearNetwork, noWeights, referenceNetwork, relativeError } from "../toy-network.testkit.js";
import { scoreOfLogits, selectClasses } from "./select-classes.js";
import type { Target } from "./target.js";

const rows = [
  [1, -2, 3, 0.5],
  [0, 1, -1, 2],
  [4, 0, 1, 1],
];
const network = linearNetwork([1, 2, 2], rows, [0, 0.5, -9]);
const images = float32([2, 1, 2, 2], [1, 1, 1, 1, 0, 0, 0, 3]);
// Logits by hand: image 0 has 2.5, 2.5, -3 (first of equals is predicted); image 1 has 1.5, 6.5, -6.

async function gradients(target: Target): Promise<Float32Array[]> {
  const explainer = await createExplainer(network, noWeights, "gradient-x-input", { target, scaling: "none", engine: { threads: 1 } });
  const { maps } = await explainer.explain(float32([2, 1, 2, 2], [1, 1, 1, 1, 1, 1, 1, 1]));
  await explainer.release();
  return maps.map(({ values }) => values);
}

test("a linear network's gradient is the weights of the class asked for (by hand)", async () => {
  for (const map of await gradients({ class: 2 })) assert.ok(relativeError(map, rows[2]!) < 1e-6);
});

test("the difference of two classes has the difference of their weights (by hand)", async () => {
  for (const map of await gradients({ class: 0, against: 1 })) assert.ok(relativeError(map, [1, -3, 4, -1.5]) < 1e-6);
});

test("the predicted class against the runner-up is settled image by image, in the graph and outside it", async () => {
  const explainer = await createExplainer(network, noWeights, "saliency", { target: { class: "predicted", against: "runner-up" }, scaling: "none", engine: { threads: 1 } });
  const { maps } = await explainer.explain(images);
  await explainer.release();
  assert.ok(relativeError(maps[0]!.values, [1, 3, 4, 1.5]) < 1e-6);
  assert.ok(relativeError(maps[1]!.values, [1, 3, 4, 1.5]) < 1e-6);
  assert.deepEqual([...selectClasses({ class: "predicted", against: "runner-up" }, [2.5, 2.5, -3])], [1, -1, 0]);
  assert.deepEqual([...selectClasses({ class: "predicted", against: "runner-up" }, [1.5, 6.5, -6])], [-1, 1, 0]);
});

test("a probability's gradient is p (w_k - sum_j p_j w_j) (softmax's derivative, by hand)", async () => {
  const [map] = await gradients({ class: 0, scale: "probability" });
  const logits = [2.5, 2.5, -3];
  const odds = logits.map(Math.exp);
  const p = odds.map((value) => value / (odds[0]! + odds[1]! + odds[2]!));
  const expected = rows[0]!.map((w, i) => p[0]! * (w - p.reduce((sum, value, j) => sum + value * rows[j]![i]!, 0)));
  assert.ok(relativeError(map!, expected) < 1e-5);
});

test("scores of logits: logit, probability and their ReST sum (by hand)", () => {
  const logits = [0, Math.log(3)];
  assert.equal(scoreOfLogits({ class: 1 }, [0, 1], logits), Math.log(3));
  assert.ok(Math.abs(scoreOfLogits({ class: 1, scale: "probability" }, [0, 1], logits) - 0.75) < 1e-12);
  assert.ok(Math.abs(scoreOfLogits({ class: 1, scale: "rest" }, [0, 1], logits) - (Math.log(3) + Math.log(0.75))) < 1e-12);
  assert.ok(Math.abs(scoreOfLogits({ class: 1, against: 0, scale: "probability" }, [-1, 1], logits) - 0.5) < 1e-12);
});

test("a unit of a layer: one position of the image itself has a gradient of one there and none elsewhere (by hand)", async () => {
  const [map] = await gradients({ layer: "features", channel: 0, position: [1, 0] });
  assert.deepEqual([...map!], [0, 0, 1, 0]);
  const [mean] = await gradients({ layer: "features", channel: 0 });
  assert.deepEqual([...mean!], [0.25, 0.25, 0.25, 0.25]);
});

test("targets that the network lacks are refused, with the names it has", async () => {
  const open = (target: Target) => createExplainer(referenceNetwork(), noWeights, "grad-cam", { target });
  await assert.rejects(open({ class: 3 }), { code: "target-class" });
  await assert.rejects(open({ class: 1, against: 1 }), { code: "target-class" });
  await assert.rejects(open({ layer: "features", channel: 6 }), { code: "target-unit" });
  await assert.rejects(open({ layer: "feature", channel: 0 }), { code: "unknown-layer", message: /Did you mean "features"/ });
});
