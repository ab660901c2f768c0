// Oracle: ONNX Runtime itself, which runs the old file as its operator set says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { float32, int64, seededRandom, type Tensor } from "../../base/index.js";
import { createSession, createSessionFromBytes } from "../../engine/index.js";
import { GraphBuilder } from "../graph-builder.js";
import type { Attribute, Graph, Node } from "../model.js";
import { encodeModel } from "../proto/encode-model.js";
import { decodeModel } from "../proto/decode-model.js";
import { upgradeOpset } from "./upgrade-opset.js";

interface OldNode {
  readonly op: string;
  readonly opset: number;
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly attributes?: Record<string, Attribute>;
  readonly constants?: readonly Tensor[];
  /** Inputs in order: x and then the constants, where not said. */
  readonly inputs?: readonly string[];
}

const ints = (...value: number[]): Attribute => ({ kind: "ints", value });
const int = (value: number): Attribute => ({ kind: "int", value });
const float = (value: number): Attribute => ({ kind: "float", value });
const text = (value: string): Attribute => ({ kind: "string", value });

const cases: Record<string, OldNode> = {
  "Squeeze 11": { op: "Squeeze", opset: 11, input: [2, 1, 3], output: [2, 3], attributes: { axes: ints(1) } },
  "Unsqueeze 11": { op: "Unsqueeze", opset: 11, input: [2, 3], output: [2, 1, 3], attributes: { axes: ints(1) } },
  "ReduceSum 11": { op: "ReduceSum", opset: 11, input: [2, 3, 4], output: [2, 4], attributes: { axes: ints(1), keepdims: int(0) } },
  "ReduceMean 18": { op: "ReduceMean", opset: 18, input: [2, 3, 4], output: [2, 3, 1], constants: [int64([1], [2])] },
  "ReduceMax 18 over all": { op: "ReduceMax", opset: 18, input: [2, 3, 4], output: [1, 1, 1] },
  "ReduceMean 18 over none": { op: "ReduceMean", opset: 18, input: [2, 3], output: [2, 3], attributes: { noop_with_empty_axes: int(1) } },
  "Softmax 11": { op: "Softmax", opset: 11, input: [2, 5], output: [2, 5] },
  "LogSoftmax 9": { op: "LogSoftmax", opset: 9, input: [2, 3, 1, 1], output: [2, 3, 1, 1] },
  "Split 11": { op: "Split", opset: 11, input: [2, 5], output: [2, 2], attributes: { axis: int(1), split: ints(2, 3) } },
  "Split 18": { op: "Split", opset: 18, input: [2, 5], output: [2, 3], attributes: { axis: int(1), num_outputs: int(2) } },
  "Clip 6": { op: "Clip", opset: 9, input: [4], output: [4], attributes: { min: float(-0.5), max: float(0.25) } },
  "Clip 6 from below": { op: "Clip", opset: 9, input: [4], output: [4], attributes: { min: float(0) } },
  "Pad 10": { op: "Pad", opset: 10, input: [2, 3], output: [3, 5], attributes: { pads: ints(1, 0, 0, 2), value: float(7) } },
  "Pad 18 of one axis": { op: "Pad", opset: 18, input: [2, 3], output: [2, 6], constants: [int64([2], [1, 2]), int64([1], [-1])], inputs: ["x", "c0", "", "c1"] },
  "Slice 9": { op: "Slice", opset: 9, input: [4, 5], output: [4, 2], attributes: { starts: ints(1), ends: ints(3), axes: ints(1) } },
  "Dropout 10": { op: "Dropout", opset: 10, input: [2, 3], output: [2, 3], attributes: { ratio: float(0.3) } },
  "BatchNormalization 9": {
    op: "BatchNormalization", opset: 9, input: [2, 2, 3], output: [2, 2, 3], attributes: { epsilon: float(1e-3), momentum: float(0.9) },
    constants: [float32([2], [1, 2]), float32([2], [0.5, -1]), float32([2], [0.1, 0.2]), float32([2], [1.5, 0.5])],
  },
  "Upsample 9": { op: "Upsample", opset: 9, input: [1, 1, 2, 3], output: [1, 1, 4, 6], attributes: { mode: text("nearest") }, constants: [float32([4], [1, 1, 2, 2])] },
  "Upsample 7, linear": { op: "Upsample", opset: 7, input: [1, 1, 2, 3], output: [1, 1, 4, 6], attributes: { mode: text("linear"), scales: { kind: "floats", value: [1, 1, 2, 2] } } },
  "Resize 10": { op: "Resize", opset: 10, input: [1, 1, 2, 3], output: [1, 1, 4, 6], attributes: { mode: text("linear") }, constants: [float32([4], [1, 1, 2, 2])] },
  "AveragePool 19": { op: "AveragePool", opset: 19, input: [1, 1, 4, 4], output: [1, 1, 2, 2], attributes: { kernel_shape: ints(2, 2), strides: ints(2, 2), dilations: ints(1, 1) } },
  "Gelu 20": { op: "Gelu", opset: 20, input: [6], output: [6] },
};

function oldGraph({ op, input, output, attributes = {}, constants = [], inputs }: OldNode): Graph {
  const builder = new GraphBuilder({ name: "old" });
  builder.input("x", "float32", input);
  constants.forEach((value, i) => builder.initializer(`c${i}`, value));
  const node: Node = { name: "node", op, domain: "", attributes, inputs: inputs ?? ["x", ...constants.map((_, i) => `c${i}`)], outputs: op === "Split" ? ["y", "z"] : ["y"] };
  const stated = new Map([["y", { dtype: "float32" as const, shape: output }], ["z", { dtype: "float32" as const, shape: output }]]);
  // Held as a file's node is: its form is not that of operator set 17.
  const held = { ...node, op: `${op}?` };
  builder.append(held, stated);
  builder.output("y");
  const graph = builder.build();
  return { ...graph, nodes: [node] };
}

for (const [name, old] of Object.entries(cases)) {
  test(`${name} in operator set 17 computes what it did`, async () => {
    const bytes = encodeModel({ graph: oldGraph(old), opsets: { "": old.opset }, producer: "test", metadata: {} });
    const random = seededRandom(name);
    const x = float32(old.input, Float32Array.from({ length: old.input.reduce((a, b) => a * b, 1) }, () => random.normal()));
    const before = await createSessionFromBytes(bytes);
    const after = await createSession(upgradeOpset(decodeModel(bytes)));
    const [expected, got] = [await before.run({ x }), await after.run({ x })];
    assert.deepEqual(got["y"]!.shape, expected["y"]!.shape);
    got["y"]!.data.forEach((value, i) => assert.ok(Math.abs(Number(value) - Number(expected["y"]!.data[i])) < 1e-6, `element ${i}`));
    await Promise.all([before.release(), after.release()]);
  });
}

test("a form that set 17 lacks is refused by the node's name", () => {
  const old: OldNode = { op: "Softmax", opset: 11, input: [2, 3, 4], output: [2, 3, 4], attributes: { axis: int(1) } };
  assert.throws(() => upgradeOpset({ graph: oldGraph(old), opsets: { "": 11 } }), { code: "opset-upgrade", message: /Softmax "node": .*several axes/ });
});

test("files from before broadcasting are refused", () => {
  assert.throws(() => upgradeOpset({ graph: oldGraph(cases["Squeeze 11"]!), opsets: { "": 6 } }), { code: "opset" });
});
