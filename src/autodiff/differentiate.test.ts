import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { array, assert as assertProperty, boolean, infiniteStream, integer, nat, property } from "fast-check";
import { float32, InputError, UnsupportedError } from "../base/index.js";
import { type Graph, GraphBuilder } from "../graph/index.js";
import { differentiate } from "./differentiate.js";
import { arrayOf, interpret } from "./reference/index.js";

function lossOf(b: GraphBuilder, value: string): string {
  return b.op("ReduceSum", [value], { keepdims: 0 });
}

function opsAfter(before: Graph, after: Graph): string[] {
  return after.nodes.slice(before.nodes.length).map((node) => node.op);
}

function gradientOf(graph: Graph, loss: string, name: string, feeds: Record<string, ReturnType<typeof arrayOf>>) {
  const result = differentiate(graph, loss, [name]);
  return [...interpret(result.graph, feeds).get(result.gradients[name]!)!.data];
}

describe("the walk", () => {
  test("adds up what comes back along several ways: d(x² + x)/dx = 2x + 1, worked by hand", () => {
    const b = new GraphBuilder();
    const x = b.input("x", "float32", [3]);
    const loss = lossOf(b, b.op("Add", [b.op("Mul", [x, x]), x]));
    assert.deepEqual(gradientOf(b.build(), loss, x, { x: arrayOf([3], Float64Array.of(1, -2, 0.5)) }), [3, -3, 2]);
  });

  test("gives zeros for an input the loss does not depend on, also with a symbolic batch", () => {
    const b = new GraphBuilder();
    const x = b.input("x", "float32", ["N", 2]);
    b.input("unused", "float32", ["N", 2]);
    b.input("lonely", "float32", [3]);
    const loss = lossOf(b, x);
    const { graph, gradients } = differentiate(b.build(), loss, ["x", "unused", "lonely"]);
    const two = arrayOf([2, 2], Float64Array.of(1, 2, 3, 4));
    const values = interpret(graph, { x: two, unused: two, lonely: arrayOf([3]) });
    assert.deepEqual([...values.get(gradients["x"]!)!.data], [1, 1, 1, 1]);
    assert.deepEqual(values.get(gradients["unused"]!)!.shape, [2, 2]);
    assert.deepEqual([...values.get(gradients["unused"]!)!.data], [0, 0, 0, 0]);
    assert.deepEqual([...values.get(gradients["lonely"]!)!.data], [0, 0, 0]);
  });

  test("differentiates by an intermediate value and leaves what lies before it alone", () => {
    const b = new GraphBuilder();
    const x = b.input("x", "float32", [1, 2, 3, 3]);
    const w = b.initializer("w", float32([2, 2, 1, 1], [1, 2, 3, 4]));
    const features = b.op("Relu", [b.op("Conv", [x, w])]);
    const loss = lossOf(b, b.op("Mul", [b.op("GlobalAveragePool", [features]), b.constant(9)]));
    const before = b.build();
    const { graph, gradients } = differentiate(before, loss, [features]);
    assert.ok(!opsAfter(before, graph).some((op) => op.startsWith("Conv") || op.startsWith("Relu")));
    const values = interpret(graph, { x: arrayOf([1, 2, 3, 3]) });
    for (const value of values.get(gradients[features]!)!.data) assert.ok(Math.abs(value - 1) < 1e-6);
  });

  test("gives one for the loss itself and takes a loss of shape [1]", () => {
    const b = new GraphBuilder();
    const x = b.input("x", "float32", [2]);
    const loss = b.op("ReduceSum", [x], { keepdims: 1 });
    const { graph, gradients } = differentiate(b.build(), loss, [x, loss]);
    const values = interpret(graph, { x: arrayOf([2]) });
    assert.deepEqual([...values.get(gradients[loss]!)!.data], [1]);
    assert.deepEqual([...values.get(gradients[x]!)!.data], [1, 1]);
  });

  test("can be applied to its own result: d²(x³)/dx² = 6x, worked by hand", () => {
    const b = new GraphBuilder();
    const x = b.input("x", "float32", [2]);
    const loss = lossOf(b, b.op("Mul", [b.op("Mul", [x, x]), x]));
    const first = differentiate(b.build(), loss, [x]);
    const again = GraphBuilder.from(first.graph);
    const slope = lossOf(again, first.gradients[x]!);
    assert.deepEqual(gradientOf(again.build(), slope, x, { x: arrayOf([2], Float64Array.of(1, -2)) }), [6, -12]);
  });

  test("keeps the given graph's nodes and outputs", () => {
    const b = new GraphBuilder();
    const x = b.input("x", "float32", [2]);
    const loss = lossOf(b, b.op("Exp", [x]));
    b.output(loss, "loss");
    const before = b.build();
    const count = before.nodes.length;
    const { graph } = differentiate(before, loss, [x]);
    assert.equal(before.nodes.length, count);
    assert.deepEqual(graph.nodes.slice(0, count), before.nodes);
    assert.deepEqual(graph.outputs, before.outputs);
  });

  test("writes nothing for an input nobody asked for, and no product with the leading one", () => {
    const b = new GraphBuilder();
    const x = b.input("x", "float32", ["N", 3, 4, 4]);
    const w = b.input("w", "float32", [2, 3, 3, 3]);
    const bias = b.input("b", "float32", [2]);
    const loss = lossOf(b, b.op("Relu", [b.op("Conv", [x, w, bias])]));
    const before = b.build();
    const ops = opsAfter(before, differentiate(before, loss, [w, bias]).graph);
    assert.ok(!ops.includes("ConvInputGradient") && !ops.includes("Mul"), ops.join());
    assert.deepEqual(ops.filter((op) => op === "ConvWeightGradient" || op === "ChannelSum").toSorted(), [
      "ChannelSum",
      "ConvWeightGradient",
    ]);
  });

  test("sums a broadcast gradient back to its input's shape: the law Σ dA = Σ dY", () => {
    const shapes = array(integer({ min: 1, max: 3 }), { maxLength: 4 });
    assertProperty(
      property(shapes, infiniteStream(boolean()), nat(4), (shape, thin, dropped) => {
        const smaller = shape.map((n) => (thin.next().value ? 1 : n)).slice(Math.min(dropped, shape.length));
        const b = new GraphBuilder();
        const a = b.input("a", "float32", smaller);
        const y = b.input("y", "float32", shape);
        const weight = b.input("weight", "float32", shape);
        const loss = lossOf(b, b.op("Mul", [b.op("Add", [a, y]), weight]));
        const { graph, gradients } = differentiate(b.build(), loss, [a]);
        const size = shape.reduce((product, n) => product * n, 1);
        const data = Float64Array.from({ length: size }, (_, i) => i + 1);
        const zeros = smaller.reduce((product, n) => product * n, 1);
        const feeds = { a: arrayOf(smaller, new Float64Array(zeros)), y: arrayOf(shape), weight: arrayOf(shape, data) };
        const gradient = interpret(graph, feeds).get(gradients[a]!)!;
        assert.deepEqual(gradient.shape, smaller);
        assert.equal(gradient.data.reduce((sum, g) => sum + g, 0), (size * (size + 1)) / 2);
      }),
      { numRuns: 60 },
    );
  });
});

describe("refusals come before anything runs", () => {
  test("an operator without gradient on the way is named with its node and the reason", () => {
    const b = new GraphBuilder();
    const x = b.input("x", "float32", [2, 3]);
    const loss = lossOf(b, b.op("ReduceProd", [x], { axes: [1] }, { name: "volume" }));
    assert.throws(
      () => differentiate(b.build(), loss, [x]),
      (error) =>
        error instanceof UnsupportedError && error.code === "no-gradient" && /ReduceProd.*volume.*product/.test(error.message),
    );
  });

  test("an operator without gradient elsewhere is no obstacle", () => {
    const b = new GraphBuilder();
    const x = b.input("x", "float32", [2, 3]);
    const w = b.input("w", "float32", [2, 1]);
    const volume = b.op("ReduceProd", [x], { axes: [1] });
    const loss = lossOf(b, b.op("Mul", [volume, w]));
    b.output(b.op("ReduceProd", [w], { axes: [0] }), "aside");
    const x1 = arrayOf([2, 3], Float64Array.of(1, 2, 3, 4, 5, 6));
    assert.deepEqual(gradientOf(b.build(), loss, w, { x: x1, w: arrayOf([2, 1]) }), [6, 120]);
  });

  test("whole numbers carry no gradient: a path through ArgMax counts as none", () => {
    const b = new GraphBuilder();
    const x = b.input("x", "float32", [4]);
    const label = b.op("Cast", [b.op("ArgMax", [x], { axis: 0 })], { to: 1 });
    const loss = lossOf(b, b.op("Mul", [label, x]));
    assert.deepEqual(gradientOf(b.build(), loss, x, { x: arrayOf([4], Float64Array.of(1, 2, 9, 3)) }), [2, 2, 2, 2]);
  });

  test("dropout in training needs the mask it drew, whose gradient is mask / (1 - ratio), worked by hand", () => {
    const b = new GraphBuilder();
    const x = b.input("x", "float32", [2]);
    const training = b.constant(1, "bool");
    const [dropped, mask] = b.ops("Dropout", [x, b.constant(0.75), training], {}, { outputs: 2 });
    const loss = lossOf(b, dropped!);
    const graph = b.build();
    // The interpreter keeps everything, which is one of the masks there may be.
    assert.equal(graph.values.get(mask!)!.dtype, "bool");
    assert.deepEqual(gradientOf(graph, loss, x, { x: arrayOf([2]) }), [4, 4]);
    const blind = lossOf(b, b.op("Dropout", [x, "", training]));
    assert.throws(() => differentiate(b.build(), blind, [x]), { code: "no-gradient", message: /mask/ });
  });

  test("the statistics of batch normalization in training can't be part of a loss", () => {
    const b = new GraphBuilder();
    const x = b.input("x", "float32", [4, 2]);
    const vectors = ["scale", "bias"].map((name) => b.input(name, "float32", [2]));
    const [, mean] = b.ops("BatchNormTraining", [x, ...vectors], {}, { outputs: 4 });
    const loss = lossOf(b, mean!);
    assert.throws(() => differentiate(b.build(), loss, [x]), { code: "no-gradient" });
  });

  test("unknown names, whole numbers and a loss of many elements are refused", () => {
    const b = new GraphBuilder();
    const x = b.input("x", "float32", [2, 3]);
    const rows = b.input("rows", "int64", [2]);
    const loss = lossOf(b, b.op("Gather", [x, rows]));
    const graph = b.build();
    assert.throws(() => differentiate(graph, loss, ["y"]), (e) => e instanceof InputError && e.code === "unknown-value");
    assert.throws(() => differentiate(graph, loss, [rows]), { code: "not-differentiable-value" });
    assert.throws(() => differentiate(graph, x, [x]), { code: "loss-not-scalar" });
  });
});
