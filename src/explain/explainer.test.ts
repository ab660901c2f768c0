import assert from "node:assert/strict";
import test from "node:test";
import type { Progress } from "../base/index.js";
import { createSession } from "../engine/index.js";
import { createExplainer, explainPredictions } from "./explainer.js";
import { averagingNetwork, noWeights, normalImages, referenceNetwork, relativeError } from "./toy-network.testkit.js";

const engine = { threads: 1 };

test("predictions alone give the same map as the network that makes them", async () => {
  const network = averagingNetwork(7);
  const images = normalImages(2, [2, 8, 8], 7);
  const options = { samples: 40, cells: 2, target: { class: "predicted", scale: "probability" } } as const;
  const explainer = await createExplainer(network, noWeights, "rise", { ...options, engine });
  const inside = await explainer.explain(images);
  await explainer.release();
  const session = await createSession(network.graph, engine);
  const outside = await explainPredictions(async (input) => (await session.run({ input }))["logits"]!, images, "rise", options);
  await session.release();
  inside.maps.forEach(({ values }, n) => assert.ok(relativeError(outside.maps[n]!.values, values) < 1e-4));
  assert.ok(relativeError(outside.logits.data as Float32Array, inside.logits.data as Float32Array) < 1e-5);
});

test("a method that needs gradients is refused where only predictions can be had, with a remedy", async () => {
  const predict = async () => Promise.reject(new Error("not reached"));
  await assert.rejects(explainPredictions(predict, normalImages(1, [1, 4, 4], 1), "smooth-grad"), { code: "needs-network", message: /rise/ });
  await assert.rejects(explainPredictions(predict, normalImages(1, [1, 4, 4], 1), "grad-cam"), { code: "needs-network" });
});

test("a prediction of another shape is refused", async () => {
  const images = normalImages(1, [1, 4, 4], 1);
  await assert.rejects(explainPredictions(async (input) => input, images, "rise"), { code: "prediction-shape" });
});

test("progress tells every batch and the image, and an abort stops between batches", async () => {
  const explainer = await createExplainer(averagingNetwork(7), noWeights, "rise", { samples: 40, batchSize: 16, engine });
  const images = normalImages(2, [2, 8, 8], 7);
  const seen: Progress[] = [];
  await explainer.explain(images, { onProgress: (progress) => seen.push(progress) });
  assert.deepEqual(seen.map(({ done }) => done), [16, 32, 40, 16, 32, 40]);
  assert.equal(seen[5]!.task, "RISE · image 2 of 2");
  const controller = new AbortController();
  let batches = 0;
  const stopped = explainer.explain(images, {
    signal: controller.signal,
    onProgress: () => {
      if (++batches === 2) controller.abort();
    },
  });
  await assert.rejects(stopped, { name: "AbortError" });
  assert.equal(batches, 2);
  await explainer.release();
  await explainer.release();
});

test("an unknown method or layer, no layer, and bad numbers are refused", async () => {
  const open = (method: string, options: object) => createExplainer(referenceNetwork(), noWeights, method as "rise", options);
  await assert.rejects(open("grad-cma", {}), { code: "unknown-method", message: /Did you mean "grad-cam"/ });
  await assert.rejects(open("score-cam", { layer: [] }), { code: "one-layer" });
  await assert.rejects(open("score-cam", { layer: ["pool", "feature"] }), { code: "unknown-layer" });
  await assert.rejects(open("rise", { samples: 0 }), { code: "method-option" });
  await assert.rejects(open("smooth-grad", { noise: -1 }), { code: "method-option" });
  await assert.rejects(open("grad-cam", { layer: "hidden" }), { code: "layer-shape" });
  await assert.rejects(open("deep-lift", { baseline: ["zero", "mean"] }), { code: "baseline" });
});
