import assert from "node:assert/strict";
import test from "node:test";
import { interpret } from "../../autodiff/reference/index.js";
import { float32 } from "../../base/index.js";
import { GraphBuilder } from "../graph-builder.js";
import { expandActivations } from "./expand-activations.js";

test("activations of the runtime become ONNX's own operators with the same values", () => {
  const builder = new GraphBuilder();
  builder.input("x", "float32", ["N", 3]);
  builder.output(builder.op("Gelu", ["x"], {}, { name: "gelu" }), "a");
  builder.output(builder.op("QuickGelu", ["x"], { alpha: 2 }, { name: "quick" }), "b");
  const graph = builder.build();
  const { graph: expanded, modified } = expandActivations(graph);
  assert.ok(modified);
  assert.ok(expanded.nodes.every(({ domain }) => domain === ""));
  assert.deepEqual(expanded.outputs, graph.outputs);
  const feeds = { x: float32([2, 3], [-30, -1, -1e-4, 0, 0.7, 4]) };
  const [before, after] = [interpret(graph, feeds), interpret(expanded, feeds)];
  for (const output of ["a", "b"]) {
    const expected = before.get(output)!.data;
    after.get(output)!.data.forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) < 1e-7 * (1 + Math.abs(expected[i]!)), `${value} and ${expected[i]}`));
  }
});

test("a graph without such activations comes back as it is", () => {
  const builder = new GraphBuilder();
  builder.output(builder.op("Relu", [builder.input("x", "float32", [2])]));
  const graph = builder.build();
  assert.deepEqual(expandActivations(graph), { graph, modified: false });
});
