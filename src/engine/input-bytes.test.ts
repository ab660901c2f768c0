import assert from "node:assert/strict";
import { it } from "node:test";
import { GraphBuilder } from "../graph/index.js";
import { inputBytes, keepsFreedMemory } from "./input-bytes.js";

it("the bytes of a graph's inputs are counted by hand: 3 x 5 and 2 numbers, a named extent as one", () => {
  const builder = new GraphBuilder();
  builder.input("weights", "float32", [3, 5]);
  builder.output(builder.op("Relu", [builder.input("images", "float32", ["N", 2])]));
  assert.equal(inputBytes(builder.build()), 4 * (15 + 2));
});

it("freed memory is kept below two gigabytes of inputs", () => {
  const graph = (elements: number) => {
    const builder = new GraphBuilder();
    builder.output(builder.op("Relu", [builder.input("x", "float32", [elements])]));
    return builder.build();
  };
  assert.equal(keepsFreedMemory(graph(2 ** 29 - 1)), true);
  assert.equal(keepsFreedMemory(graph(2 ** 29)), false);
});
