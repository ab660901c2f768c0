import assert from "node:assert/strict";
import test from "node:test";
import { float32, halfToNumber, numberToHalf, type Tensor } from "../../base/index.js";
import { encodeModel, emulateHalf, GraphBuilder, opsetOf, type Graph } from "../../graph/index.js";
import { createSession, createSessionFromBytes } from "../session.js";
import { lower } from "./lower.js";
import { randomTensor } from "./lowering.testkit.js";

const geometry = { kernel_shape: [3, 3], strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], group: 1 };

/** Everything that a backward pass emits and that a device gets in other operators. */
function composites(isHalf: boolean): Graph {
  const b = new GraphBuilder({ name: "composites" });
  const cast = (value: string, to: number) => (isHalf ? b.op("Cast", [value], { to }) : value);
  const input = (name: string, shape: readonly number[]) => b.input(name, "float32", shape);
  const images = (name: string, shape: readonly number[]) => cast(input(name, shape), 10);
  const give = (value: string, name: string) => b.output(cast(value, 1), name);
  const [x, y, dy, dz, w] = [images("x", [2, 4, 6, 6]), images("y", [2, 8, 6, 6]), images("dy", [2, 8, 6, 6]), images("dz", [2, 4, 3, 3]), images("w", [8, 4, 3, 3])];
  give(b.op("ConvInputGradient", [dy, w], { ...geometry, input_shape: [4, 6, 6] }), "conv input");
  give(b.op("ConvWeightGradient", [x, dy], geometry), "conv weight");
  give(b.op("ReluGradient", [y, dy]), "relu");
  give(b.op("ClipGradient", [y, dy], { min: 0, max: 0.75 }), "clip");
  const pool = { kernel_shape: [2, 2], strides: [2, 2] };
  const pooled = b.op("MaxPool", [x], pool);
  give(b.op("MaxPoolGradient", [x, pooled, dz], pool), "max pool");
  give(b.op("AveragePoolGradient", [dz], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], input_shape: [4, 6, 6] }), "average pool");
  const scale = input("scale", [8]);
  const [normalized, mean, variance, invStd] = b.ops("BatchNormTraining", [y, scale, input("bias", [8])], {}, { outputs: ["n", "mean", "variance", "invStd"] });
  give(normalized!, "normalized");
  for (const statistic of [mean!, variance!]) b.output(statistic);
  const [dx, dScale, dBias] = b.ops("BatchNormTrainingGradient", [y, scale, mean!, invStd!, dy], {}, { outputs: ["dx", "dScale", "dBias"] });
  give(dx!, "norm");
  for (const gradient of [dScale!, dBias!]) b.output(gradient);
  return b.build();
}

test("composites of float16 images in a graphics processor's operators give what those of float32 do, within float16's rounding", async () => {
  const single = composites(false);
  // Numbers that float16 has, so that both sides choose alike.
  const feeds: Record<string, Tensor> = Object.fromEntries(single.inputs.map(({ name, shape }) => [name, float32(shape as number[], randomTensor(name, shape as number[], 0.5).data.map((value) => halfToNumber(numberToHalf(value))))]));
  const oneSession = await createSession(single, { threads: 1, layout: "plain" });
  const expected = await oneSession.run(feeds);
  await oneSession.release();
  const lowered = lower(composites(true), { layout: "plain", device: "webgpu" });
  for (const op of ["ReduceSum", "ReduceMean"]) {
    const sums = lowered.nodes.filter((node) => node.op === op);
    assert.ok(sums.length > 0 && sums.every(({ inputs }) => lowered.values.get(inputs[0]!)?.dtype === "float32"), `${op} in float32`);
  }
  const { graph } = emulateHalf(lowered);
  const session = await createSessionFromBytes(encodeModel({ graph, opsets: opsetOf(graph), producer: "test", metadata: {} }), { threads: 1 });
  const found = await session.run(feeds);
  await session.release();
  for (const [name, { data }] of Object.entries(expected)) {
    const [a, b] = [data as Float32Array, found[name]!.data as Float32Array];
    const largest = Math.max(...a.map(Math.abs));
    assert.ok(a.every((value, i) => Math.abs(value - b[i]!) < 4 * 2 ** -11 * largest), name);
  }
});

test("on WebGPU, whose kernels add up in the type of their factors, sums of more than 4,608 terms are float32", () => {
  const build = (terms: number): Graph => {
    const b = new GraphBuilder({ name: "sums" });
    const half = (name: string, shape: readonly number[]) => b.op("Cast", [b.input(name, "float32", shape)], { to: 10 });
    const product = b.op("Gemm", [half("a", [terms, 2]), half("b", [terms, 3])], { transA: 1 });
    b.output(b.op("Cast", [product], { to: 1 }), "y");
    return b.build();
  };
  const typeOf = (terms: number, device: "webgpu" | "cuda") => {
    const { nodes, values } = lower(build(terms), { layout: "plain", device });
    return values.get(nodes.find(({ op }) => op === "Gemm")!.outputs[0]!)?.dtype;
  };
  assert.deepEqual([typeOf(4608, "webgpu"), typeOf(4609, "webgpu"), typeOf(4609, "cuda")], ["float16", "float32", "float16"]);
});
