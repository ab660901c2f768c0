import assert from "node:assert/strict";
import test from "node:test";
import { float32, seededRandom } from "../../base/index.js";
import { buildNetwork, initializeWeights } from "../../models/index.js";
import { normalImages } from "../toy-network.testkit.js";
import { askModel } from "./asked-model.js";
import type { MeasureSubject } from "./contract.js";
import { measureQuality } from "./measure-quality.js";
import { openProbe, shiftInput, type ProbeOptions } from "./method-probe.js";
import { cascadeOf, randomizeWeights } from "./randomize-weights.js";
import type { MethodName } from "../methods/index.js";
import { createSession } from "../../engine/index.js";
import { bindConstants } from "../../graph/index.js";

const network = buildNetwork("vgg16_bn-tiny", { classes: 3, inputSize: 32 });
const weights = initializeWeights(network, seededRandom("measured network", 1));
const images = normalImages(1, [3, 32, 32], 5);
const engine = { threads: 1 };

async function withProbe<T>(method: MethodName, options: Partial<ProbeOptions>, work: (subject: MeasureSubject) => Promise<T>): Promise<T> {
  const session = await createSession(bindConstants(network.graph, weights).graph, engine);
  const probe = openProbe(network, weights, method, { class: 1, engine, ...options });
  try {
    const model = askModel(async (batch) => (await session.run({ input: batch }))["logits"]!, images.data, { shape: [3, 32, 32], class: 1 });
    const [map] = await probe.maps(images);
    return await work({ map: map!, model, method: probe });
  } finally {
    await probe.release();
    await session.release();
  }
}

test("a shifted network says of x + c what the network says of x, and a gradient's map stays (law of Kindermans et al.)", async () => {
  const shifted = shiftInput(network, 0.75);
  const say = async (graph: typeof network.graph, data: Float32Array) => {
    const session = await createSession(bindConstants(graph, weights).graph, engine);
    const { logits } = await session.run({ input: float32([1, 3, 32, 32], data) });
    await session.release();
    return logits!.data as Float32Array;
  };
  const plain = await say(network.graph, images.data);
  const moved = await say(shifted.graph, images.data.map((value) => value + 0.75));
  plain.forEach((value, k) => assert.ok(Math.abs(value - moved[k]!) < 1e-4 * Math.max(1, Math.abs(value))));
  await withProbe("saliency", {}, async (subject) => assert.ok((await measureQuality("input-invariance", subject)) < 0.01));
  await withProbe("gradient-x-input", {}, async (subject) => assert.ok((await measureQuality("input-invariance", subject)) > 0.2));
});

test("integrated gradients are complete up to their steps, saliency is not (law of Sundararajan et al.)", async () => {
  const completeness = (subject: MeasureSubject) => measureQuality("completeness", subject);
  const integrated = await withProbe("integrated-gradients", { scaling: "none", samples: 96 }, completeness);
  const plain = await withProbe("saliency", { scaling: "none" }, completeness);
  assert.ok(integrated < 0.05 && plain > integrated, `${integrated} and ${plain}`);
});

test("randomized weights: chosen stages are as before training, the others stay; the cascade ends with all", () => {
  const stages = network.stages.map(({ name }) => name);
  const last = stages.at(-1)!;
  const changed = randomizeWeights(network, weights, { stages: [last], seed: 4 });
  for (const { name, stage, role } of network.parameters) {
    if (stage !== last) assert.equal(changed.get(name), weights.get(name), name);
    else if (role === "weight") assert.notDeepEqual(changed.get(name), weights.get(name), name);
  }
  assert.deepEqual(cascadeOf(["a", "b", "c"]), [["c"], ["b", "c"], ["a", "b", "c"]]);
});

test("a map of a network changes with its weights, more the more stages are random; one drawn from the image alone would not", async () => {
  await withProbe("grad-cam", {}, async (subject) => {
    const cascade = await measureQuality("cascading-randomization-rank", subject);
    assert.ok(cascade < 0.7, String(cascade));
    const independent = await measureQuality("independent-randomization-ssim", subject);
    assert.ok(independent < 1 && independent > -1);
    assert.ok((await measureQuality("random-logit", subject)) < 1);
  });
});

test("the same image gives the same map: an unchanged network is perfectly steady at vanishing noise", async () => {
  await withProbe("saliency", {}, async (subject) => {
    assert.ok((await measureQuality("noise-consistency", subject, { strength: 1e-6 })) > 0.999);
    assert.ok((await measureQuality("shift-consistency", subject)) < 1);
  });
});
