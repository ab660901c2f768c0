import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { float32, InputError, int64 } from "../../base/index.js";
import type { Tensor } from "../../base/index.js";
import { GraphBuilder } from "../graph-builder.js";
import type { Graph } from "../model.js";
import { validateGraph } from "../validate-graph.js";
import { bindConstants, unbindConstants } from "./bind-constants.js";
import { eliminateDeadNodes } from "./eliminate-dead-nodes.js";
import { extractSubgraph } from "./extract-subgraph.js";
import { foldBatchNormalization } from "./fold-batch-normalization.js";
import { foldConstants } from "./fold-constants.js";
import { inlineInto } from "./inline-into.js";

const ops = (graph: Graph): string[] => graph.nodes.map(({ op }) => op);
const names = (values: readonly { readonly name: string }[]): string[] => values.map(({ name }) => name);
const numbers = (value: Tensor | undefined): number[] => Array.from(value!.data as Iterable<number | bigint>, Number);

/** y = relu(x w), with w an input; a second product that nobody needs. */
function dense(): Graph {
  const builder = new GraphBuilder({ name: "dense" });
  builder.input("x", "float32", ["N", 2]);
  builder.input("w", "float32", [2, 2]);
  const product = builder.op("MatMul", ["x", "w"], {}, { output: "product" });
  builder.op("MatMul", ["x", builder.initializer("unused", float32([2, 1], [1, 1]))]);
  builder.output(builder.op("Relu", [product], {}, { output: "y" }));
  return builder.build();
}

const weights = new Map([["w", float32([2, 2], [1, 2, 3, 4])]]);

describe("binding", () => {
  test("turns inputs into constants and back", () => {
    const graph = dense();
    const bound = bindConstants(graph, weights);
    assert.ok(bound.modified);
    validateGraph(bound.graph);
    assert.deepEqual(names(bound.graph.inputs), ["x"]);
    assert.deepEqual(numbers(bound.graph.initializers.get("w")), [1, 2, 3, 4]);
    const back = unbindConstants(bound.graph, ["w"]);
    assert.deepEqual(back, { graph, modified: true });
  });

  test("does nothing for other names and refuses other shapes", () => {
    const graph = dense();
    assert.deepEqual(bindConstants(graph, new Map([["v", float32([], [1])]])), { graph, modified: false });
    assert.deepEqual(unbindConstants(graph, ["v"]), { graph, modified: false });
    const wrong = new Map([["w", float32([2, 3], new Float32Array(6))]]);
    assert.throws(
      () => bindConstants(graph, wrong),
      (error) =>
        error instanceof InputError && /w: expected float32 \[2, 2\], got float32 \[2, 3\]/.test(error.message),
    );
  });
});

test("dead nodes and their constants go, the signature stays", () => {
  const { graph, modified } = eliminateDeadNodes(dense());
  assert.ok(modified);
  validateGraph(graph);
  assert.deepEqual(ops(graph), ["MatMul", "Relu"]);
  assert.deepEqual([...graph.initializers.keys()], []);
  assert.deepEqual([...graph.values.keys()].toSorted(), ["product", "w", "x", "y"]);
  assert.deepEqual(eliminateDeadNodes(graph), { graph, modified: false });
});

describe("a subgraph", () => {
  test("begins at values inside and takes along what else it needs", () => {
    const tail = extractSubgraph(dense(), ["product"], ["y"]);
    assert.deepEqual([names(tail.inputs), ops(tail), names(tail.outputs)], [["product"], ["Relu"], ["y"]]);
    const whole = extractSubgraph(dense(), ["x"], ["y"]);
    assert.deepEqual(
      [names(whole.inputs), ops(whole)],
      [
        ["x", "w"],
        ["MatMul", "Relu"],
      ],
    );
    assert.throws(() => extractSubgraph(dense(), ["nowhere"], ["y"]), /expected a value of the graph, got "nowhere"/);
  });
});

describe("a graph copied into a builder", () => {
  test("binds its inputs to values there; copies do not clash", () => {
    const builder = new GraphBuilder();
    builder.input("image", "float32", [5, 2]);
    const w = builder.initializer("shared", weights.get("w")!);
    const first = inlineInto(builder, dense(), { prefix: "a/", bind: { x: "image", w } });
    const second = inlineInto(builder, dense(), { prefix: "b/", bind: { x: first["y"]!, w } });
    builder.output(second["y"]!);
    const graph = builder.build();
    assert.deepEqual(builder.shape(second["y"]!), [5, 2]);
    assert.deepEqual([names(graph.inputs), names(graph.outputs)], [["image"], ["b/y"]]);
    assert.throws(
      () => inlineInto(builder, dense(), { prefix: "c/", bind: { z: w } }),
      /expected an input to bind, got "z"/,
    );
  });

  test("makes inputs of what is not bound", () => {
    const builder = new GraphBuilder();
    inlineInto(builder, dense(), { prefix: "a/" });
    assert.deepEqual(names(builder.build().inputs), ["a/x", "a/w"]);
  });
});

describe("folding batch normalization", () => {
  function normalized(withBias: boolean): GraphBuilder {
    const builder = new GraphBuilder();
    builder.input("x", "float32", ["N", 1, 4, 4]);
    const bias = withBias ? [builder.initializer("b", float32([2], [1, -1]))] : [];
    const conv = builder.op(
      "Conv",
      ["x", builder.initializer("w", float32([2, 1, 1, 1], [2, 3])), ...bias],
      {},
      { output: "conv" },
    );
    const parameters = { scale: [2, 4], shift: [0.5, 1], mean: [1, 2], variance: [3, 15] };
    const vectors = Object.entries(parameters).map(([name, values]) => builder.initializer(name, float32([2], values)));
    builder.output(builder.op("BatchNormalization", [conv, ...vectors], { epsilon: 1 }, { output: "y" }));
    return builder;
  }

  // By hand: s = [2 / sqrt(3 + 1), 4 / sqrt(15 + 1)] = [1, 1]; W' = W s; b' = (b - mean) s + shift.
  test("gives the weights and bias worked by hand", () => {
    for (const [withBias, bias] of [
      [true, [1 - 1 + 0.5, -1 - 2 + 1]],
      [false, [-1 + 0.5, -2 + 1]],
    ] as const) {
      const { graph, modified } = foldBatchNormalization(normalized(withBias).build());
      assert.ok(modified);
      validateGraph(graph);
      assert.deepEqual(ops(graph), ["Conv"]);
      const [, w, b] = graph.nodes[0]!.inputs;
      assert.deepEqual(numbers(graph.initializers.get(w!)), [2, 3]);
      assert.deepEqual(numbers(graph.initializers.get(b!)), bias);
      assert.deepEqual([...graph.initializers.keys()].length, 2);
      assert.deepEqual(graph.outputs, [{ name: "y", dtype: "float32", shape: ["N", 2, 4, 4] }]);
    }
  });

  test("scales each output channel by its own factor", () => {
    const builder = new GraphBuilder();
    builder.input("x", "float32", ["N", 2, 4, 4]);
    const conv = builder.op("Conv", ["x", builder.initializer("w", float32([2, 2, 1, 1], [1, 2, 3, 4]))]);
    const vectors = [
      [6, 1],
      [0, 0],
      [0, 1],
      [3, 0],
    ].map((values, i) => builder.initializer(`p${i}`, float32([2], values)));
    builder.output(builder.op("BatchNormalization", [conv, ...vectors], { epsilon: 1 }));
    const { graph } = foldBatchNormalization(builder.build());
    const [, w, b] = graph.nodes[0]!.inputs;
    // s = [6 / 2, 1 / 1]
    assert.deepEqual(numbers(graph.initializers.get(w!)), [3, 6, 3, 4]);
    assert.deepEqual(numbers(graph.initializers.get(b!)), [0, -1]);
  });

  test("leaves a convolution alone that something else reads, or whose weights are inputs", () => {
    const shared = normalized(true);
    shared.output("conv");
    assert.equal(foldBatchNormalization(shared.build()).modified, false);
    const { graph } = unbindConstants(normalized(true).build(), ["w"]);
    assert.deepEqual(foldBatchNormalization(graph), { graph, modified: false });
  });
});

describe("folding constants", () => {
  test("computes shape arithmetic, views, transposes and exact arithmetic", () => {
    const builder = new GraphBuilder();
    builder.input("x", "float32", [2, 3]);
    const w = builder.initializer("w", float32([3, 2], [1, 2, 3, 4, 5, 6]));
    const turned = builder.op("Transpose", [w]);
    const scaled = builder.op("Div", [
      builder.op("Add", [turned, builder.constant(float32([2, 1], [10, 20]))]),
      builder.constant(4),
    ]);
    const target = builder.op(
      "Concat",
      [
        builder.op("Slice", [builder.op("Shape", ["x"]), builder.constant([1]), builder.constant([2])]),
        builder.constant([-1]),
      ],
      { axis: 0 },
    );
    const zeros = builder.op("Expand", [
      builder.op("Cast", [builder.constant(int64([], [7]))], { to: 1 }),
      builder.op("Shape", [w]),
    ]);
    const view = builder.op("Reshape", [builder.op("Sub", ["x", scaled]), target]);
    builder.output(builder.op("Add", [view, zeros], {}, { output: "y" }));
    const before = builder.build();
    const { graph, modified } = foldConstants(before);
    assert.ok(modified);
    validateGraph(graph);
    assert.deepEqual(ops(graph), ["Sub", "Reshape", "Add"]);
    assert.deepEqual(graph.outputs, before.outputs);
    const constants = graph.nodes.map(({ inputs }) => numbers(graph.initializers.get(inputs[1]!)));
    // By hand: w transposed is [1 3 5; 2 4 6], plus [10; 20], over 4.
    assert.deepEqual(constants, [
      [11 / 4, 13 / 4, 15 / 4, 22 / 4, 24 / 4, 26 / 4],
      [3, -1],
      [7, 7, 7, 7, 7, 7],
    ]);
    assert.deepEqual(foldConstants(graph), { graph, modified: false });
  });

  test("rounds float32 arithmetic as float32 does", () => {
    const builder = new GraphBuilder();
    builder.input("x", "float32", []);
    const third = builder.op("Div", [builder.constant(1), builder.constant(3)]);
    builder.output(builder.op("Add", ["x", third]));
    const { graph } = foldConstants(builder.build());
    assert.deepEqual(numbers(graph.initializers.get(third)), [Math.fround(1 / 3)]);
  });

  test("leaves named extents, outputs and results that would bloat the file", () => {
    const builder = new GraphBuilder();
    builder.input("x", "float32", ["N", 3]);
    builder.output(builder.op("Shape", ["x"]));
    builder.output(builder.op("Neg", [builder.constant(1)]));
    builder.output(builder.op("MatMul", ["x", builder.op("ConstantOfShape", [builder.constant([3, 5000])])]));
    const graph = builder.build();
    assert.deepEqual(foldConstants(graph), { graph, modified: false });
    assert.deepEqual(ops(foldConstants(graph, { maxGrowth: 20_000 }).graph), ["Shape", "Neg", "MatMul"]);
  });
});
