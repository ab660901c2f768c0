import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { float32, int64, type Tensor } from "../../base/index.js";
import { GraphBuilder } from "../../graph/index.js";
import { fromTensor, interpret, type NumericArray, toTensor } from "./index.js";

/** Builds a graph of constants alone and reads one value of it. */
function evaluate(build: (b: GraphBuilder) => string): NumericArray {
  const b = new GraphBuilder();
  const value = build(b);
  b.output(value);
  return interpret(b.build(), {}).get(value)!;
}

const row = (...values: number[]) => float32([values.length], values);

interface HandWorked {
  readonly title: string;
  readonly build: (b: GraphBuilder) => string;
  readonly expected: readonly number[];
}

// Values worked by hand from ONNX's definition; the other operators are held against PyTorch by the gradient cases.
const handWorked: readonly HandWorked[] = [
  {
    title: "comparisons and logic",
    build: (b) => {
      const [x, y] = [b.constant(row(1, 2, 3)), b.constant(row(3, 2, 1))];
      const either = b.op("Or", [b.op("GreaterOrEqual", [x, y]), b.op("Less", [x, y])]);
      const notEqual = b.op("Not", [b.op("Equal", [x, y])]);
      return b.op("Cast", [b.op("And", [either, b.op("And", [notEqual, b.op("LessOrEqual", [x, y])])])], { to: 1 });
    },
    expected: [1, 0, 0],
  },
  { title: "one hot", build: (b) => b.op("OneHot", [b.constant([1, -1]), b.constant(int64([], [3])), b.constant(row(0, 5))]), expected: [0, 5, 0, 0, 0, 5] },
  { title: "argmax takes the first of a tie", build: (b) => b.op("ArgMax", [b.constant(row(1, 4, 4, 2))], { axis: 0 }), expected: [1] },
  { title: "argmin takes the last of a tie when asked", build: (b) => b.op("ArgMin", [b.constant(row(1, 4, 1, 2))], { axis: 0, select_last_index: 1 }), expected: [2] },
  { title: "round goes to even", build: (b) => b.op("Round", [b.constant(row(0.5, 1.5, -0.5, -1.5, 2.4))]), expected: [0, 2, 0, -2, 2] },
  { title: "whole numbers divide towards zero", build: (b) => b.op("Div", [b.constant([7, -7]), b.constant([2, 2])]), expected: [3, -3] },
  { title: "remainder with the divisor's sign", build: (b) => b.op("Mod", [b.constant([7, -7]), b.constant([3, 3])]), expected: [1, 2] },
  { title: "a cast to whole numbers cuts off", build: (b) => b.op("Cast", [b.constant(row(1.9, -1.9))], { to: 7 }), expected: [1, -1] },
  { title: "blocks are scattered whole", build: (b) => b.op("ScatterND", [b.constant(float32([3, 2], [1, 2, 3, 4, 5, 6])), b.constant(int64([1, 1], [1])), b.constant(float32([1, 2], [8, 9]))]), expected: [1, 2, 8, 9, 5, 6] },
  { title: "part of a shape", build: (b) => b.op("Shape", [b.constant(float32([2, 1, 3], [1, 2, 3, 4, 5, 6]))], { start: 1 }), expected: [1, 3] },
  { title: "number of elements", build: (b) => b.op("Size", [b.constant(row(1, 2, 3))]), expected: [3] },
  { title: "product", build: (b) => b.op("ReduceProd", [b.constant(row(2, 3, 4))], { keepdims: 0 }), expected: [24] },
  { title: "range", build: (b) => b.op("Range", [b.constant(int64([], [1])), b.constant(int64([], [8])), b.constant(int64([], [3]))]), expected: [1, 4, 7] },
  { title: "reflected padding", build: (b) => b.op("Pad", [b.constant(row(1, 2, 3)), b.constant([2, 1])], { mode: "reflect" }), expected: [3, 2, 1, 2, 3, 2] },
];

describe("the interpreter", () => {
  for (const { title, build, expected } of handWorked) {
    test(`${title}: as worked by hand`, () => assert.deepEqual([...evaluate(build).data], expected));
  }

  test("computes in float64 where the graph says float32", () => {
    const third = evaluate((b) => b.op("Div", [b.constant(1), b.constant(3)]));
    assert.equal(third.dtype, "float32");
    assert.equal(third.data[0], 1 / 3);
    assert.equal(toTensor(third).data[0], Math.fround(1 / 3));
  });

  test("tensors survive being widened and rounded back", () => {
    const tensors: Tensor[] = [float32([2], [1.5, -2]), int64([2], [3, -4])];
    for (const tensor of tensors) assert.deepEqual(toTensor(fromTensor(tensor)), tensor);
  });

  test("a missing feed and an operator without meaning are named", () => {
    const b = new GraphBuilder();
    const x = b.input("x", "float32", [1, 2, 3, 3]);
    const w = b.input("w", "float32", [2, 2, 1, 1]);
    b.output(b.op("FusedConv", [x, w], {}, { name: "fused" }));
    assert.throws(() => interpret(b.build(), {}), { code: "missing-input" });
    const feeds = { x: float32([1, 2, 3, 3], new Float32Array(18)), w: float32([2, 2, 1, 1], [1, 2, 3, 4]) };
    assert.throws(() => interpret(b.build(), feeds), { code: "no-kernel", message: /FusedConv "fused"/ });
  });
});
