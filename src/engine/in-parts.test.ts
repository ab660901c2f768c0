import assert from "node:assert/strict";
import test from "node:test";
import { GraphBuilder } from "../graph/index.js";
import { imagesAtOnce, partsOf } from "./in-parts.js";
import { randomTensor } from "./lowering/lowering.testkit.js";
import { createSession } from "./session.js";

/** A convolution of any batch that is faster in tiles, an input of one size beside it, and two outputs. */
function graphOf(kernel: 1 | 3, shared: "1" | "N"): ReturnType<GraphBuilder["build"]> {
  const builder = new GraphBuilder({ name: "sized" });
  const x = builder.input("x", "float32", ["N", 128, 32, 32]);
  const bias = builder.input("bias", "float32", [shared === "1" ? 1 : shared, 128, 1, 1]);
  const w = builder.initializer("w", randomTensor("w", [128, 128, kernel, kernel], 0.03));
  const y = builder.op("Conv", [x, w], { pads: kernel === 3 ? [1, 1, 1, 1] : [0, 0, 0, 0] });
  builder.output(builder.op("Add", [y, bias]), "y");
  builder.output(builder.op("ReduceMean", [y], { axes: [1, 2, 3], keepdims: 0 }), "mean");
  return builder.build();
}

test("images of any number come out of sessions of known sizes as of one for all, each as if it were alone", async () => {
  const graph = graphOf(3, "1");
  assert.deepEqual(partsOf(graph, {}), { name: "N", images: 4, isSized: true });
  const feeds = { x: randomTensor("x", [6, 128, 32, 32]), bias: randomTensor("b", [1, 128, 1, 1]) };
  const [sized, whole] = await Promise.all([createSession(graph, { threads: 1 }), createSession(graph, { threads: 1, layout: "plain" })]);
  const [found, expected] = [await sized.run(feeds), await whole.run(feeds)];
  assert.deepEqual([found["y"]!.shape, found["mean"]!.shape], [[6, 128, 32, 32], [6]]);
  for (const name of ["y", "mean"]) {
    const [a, b] = [found[name]!.data as Float32Array, expected[name]!.data as Float32Array];
    assert.ok(a.every((value, i) => Math.abs(value - b[i]!) < 1e-4), name);
  }
  assert.equal(await sized.run({ ...feeds, x: randomTensor("x", [0, 128, 32, 32]) }).then(({ y }) => y!.data.length), 0);
  await assert.rejects(sized.run({ x: feeds.x }), { code: "missing-input" });
  await sized.release();
  await assert.rejects(sized.run(feeds), { code: "session-released" });
  await whole.release();
});

test("a batch is left open where nothing is made in tiles, the extents are given, or the layout is asked for", () => {
  assert.equal(partsOf(graphOf(1, "1"), {}), undefined);
  assert.equal(partsOf(graphOf(3, "N"), {})?.name, "N");
  assert.equal(partsOf(graphOf(3, "N"), { extents: { N: 4 } }), undefined);
  assert.equal(partsOf(graphOf(3, "N"), { layout: "plain" }), undefined);
  assert.equal(partsOf(graphOf(3, "N"), { device: "webgpu" }), undefined);
});

/** A linear layer on the pixels of any number of images. */
function linearGraph(): ReturnType<GraphBuilder["build"]> {
  const builder = new GraphBuilder({ name: "linear" });
  const x = builder.input("x", "float32", ["N", 5, 8]);
  const pixels = builder.op("Reshape", [x, builder.constant([-1, 8])]);
  const wide = builder.op("Gemm", [pixels, builder.initializer("w", randomTensor("w", [8, 6], 1))], {});
  builder.output(builder.op("Reshape", [wide, builder.constant([-1, 5, 6])]), "y");
  return builder.build();
}

test("linear layers on pixels take two images at a time, the last alone, in one session", async () => {
  const graph = linearGraph();
  assert.deepEqual(partsOf(graph, {}), { name: "N", images: 2, isSized: false });
  assert.deepEqual([imagesAtOnce(graph, 16), imagesAtOnce(graph, 1), imagesAtOnce(graphOf(3, "1"), 16)], [2, 1, 16]);
  const feeds = { x: randomTensor("x", [5, 5, 8]) };
  const [parted, whole] = await Promise.all([createSession(graph, { threads: 1 }), createSession(graph, { threads: 1, layout: "plain" })]);
  const [{ y }, { y: expected }] = [await parted.run(feeds), await whole.run(feeds)];
  assert.deepEqual(y!.shape, [5, 5, 6]);
  (y!.data as Float32Array).forEach((value, i) => assert.ok(Math.abs(value - Number(expected!.data[i])) < 1e-5, `${i}`));
  await parted.release();
  await whole.release();
});
