// Oracle: ONNX Runtime on the file as it came.
import assert from "node:assert/strict";
import { test } from "node:test";
import { float32, int64, seededRandom, type Tensor } from "../../base/index.js";
import { createSession, createSessionFromBytes } from "../../engine/index.js";
import { GraphBuilder, decodeModel, encodeModel } from "../../graph/index.js";
import type { Graph, Model } from "../../graph/index.js";
import { trialStep } from "../../train/index.js";
import { loadWeights } from "../load-weights.js";
import { importClassifier } from "./import-classifier.js";

const random = seededRandom("imported");
const noise = (...shape: number[]): Tensor<"float32"> => float32(shape, Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal() * 0.3));

/** A network as Keras exports it: channels last, transposes around the convolutions, MatMul and Add, Softmax at the end. */
function kerasLike(): Graph {
  const b = new GraphBuilder({ name: "keras" });
  b.input("image", "float32", ["batch", 8, 8, 3]);
  const first = b.op("Transpose", ["image"], { perm: [0, 3, 1, 2] });
  const convolved = b.op("Conv", [first, b.initializer("conv/kernel", noise(4, 3, 3, 3)), b.initializer("conv/bias", noise(4))], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
  const mean = b.op("GlobalAveragePool", [b.op("Relu", [convolved])]);
  const flat = b.op("Squeeze", [mean, b.constant([2, 3])]);
  const dense = b.op("MatMul", [flat, b.initializer("dense/kernel", noise(4, 10))]);
  b.output(b.op("Softmax", [b.op("Add", [dense, b.initializer("dense/bias", noise(10))])]), "scores");
  return b.build();
}

/** Exported for one image, with its shapes computed and the batch written into a Reshape; SqueezeNet's convolutional head. */
function fixedBatch(): Graph {
  const b = new GraphBuilder({ name: "fixed" });
  b.input("x", "float32", [1, 1, 8, 8]);
  const convolved = b.op("Conv", ["x", b.initializer("w", noise(8, 1, 3, 3))], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
  const shuffled = b.op("Reshape", [b.op("Transpose", [b.op("Reshape", [convolved, b.constant([1, 2, 4, 8, 8])])], { perm: [0, 2, 1, 3, 4] }), b.constant([1, 8, 8, 8])]);
  const channels = b.op("Gather", [b.op("Shape", [shuffled]), b.constant(int64([], [1]))], { axis: 0 });
  const half = b.op("Div", [channels, b.constant(int64([], [2]))]);
  const ends = b.op("Unsqueeze", [half, b.constant([0])]);
  const kept = b.op("Slice", [shuffled, b.constant([0]), ends, b.constant([1])]);
  const scores = b.op("Conv", [kept, b.initializer("head", noise(5, 4, 1, 1)), b.initializer("head.bias", noise(5))], { kernel_shape: [1, 1] });
  b.output(b.op("Reshape", [b.op("GlobalAveragePool", [b.op("Relu", [scores])]), b.constant([1, 5])]), "y");
  return b.build();
}

const modelOf = (graph: Graph): Model => decodeModel(encodeModel({ graph, opsets: { "": 17 }, producer: "test", metadata: {} }));

async function run(graph: Graph, feeds: Record<string, Tensor>): Promise<Tensor> {
  const session = await createSession(graph);
  const result = await session.run(feeds);
  await session.release();
  return Object.values(result)[0]!;
}

function assertClose(got: Tensor, expected: Tensor): void {
  assert.deepEqual(got.data.length, expected.data.length);
  got.data.forEach((value, i) => assert.ok(Math.abs(Number(value) - Number(expected.data[i])) < 1e-5, `${i}: ${value} against ${expected.data[i]}`));
}

test("a channels-last network with MatMul, Add and Softmax keeps its scores", async () => {
  const graph = kerasLike();
  const { network, tensors } = importClassifier(modelOf(graph));
  const image = noise(2, 3, 8, 8);
  const last = float32([2, 8, 8, 3], Float32Array.from({ length: image.data.length }, (_, i) => image.data[Math.floor(i / 192) * 192 + (i % 3) * 64 + Math.floor((i % 192) / 3)]!));
  const logits = await run(network.graph, { input: image, ...Object.fromEntries(tensors) });
  const session = await createSessionFromBytes(encodeModel({ graph, opsets: { "": 17 }, producer: "test", metadata: {} }));
  const { scores } = await session.run({ image: last });
  await session.release();
  const exps = Array.from(logits.data as Float32Array, Math.exp);
  const softmax = exps.map((e, i) => e / exps.slice(Math.floor(i / 10) * 10, Math.floor(i / 10) * 10 + 10).reduce((a, b) => a + b, 0));
  assertClose(float32([2, 10], softmax), scores!);
  assert.deepEqual(network.headParameters, ["dense/kernel", "dense/bias"]);
});

test("a network exported for one grey image serves batches of any size", async () => {
  const graph = fixedBatch();
  const { network, tensors } = importClassifier(modelOf(graph));
  const grey = noise(1, 1, 8, 8);
  const rgb = float32([2, 3, 8, 8], Float32Array.from({ length: 384 }, (_, i) => grey.data[i % 64]!));
  const both = await run(network.graph, { input: rgb, ...Object.fromEntries(tensors) });
  const one = await run(graph, { x: grey });
  assertClose(both, float32([2, 5], [...(one.data as Float32Array), ...(one.data as Float32Array)]));
  assert.ok(!network.graph.nodes.some(({ op }) => op === "Shape" || op === "Gather"), "shape arithmetic is gone");
});

for (const [name, make] of Object.entries({ kerasLike, fixedBatch })) {
  test(`${name}: a new head trains, and every parameter but dead units moves`, async () => {
    const { network, tensors } = importClassifier(modelOf(make()), { classes: 3 });
    assert.deepEqual(network.graph.outputs, [{ name: "logits", dtype: "float32", shape: ["N", 3] }]);
    assert.equal(network.stages.at(-1)!.name, "classifier");
    const { weights, report } = loadWeights(network, tensors, { head: "replace", random: seededRandom(1) });
    assert.deepEqual(report.replaced.toSorted(), network.headParameters.toSorted());
    const step = await trialStep(network, weights);
    assert.deepEqual(step.unchanged, []);
    assert.ok(Math.abs(step.loss - Math.log(3)) < 1, `loss ${step.loss}`);
  });
}

test("an operator without a gradient is named", async () => {
  const b = new GraphBuilder({ name: "foreign" });
  b.input("x", "float32", ["N", 3, 8, 8]);
  const convolved = b.op("Conv", ["x", b.initializer("w", noise(4, 3, 3, 3))], { kernel_shape: [3, 3] });
  b.append({ name: "odd", op: "InstanceNorm9", domain: "", inputs: [convolved], outputs: ["odd"], attributes: {} }, new Map([["odd", { dtype: "float32", shape: ["N", 4, 6, 6] }]]));
  b.output(b.op("Gemm", [b.op("Flatten", [b.op("GlobalAveragePool", ["odd"])]), b.initializer("fc", noise(4, 4))]), "y");
  const graph = b.build();
  await assert.rejects(async () => {
    const { network, tensors } = importClassifier({ graph, opsets: { "": 17 } }, { classes: 2 });
    await trialStep(network, loadWeights(network, tensors, { head: "replace", random: seededRandom(1) }).weights);
  }, /InstanceNorm9/);
});

test("what is no classifier is refused by what was found instead", () => {
  const b = new GraphBuilder({ name: "segmentation" });
  b.input("x", "float32", ["N", 3, 8, 8]);
  b.output(b.op("MaxPool", ["x"], { kernel_shape: [2, 2] }), "y");
  assert.throws(() => importClassifier({ graph: b.build(), opsets: { "": 17 } }), { code: "import-classifier", message: /MaxPool/ });
  const tabular = new GraphBuilder({ name: "table" });
  tabular.input("x", "float32", ["N", 7]);
  tabular.output(tabular.op("Relu", ["x"]), "y");
  assert.throws(() => importClassifier({ graph: tabular.build(), opsets: { "": 17 } }), { code: "import-input" });
});
