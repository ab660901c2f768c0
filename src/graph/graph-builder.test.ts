import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { float32, InputError, int64, InternalError, UnsupportedError } from "../base/index.js";
import { GraphBuilder } from "./graph-builder.js";
import type { Node } from "./model.js";
import { validateGraph } from "./validate-graph.js";

/** Checks class, code and text of an error. */
function fails(
  build: () => unknown,
  type: new (...args: never[]) => Error & { code: string },
  code: string,
  text: RegExp,
): void {
  assert.throws(build, (error: Error & { code?: string }) => {
    assert.ok(error instanceof type, `${error.name}: ${error.message}`);
    assert.equal(error.code, code);
    assert.match(error.message, text);
    return true;
  });
}

function image(): GraphBuilder {
  const builder = new GraphBuilder({ name: "net" });
  builder.input("x", "float32", ["N", 3, 32, 32]);
  return builder;
}

describe("the named batch flows", () => {
  // Shapes worked by hand.
  test("through a small network to its logits", () => {
    const builder = image();
    const w = builder.initializer("w", float32([8, 3, 3, 3], new Float32Array(216)));
    const conv = builder.op("Conv", ["x", w], { pads: [1, 1, 1, 1], strides: [2, 2] });
    const pooled = builder.op("GlobalAveragePool", [builder.op("Relu", [conv])]);
    const logits = builder.op("Gemm", [
      builder.op("Flatten", [pooled]),
      builder.constant(float32([8, 2], new Float32Array(16))),
    ]);
    assert.deepEqual(builder.shape(conv), ["N", 8, 16, 16]);
    assert.deepEqual(builder.shape(logits), ["N", 2]);
  });

  test("through shapes that are computed in the graph", () => {
    const builder = image();
    const shape = builder.op("Shape", ["x"]);
    const n = builder.op("Gather", [shape, builder.constant(int64([], [0]))]);
    const target = builder.op("Concat", [builder.op("Unsqueeze", [n, builder.constant([0])]), builder.constant([-1])], {
      axis: 0,
    });
    assert.deepEqual(builder.shape(builder.op("Reshape", ["x", target])), ["N", 3072]);
    assert.deepEqual(builder.shape(builder.op("Expand", [builder.constant(1), shape])), ["N", 3, 32, 32]);
    const rows = builder.op("Reshape", [
      builder.op("Transpose", ["x"], { perm: [0, 2, 3, 1] }),
      builder.constant([-1, 3]),
    ]);
    assert.deepEqual(builder.shape(rows), ["1024*N", 3]);
    const pixels = builder.op("Reshape", [rows, builder.constant([-1, 32, 32, 3])]);
    assert.deepEqual(builder.shape(pixels), ["N", 32, 32, 3]);
    assert.deepEqual(builder.shape(builder.op("Concat", ["x", "x"], { axis: 0 })), ["2*N", 3, 32, 32]);
    const range = builder.op(
      "Range",
      [0, n, 1].map((v) => (typeof v === "number" ? builder.constant(int64([], [v])) : v)),
    );
    assert.deepEqual(builder.shape(range), ["N"]);
  });

  test("and does not pass for a number", () => {
    const builder = image();
    fails(
      () => builder.staticShape("x"),
      InputError,
      "symbolic-shape",
      /x: expected a shape in numbers, got \[N, 3, 32, 32\]/,
    );
    fails(
      () => builder.op("Add", ["x", builder.input("y", "float32", [4, 3, 32, 32])]),
      InputError,
      "shape-mismatch",
      /broadcast/,
    );
  });
});

describe("names", () => {
  test("of anonymous nodes carry the scope and are unique", () => {
    const builder = image();
    const [a, b] = builder.scope("layer1", () =>
      builder.scope("conv", () => [builder.op("Relu", ["x"]), builder.op("Relu", ["x"])]),
    );
    assert.match(a, /^layer1\/conv\/Relu_\d+$/);
    assert.notEqual(a, b);
    assert.match(builder.op("Relu", ["x"]), /^Relu_\d+$/);
  });

  test("that are given are kept, outputs of another name go through an Identity", () => {
    const builder = image();
    const y = builder.op("Relu", ["x"], {}, { name: "act", output: "features" });
    assert.equal(y, "features");
    builder.output(y, "map");
    const graph = builder.build();
    assert.deepEqual(
      graph.nodes.map(({ name, op, outputs }) => [op, name === "act", outputs[0]]),
      [
        ["Relu", true, "features"],
        ["Identity", false, "map"],
      ],
    );
    assert.deepEqual(graph.outputs, [{ name: "map", dtype: "float32", shape: ["N", 3, 32, 32] }]);
  });

  test("are defined once and before they are used", () => {
    const builder = image();
    fails(() => builder.input("x", "float32", []), InternalError, "value-name", /"x" twice/);
    fails(() => builder.op("Relu", ["nowhere"]), InternalError, "undefined-value", /Relu.*"nowhere"/);
    fails(() => builder.op("Relu", ["x"], {}, { output: "x" }), InternalError, "value-name", /"x"/);
  });

  test("stay unique when a finished graph is continued", () => {
    const first = image();
    first.output(first.op("Relu", ["x"]));
    const graph = first.build();
    const builder = GraphBuilder.from(graph);
    const more = builder.op("Relu", [graph.outputs[0]!.name]);
    assert.ok(!graph.values.has(more));
    assert.deepEqual(builder.build().outputs, graph.outputs);
  });
});

describe("constants", () => {
  test("that are small are kept once", () => {
    const builder = new GraphBuilder();
    assert.equal(builder.constant(2), builder.constant(2));
    assert.notEqual(builder.constant(2), builder.constant(2, "float64"));
    assert.notEqual(builder.constant(0), builder.constant(-0));
    assert.notEqual(builder.constant([1]), builder.constant(int64([], [1])));
    assert.deepEqual(builder.info(builder.constant([1, 2])), {
      name: builder.constant([1, 2]),
      dtype: "int64",
      shape: [2],
    });
    assert.deepEqual(builder.info(builder.constant(0.5)).shape, []);
  });

  test("are found again, also where they follow from shapes", () => {
    const builder = new GraphBuilder();
    const w = builder.initializer("w", float32([2], [1, 2]));
    assert.deepEqual(builder.constantValue(w), float32([2], [1, 2]));
    assert.deepEqual(builder.constantValue(builder.op("Constant", [], { value: float32([], [3]) })), float32([], [3]));
    builder.input("x", "float32", [5, 7]);
    assert.deepEqual(builder.constantValue(builder.op("Shape", ["x"])), int64([2], [5, 7]));
    assert.equal(builder.constantValue("x"), undefined);
  });
});

describe("mistakes are told with the node", () => {
  const w = float32([8, 4, 3, 3], new Float32Array(288));

  test("channels, windows, types and ports", () => {
    const builder = image();
    const weights = builder.initializer("w", w);
    fails(
      () => builder.op("Conv", ["x", weights], {}, { name: "stem" }),
      InputError,
      "shape-mismatch",
      /Conv "stem": expected 4 x 1 input channels.*\[N, 3, 32, 32\], \[8, 4, 3, 3\]/,
    );
    fails(
      () => builder.op("MaxPool", ["x"], { kernel_shape: [40, 40] }),
      InputError,
      "shape-mismatch",
      /a window that fits.*larger image/,
    );
    fails(() => builder.op("MaxPool", ["x"]), InputError, "node-ports", /attribute kernel_shape/);
    fails(() => builder.op("Conv", ["x"]), InputError, "node-ports", /expected input W/);
    fails(() => builder.op("Relu", ["x", "x"]), InputError, "operator-form", /at most 1 inputs, got 2/);
    fails(
      () => builder.op("Add", ["x", builder.constant(1, "float64")]),
      InputError,
      "node-ports",
      /expected float32 like the other inputs, got float64/,
    );
    fails(() => builder.op("And", ["x", "x"]), InputError, "node-ports", /expected bool, got float32/);
    fails(() => builder.op("Softmax", ["x"], { axes: 1 }), InputError, "node-attribute", /Did you mean "axis"/);
    fails(() => builder.op("Softmax", ["x"], { axis: 1.5 }), InputError, "node-attribute", /expected int, got 1.5/);
    fails(() => builder.op("Softmax", ["x"], { axis: 4 }), InputError, "shape-mismatch", /an axis from -4 to 3, not 4/);
  });

  test("shapes that depend on values are not guessed", () => {
    const builder = image();
    const target = builder.input("target", "int64", [2]);
    fails(
      () => builder.op("Reshape", ["x", target], {}, { name: "view" }),
      UnsupportedError,
      "dynamic-value",
      /Reshape "view"/,
    );
    fails(
      () => builder.op("Slice", ["x", builder.constant([1]), builder.constant([2]), builder.constant([0])]),
      UnsupportedError,
      "shape-inference",
      /named extent/,
    );
    fails(
      () => builder.op("Reshape", ["x", builder.constant([0, -1, 5])]),
      InputError,
      "shape-mismatch",
      /3072\*N elements/,
    );
  });
});

describe("composite operators", () => {
  // By definition a gradient has the shape of what it belongs to.
  test("have the shapes of their definition", () => {
    const builder = image();
    builder.input("w", "float32", [8, 3, 3, 3]);
    builder.input("c", "float32", [3]);
    const attributes = { pads: [1, 1, 1, 1], strides: [2, 2] };
    const y = builder.op("Conv", ["x", "w"], attributes);
    const gradient = (
      op: "ConvInputGradient" | "ConvWeightGradient",
      inputs: string[],
      more: object,
    ): readonly unknown[] => builder.shape(builder.op(op, inputs, { ...attributes, ...more }));
    assert.deepEqual(gradient("ConvInputGradient", [y, "w"], { input_shape: [3, 32, 32] }), builder.shape("x"));
    assert.deepEqual(gradient("ConvWeightGradient", ["x", y], { kernel_shape: [3, 3] }), builder.shape("w"));
    fails(
      () => gradient("ConvInputGradient", [y, "w"], { input_shape: [3, 40, 40] }),
      InputError,
      "shape-mismatch",
      /spatial extents \[20, 20\]/,
    );
    const [normed, mean, variance, invStd] = builder.ops("BatchNormTraining", ["x", "c", "c"]);
    assert.deepEqual(
      [normed, mean, variance, invStd].map((value) => builder.shape(value!)),
      [["N", 3, 32, 32], [3], [3], [3]],
    );
    const gradients = builder.ops("BatchNormTrainingGradient", ["x", "c", mean!, invStd!, normed!]);
    assert.deepEqual(
      gradients.map((value) => builder.shape(value)),
      [["N", 3, 32, 32], [3], [3]],
    );
    const window = { kernel_shape: [2, 2], strides: [2, 2] };
    const max = builder.op("MaxPool", ["x"], window);
    assert.deepEqual(builder.shape(builder.op("MaxPoolGradient", ["x", max, max], window)), builder.shape("x"));
    assert.deepEqual(
      builder.shape(builder.op("AveragePoolGradient", [max], { ...window, input_shape: [3, 32, 32] })),
      builder.shape("x"),
    );
    assert.deepEqual(builder.shape(builder.op("ChannelSum", ["x"])), [3]);
    assert.deepEqual(builder.shape(builder.op("ReluGradient", ["x", "x"])), builder.shape("x"));
    fails(() => builder.op("ReluGradient", ["x", max]), InputError, "shape-mismatch", /inputs of one shape/);
    assert.equal(builder.build().nodes.find(({ op }) => op === "ChannelSum")!.domain, "ai.osteon");
  });
});

describe("foreign operators", () => {
  const foreign: Node = {
    name: "f",
    op: "Magic",
    domain: "org.example",
    inputs: ["x"],
    outputs: ["y"],
    attributes: {},
  };

  test("are held with stated types, and without only until their shape is asked for", () => {
    const builder = image();
    builder.append(foreign, new Map([["y", { dtype: "float32", shape: ["N", 7] }]]));
    assert.deepEqual(builder.shape(builder.op("Relu", ["y"])), ["N", 7]);
    const blind = image();
    blind.append(foreign, new Map());
    fails(() => blind.op("Relu", ["y"]), UnsupportedError, "unknown-shape", /Magic "f".*org\.example Magic/);
    fails(() => image().append(foreign), UnsupportedError, "unknown-operator", /Magic "f".*org\.example\.Magic/);
  });
});

test("a graph made by hand is checked for order, single assignment and outputs", () => {
  const builder = image();
  builder.output(builder.op("Relu", [builder.op("Relu", ["x"])]));
  const graph = builder.build();
  validateGraph(graph);
  const invalid = (change: object, text: RegExp): void =>
    fails(() => validateGraph({ ...graph, ...change }), InternalError, "invalid-graph", text);
  invalid({ nodes: graph.nodes.toReversed() }, /expected inputs defined before/);
  invalid({ nodes: [...graph.nodes, graph.nodes[0]!] }, /a name of its own/);
  invalid({ nodes: graph.nodes.slice(0, 1) }, /expected outputs that are defined/);
});

test("thousands of nodes are built in time that grows with their number", () => {
  const seconds = (count: number): number => {
    const builder = new GraphBuilder();
    let value = builder.input("x", "float32", ["N", 8]);
    const start = process.cpuUsage();
    for (let i = 0; i < count; i++) value = builder.op("Add", [value, builder.constant(i % 16)]);
    builder.output(value);
    builder.build();
    return process.cpuUsage(start).user / 1e6;
  };
  seconds(1000);
  const small = seconds(2000);
  const large = seconds(16000);
  // Quadratic growth would be 64 times; the rest is for a busy machine.
  assert.ok(large < 32 * small + 0.2, `${small} s for 2000 nodes, ${large} s for 16000`);
});
