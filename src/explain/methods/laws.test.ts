import assert from "node:assert/strict";
import test from "node:test";
import { float32, type Tensor } from "../../base/index.js";
import type { Network } from "../../models/index.js";
import { explainedGraph } from "../explained-graph.js";
import { createExplainer, type ExplainerOptions } from "../explainer.js";
import { layersOf } from "../layers.js";
import { scaleToPeak } from "../scale-map.js";
import { averagingNetwork, linearNetwork, noWeights, normalImages, referenceNetwork, relativeError, stored, sum } from "../toy-network.testkit.js";
import { upsample } from "../upsample.js";
import { graphMethods, methods, type GraphMethodName, type MethodName } from "./index.js";

async function explain(network: Network, method: MethodName, images: Tensor<"float32">, options: ExplainerOptions = {}) {
  const explainer = await createExplainer(network, noWeights, method, { scaling: "none", engine: { threads: 1 }, ...options });
  const { maps, logits, readings } = await explainer.explain(images);
  await explainer.release();
  return { map: maps[0]!.values, maps, logits: logits.data as Float32Array, reading: readings[0]! };
}

const target = { class: 1 };

test("CAM's mean over space is the logit less the bias, and Grad-CAM is its positive part over the number of positions", async () => {
  const network = averagingNetwork(1);
  const input = normalImages(1, [2, 8, 8], 1);
  const { map, logits } = await explain(network, "cam", input, { target });
  const bias = network.graph.initializers.get("head.bias")!.data[1] as number;
  assert.ok(Math.abs(sum(map) / 64 - (logits[1]! - bias)) < 1e-5);
  const gradCam = await explain(network, "grad-cam", input, { target });
  assert.ok(relativeError(gradCam.map, map.map((value) => Math.max(0, value) / 64)) < 1e-5);
  const xgradCam = await explain(network, "xgrad-cam", input, { target });
  assert.ok(relativeError(xgradCam.map, gradCam.map) < 1e-4);
});

test("CAM refuses a network with another head, and names the remedy", async () => {
  await assert.rejects(explain(referenceNetwork(), "cam", stored("input")), { code: "cam-structure", message: /Use Grad-CAM/ });
});

test("behind a linear tail ShapleyCAM of a logit is Grad-CAM: the Hessian is zero", async () => {
  const network = averagingNetwork(2);
  const input = normalImages(1, [2, 8, 8], 2);
  const [a, b] = [await explain(network, "shapley-cam", input, { target }), await explain(network, "grad-cam", input, { target })];
  assert.ok(relativeError(a.map, b.map) < 1e-5);
});

test("of one channel that is the map, EigenCAM is the image less its mean, positive part, whatever the scale (by hand)", async () => {
  const network = linearNetwork([1, 2, 2], [[1, 1, 1, 1]], [0]);
  const { map } = await explain(network, "eigen-cam", float32([1, 1, 2, 2], [1, 2, 3, 6]));
  assert.ok(relativeError(map, [0, 0, 0, 3]) < 1e-5);
});

test("several layers are fused: the mean of their scaled maps, brought to the larger extent as upsample does", async () => {
  const options = { target, scaling: "none" } as const;
  const [early, late, fused] = await Promise.all(
    (["relu1", "pool", ["relu1", "pool"]] as const).map(async (layer) => (await explain(referenceNetwork(), "layer-cam", stored("input"), { ...options, layer })).maps[0]!),
  );
  const [a, b] = [scaleToPeak(early!), upsample(scaleToPeak(late!), 8, 8)];
  assert.deepEqual([early!.height, late!.height, fused!.height], [8, 4, 8]);
  assert.ok(relativeError(fused!.values, a.values.map((value, p) => (value + b.values[p]!) / 2)) < 1e-5);
});

test("methods that ask many questions are fused over layers as well, and a method of no layer is the same fused (by definition)", async () => {
  for (const method of ["score-cam", "ablation-cam", "full-grad"] as const) {
    const of = async (layer: string | string[]) => (await explain(referenceNetwork(), method, stored("input"), { target, layer })).maps[0]!;
    const [early, late, fused] = [await of("relu1"), await of("pool"), await of(["relu1", "pool"])];
    const [a, b] = [scaleToPeak(early), upsample(scaleToPeak(late), early.height, early.width)];
    assert.ok(relativeError(fused.values, a.values.map((value, p) => (value + b.values[p]!) / 2)) < 1e-5, method);
  }
});

test("the layers of a network are listed from the image to the head", () => {
  assert.deepEqual(layersOf(referenceNetwork().graph).map(({ name }) => name).slice(0, 5), ["conv1", "relu1", "pool", "conv2", "features"]);
});

test("a linear network's saliency is the size of its weights, and gradient x input their product with the image", async () => {
  const network = linearNetwork([2, 1, 2], [[1, -2, 3, 0.5]], [4]);
  const input = float32([1, 2, 1, 2], [1, 2, 3, 4]);
  assert.deepEqual([...(await explain(network, "saliency", input)).map], [3, 2]);
  assert.deepEqual([...(await explain(network, "gradient-x-input", input)).map], [10, -2]);
});

test("a linear network: SmoothGrad is saliency, VarGrad is zero, SmoothGrad-squared is the squares' sum, integrated gradients are exact (by hand)", async () => {
  const network = linearNetwork([2, 1, 2], [[1, -2, 3, 0.5]], [4]);
  const input = float32([1, 2, 1, 2], [1, 2, 3, 4]);
  const options = { samples: 4, batchSize: 3 };
  assert.ok(relativeError((await explain(network, "smooth-grad", input, options)).map, [3, 2]) < 1e-6);
  assert.ok((await explain(network, "var-grad", input, options)).map.every((value) => value < 1e-9));
  assert.ok(relativeError((await explain(network, "smooth-grad-squared", input, options)).map, [10, 4.25]) < 1e-6);
  const ig = await explain(network, "integrated-gradients", input, { ...options, baseline: 1 });
  assert.ok(relativeError(ig.map, [6, -0.5]) < 1e-6);
  assert.ok(Math.abs(ig.reading["completenessGap"]!) < 1e-5);
});

test("integrated gradients sum to f(x) - f(baseline) up to the gap they report, which more steps make smaller", async () => {
  const few = await explain(referenceNetwork(), "integrated-gradients", stored("input"), { target, samples: 4 });
  const many = await explain(referenceNetwork(), "integrated-gradients", stored("input"), { target, samples: 128 });
  assert.ok(Math.abs(many.reading["completenessGap"]!) < 2e-3);
  assert.ok(Math.abs(many.reading["completenessGap"]!) < Math.abs(few.reading["completenessGap"]!));
  const zero = await explain(referenceNetwork(), "gradient-x-input", float32([1, 2, 8, 8], new Float32Array(128)), { target });
  assert.ok(Math.abs(sum(many.map) + many.reading["completenessGap"]! - (many.logits[1]! - zero.logits[1]!)) < 1e-5);
});

test("integrated gradients over several baselines are the mean of those of each", async () => {
  const of = async (baseline: ExplainerOptions["baseline"]) => (await explain(referenceNetwork(), "integrated-gradients", stored("input"), { target, samples: 8, baseline })).map;
  const [zero, mean, both] = [await of("zero"), await of("mean"), await of(["zero", "mean"])];
  assert.ok(relativeError(both, zero.map((value, i) => (value + mean[i]!) / 2)) < 1e-5);
});

test("expected gradients of a linear network are exact: weights times the image less the baselines' mean (by hand)", async () => {
  const network = linearNetwork([1, 1, 2], [[2, -1]], [0]);
  const { map, reading } = await explain(network, "expected-gradients", float32([1, 1, 1, 2], [3, 5]), { samples: 6, baseline: [0, 1, 2] });
  assert.ok(relativeError(map, [4, -4]) < 1e-6);
  assert.ok(Math.abs(reading["completenessGap"]!) < 1e-5);
});

test("without biases LRP conserves: under every rule of the first layer the map sums to the score", async () => {
  const network = averagingNetwork(3, { biased: false });
  const input = normalImages(1, [2, 8, 8], 3);
  const rules = { plain: { rule: "epsilon", share: 0 }, alphaBeta: { rule: "alpha-beta", alpha: 2, beta: 1 }, gamma: { rule: "gamma", gamma: 0.5 }, flat: { rule: "flat" } } as const;
  for (const first of Object.values(rules)) {
    const composite = { first, convolution: rules.plain, dense: rules.plain };
    const { map, logits } = await explain(network, "lrp-composite", input, { target, composite });
    assert.ok(Math.abs(sum(map) - logits[1]!) < 1e-4 * Math.max(1, Math.abs(logits[1]!)), first.rule);
  }
});

test("of a network of ReLUs LRP-epsilon without damping is gradient x input (Ancona et al. 2018, proposition 1)", async () => {
  const plain = { rule: "epsilon", share: 0 } as const;
  const lrp = await explain(referenceNetwork(), "lrp-epsilon", stored("input"), { target, composite: { first: plain, convolution: plain, dense: plain } });
  const product = await explain(referenceNetwork(), "gradient-x-input", stored("input"), { target });
  assert.ok(relativeError(lrp.map, product.map) < 1e-4);
});

test("a target behind a softmax is refused by LRP, with the remedy", async () => {
  await assert.rejects(explain(referenceNetwork(), "lrp-epsilon", stored("input"), { target: { class: 0, scale: "probability" } }), { code: "relevance-target" });
});

test("guided backpropagation differs from saliency where gradients are negative on the way", async () => {
  const [guided, saliency] = [await explain(referenceNetwork(), "guided-backpropagation", stored("input"), { target }), await explain(referenceNetwork(), "saliency", stored("input"), { target })];
  assert.ok(relativeError(guided.map, saliency.map) > 0.05);
});

test("a network without rectifiers has no guided backpropagation", async () => {
  await assert.rejects(explain(linearNetwork([1, 1, 2], [[1, 2]], [0]), "guided-backpropagation", float32([1, 1, 1, 2], [1, 1])), { code: "no-rectifier" });
});

test("every method says what it needs, what its sign means and what it costs", () => {
  for (const [name, method] of Object.entries(methods)) {
    assert.match(name, /^[a-z0-9]+(-[a-z0-9+]+)*$/);
    assert.ok(method.title && method.summary.endsWith(".") && /\d{4}/.test(method.reference) && method.sign && method.needs.length > 0, name);
  }
});

for (const name of Object.keys(graphMethods) as GraphMethodName[]) {
  test(`${name}: one graph from the image to the map, of ONNX's own operators alone`, () => {
    const graph = explainedGraph(name === "cam" ? averagingNetwork(1) : referenceNetwork(), noWeights, { method: name });
    assert.deepEqual(graph.inputs.map((input) => input.name), ["input"]);
    assert.deepEqual(graph.outputs.map((output) => output.name), ["logits", "probabilities", "map"]);
    assert.deepEqual([...new Set(graph.nodes.map(({ domain }) => domain))], [""]);
  });
}
