import assert from "node:assert/strict";
import test from "node:test";
import { float32, halfToNumber, numberToHalf } from "../../base/index.js";
import { createSession } from "../../engine/index.js";
import { emulateHalf, GraphBuilder, type Graph, halfPrecision, joinCasts } from "../index.js";

/** A convolution, an activation, batch statistics, a branch that is scaled by a parameter, a mean and a linear layer; softmax at the end. */
function smallNetwork(): Graph {
  const b = new GraphBuilder({ name: "small" });
  const input = (name: string, shape: readonly number[]) => b.input(name, "float32", shape);
  const filtered = b.op("Conv", [input("x", [2, 3, 6, 6]), input("w", [8, 3, 3, 3]), input("wBias", [8])], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }, { output: "filtered" });
  const [normalized] = b.ops("BatchNormTraining", [filtered, input("scale", [8]), input("bias", [8])], {}, { outputs: ["normalized", "mean", "variance", "invStd"] });
  const active = b.op("Clip", [normalized!, b.constant(0), b.constant(6)], {}, { output: "active" });
  const dropped = b.op("Mul", [active, input("mask", [2, 8, 6, 6])], {}, { output: "dropped" });
  const layer = b.op("LayerNormalization", [dropped, input("layerScale", [6]), input("layerBias", [6])], { axis: -1 }, { output: "layer" });
  const added = b.op("Add", [b.op("Mul", [layer, input("gamma", [8, 1, 1])], {}, { output: "scaled" }), dropped], {}, { output: "added" });
  const pooled = b.op("Flatten", [b.op("GlobalAveragePool", [added])], { axis: 1 });
  const logits = b.op("Gemm", [pooled, input("head", [4, 8])], { transB: 1 }, { output: "logits" });
  b.output(logits);
  b.output(b.op("Softmax", [logits], { axis: 1 }), "probabilities");
  b.output("mean");
  return b.build();
}

test("products and what lies between them are float16; statistics, means, softmax, inputs and outputs are not", () => {
  const { graph } = halfPrecision(smallNetwork(), { adaptable: ["mask"] });
  const typeOf = (value: string) => graph.values.get(value)?.dtype;
  const found = (op: string) => graph.nodes.filter((node) => node.op === op).map(({ outputs }) => typeOf(outputs[0]!));
  assert.deepEqual([...found("Conv"), ...found("Gemm"), ...found("Clip"), ...found("BatchNormTraining")], ["float16", "float16", "float16", "float16"]);
  assert.deepEqual([typeOf("mean"), typeOf("invStd"), ...found("LayerNormalization"), ...found("GlobalAveragePool"), ...found("Softmax")], Array.from({ length: 5 }, () => "float32"));
  // The mask takes the type of what it meets. The parameter does not: a product with it is as precise as it is.
  assert.deepEqual([typeOf("dropped/half"), typeOf("scaled"), typeOf("added")], ["float16", "float32", "float32"]);
  assert.ok([...graph.inputs, ...graph.outputs].every(({ dtype }) => dtype === "float32"));
  assert.deepEqual(graph.outputs.map(({ name }) => name), ["logits", "probabilities", "mean"]);
});

test("a graph without products is left as it is", () => {
  const b = new GraphBuilder({ name: "none" });
  b.output(b.op("Relu", [b.input("x", "float32", [2])]));
  assert.equal(halfPrecision(b.build()).modified, false);
});

test("results in float16 are those in float32 within its rounding, and not equal", async () => {
  const graph = smallNetwork();
  const feeds = Object.fromEntries(graph.inputs.map(({ name, shape }, k) => {
    const extents = shape as number[];
    return [name, float32(extents, Float32Array.from({ length: extents.reduce((n, m) => n * m, 1) }, (_, i) => Math.sin(1 + i * (k + 1)) * (name === "gamma" ? 1e-3 : 0.5)))];
  }));
  const [single, half] = await Promise.all([graph, emulateHalf(halfPrecision(graph, { adaptable: ["mask"] }).graph).graph].map(async (one) => {
    const session = await createSession(one, { threads: 1, layout: "plain" });
    const results = await session.run(feeds);
    await session.release();
    return results;
  }));
  for (const name of ["logits", "probabilities", "mean"]) {
    const [a, b] = [single![name]!.data as Float32Array, half![name]!.data as Float32Array];
    const largest = Math.max(...a.map(Math.abs));
    assert.ok(a.every((value, i) => Math.abs(value - b[i]!) < 4 * 2 ** -11 * largest), name);
    assert.ok(a.some((value, i) => value !== b[i]), `${name} is not rounded`);
  }
});

test("emulated, every element is the nearest float16, and what leaves its range is infinite", async () => {
  const b = new GraphBuilder({ name: "rounded" });
  const half = b.op("Cast", [b.input("x", "float32", [4])], { to: 10 });
  b.output(b.op("Cast", [b.op("Mul", [half, b.constant(3, "float16")])], { to: 1 }), "y");
  const { graph } = emulateHalf(b.build());
  assert.ok([...graph.values.values()].filter(({ dtype }) => dtype === "float16").every(({ name }) => name.endsWith("/rounded")));
  const session = await createSession(graph, { threads: 1 });
  const x = [1 / 3, 2049, 30000, 1e-7];
  const { y } = await session.run({ x: float32([4], x) });
  await session.release();
  const round = (value: number) => halfToNumber(numberToHalf(value));
  assert.deepEqual([...(y!.data as Float32Array)], x.map((value) => round(3 * round(value))));
  assert.equal(y!.data[2], Infinity);
});

test("a sum in float32 is not rounded on its way to who wants it in float32, unless somebody reads it rounded", () => {
  const build = (isReadRounded: boolean): Graph => {
    const b = new GraphBuilder({ name: "casts" });
    const narrow = b.op("Cast", [b.input("x", "float32", [2])], { to: 10 }, { output: "narrow" });
    b.output(b.op("Neg", [b.op("Cast", [narrow], { to: 1 }, { output: "wide" })]), "y");
    if (isReadRounded) b.output(b.op("Neg", [narrow]), "z");
    return b.build();
  };
  const { graph, modified } = joinCasts(build(false));
  assert.ok(modified);
  assert.deepEqual(graph.nodes.find(({ op }) => op === "Neg")?.inputs, ["x"]);
  assert.equal(joinCasts(build(true)).modified, false);
  assert.equal(joinCasts(build(false), ["narrow"]).modified, false);
  assert.ok(joinCasts(build(false), ["wide"]).graph.values.has("wide"));
});
