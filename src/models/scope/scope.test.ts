import assert from "node:assert/strict";
import test from "node:test";
import { float32, seededRandom } from "../../base/index.js";
import { createSession } from "../../engine/index.js";
import { bindConstants, decodeModel, encodeModel, opsetOf } from "../../graph/index.js";
import { formulaWeights } from "../formula-weights.js";
import { buildNetwork } from "../network.js";
import type { DistanceFacts, ModelScope } from "./contract.js";
import { addDistance, chooseFeatures, distanceOf, featureCount, featureGraph, readDistance, type DistanceFit } from "./distance-graph.js";
import { judgeScope } from "./judge-scope.js";

const network = buildNetwork("resnet50-tiny", { classes: 2, inputSize: 32 });
const { graph } = bindConstants(network.graph, formulaWeights(network));
const choice = chooseFeatures(network);
const facts: DistanceFacts = { values: [...choice.values], channels: [...choice.channels], falseRefusalRate: 0.05, refusedShare: 0.02, threshold: 3.1, method: "rank", cases: 100, fittedOn: "held-out" };

function someFit(): DistanceFit {
  const random = seededRandom("fit");
  const [d, k] = [featureCount(choice), 3];
  const draw = (n: number): Float32Array => Float32Array.from({ length: n }, () => 0.2 * random.normal());
  // Orthonormal columns: unit vectors.
  const projection = Float32Array.from({ length: d * k }, (_, at) => (Math.floor(at / k) === at % k ? 1 : 0));
  return { center: draw(d), weight: Float32Array.from(draw(d), (value) => 1 + Math.abs(value)), projection, inside: Float32Array.of(0.5, 2, 1), residual: 0.1 };
}

test("the distance that the graph computes is the formula's, for every image of a batch, and the file gives the fit back", async () => {
  const fit = someFit();
  const images = float32([3, 3, 32, 32], Float32Array.from({ length: 3 * 3 * 1024 }, (_, i) => Math.sin(i * i)));
  const features = await createSession(featureGraph(graph, choice), { threads: 1 });
  const { features: rows } = await features.run({ input: images });
  await features.release();
  const bytes = encodeModel({ graph: addDistance(graph, choice, fit), opsets: opsetOf(graph), producer: "test", metadata: {} });
  const back = decodeModel(bytes).graph;
  const session = await createSession(back, { threads: 1 });
  const { distance, logits } = await session.run({ input: images });
  await session.release();
  const d = featureCount(choice);
  assert.deepEqual([rows!.shape, distance!.shape, logits!.shape], [[3, d], [3], [3, 2]]);
  for (let i = 0; i < 3; i++) {
    const expected = distanceOf((rows!.data as Float32Array).subarray(i * d, (i + 1) * d), fit);
    assert.ok(Math.abs((distance!.data as Float32Array)[i]! - expected) < 1e-4 * expected, `${(distance!.data as Float32Array)[i]} and ${expected}`);
  }
  assert.deepEqual(readDistance(back, facts), { ...fit, residual: Math.fround(fit.residual) });
  assert.throws(() => readDistance(graph, facts), { code: "model-scope" });
});

const scope: ModelScope = { trainedOn: { cases: 200, modality: { CR: 120, DX: 79, MR: 1 }, bodyPart: { LSPINE: 200 }, view: { AP: 200 }, manufacturer: { Agfa: 200 }, ageYears: { low: 20, high: 80 } }, distance: facts };

for (const { item, image, reasons } of [
  { item: "a radiograph like those it was trained on", image: { acquisition: { modality: "CR", bodyPart: "LSPINE", view: "AP", manufacturer: "Agfa", ageYears: 50 }, distance: 1 }, reasons: [] },
  { item: "another name of the same modality, region and view", image: { acquisition: { modality: "RG", bodyPart: "SPINE", view: "PA" } }, reasons: [] },
  { item: "an ankle", image: { acquisition: { modality: "CR", bodyPart: "ANKLE" }, distance: 8.24 }, reasons: ["body part ANKLE, trained on LSPINE", "distance 8.24 above 3.1"] },
  { item: "a cervical spine", image: { acquisition: { bodyPart: "CSPINE" } }, reasons: ["body part CSPINE, trained on LSPINE"] },
  { item: "a modality that one stray file had", image: { acquisition: { modality: "MR" } }, reasons: ["modality MR, trained on CR, DX"] },
  { item: "another view", image: { acquisition: { view: "LL" } }, reasons: ["view LL, trained on AP"] },
  { item: "a child", image: { acquisition: { ageYears: 6.5 } }, reasons: ["age 6, trained on 20 to 80 years"] },
  { item: "an image a little older than the oldest", image: { acquisition: { ageYears: 85 } }, reasons: [] },
  { item: "another maker", image: { acquisition: { manufacturer: "Philips" } }, reasons: [] },
  { item: "an image that says nothing of itself", image: {}, reasons: [] },
  { item: "a distance that is no number", image: { distance: Number.NaN }, reasons: ["distance NaN above 3.1"] },
] as const) {
  test(`${item} is ${reasons.length === 0 ? "in scope" : "declined, with the reason"}`, () => {
    const verdict = judgeScope(scope, image);
    assert.deepEqual([...verdict.reasons], [...reasons]);
    assert.equal(verdict.verdict, reasons.length === 0 ? "in-scope" : "out-of-scope");
  });
}

test("a model that does not say what it is for refuses nothing, and that is said", () => {
  const verdict = judgeScope(undefined, { acquisition: { modality: "MR" } });
  assert.deepEqual([verdict.verdict, verdict.remarks.length], ["unknown", 1]);
  assert.deepEqual(judgeScope({ trainedOn: { cases: 5 } }, { acquisition: { modality: "MR" } }).remarks, ["not known of the training cases: modality, body part, view, age", "the model file measures no distance"]);
  assert.deepEqual(judgeScope(scope, { acquisition: { manufacturer: "Philips" } }).remarks, ["manufacturer Philips, trained on Agfa"]);
});

test("every network of the shelf has features for the distance", () => {
  for (const name of ["mobilenet_v2-tiny", "vgg16-tiny", "xception-tiny", "densenet-attention-tiny", "convnext_base-tiny"] as const) {
    const chosen = chooseFeatures(buildNetwork(name, { classes: 2, inputSize: 64 }));
    assert.ok(chosen.values.length >= 2 && featureCount(chosen) <= 512, `${name}: ${chosen.values.join(", ")}`);
  }
});
