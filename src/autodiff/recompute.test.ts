import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom, sizeOf } from "../base/index.js";
import { GraphBuilder } from "../graph/index.js";
import { differentiate } from "./differentiate.js";
import { arrayOf, interpret } from "./reference/index.js";

/** Two convolutions with batch statistics, SiLU, a ReLU and a weight per channel. */
function network() {
  const b = new GraphBuilder();
  const shapes = { x: [2, 3, 6, 6], w: [4, 3, 3, 3], s: [4], t: [4], v: [4, 4, 1, 1], u: [2, 4, 1, 1] };
  for (const [name, shape] of Object.entries(shapes)) b.input(name, "float32", shape);
  const normalized = (h: string) => b.ops("BatchNormTraining", [h, "s", "t"], {}, { outputs: 4 })[0]!;
  const first = b.op("QuickGelu", [normalized(b.op("Conv", ["x", "w"], { pads: [1, 1, 1, 1] }))], { alpha: 1 });
  const weighed = b.op("Mul", [first, b.op("Sigmoid", ["u"])]);
  const second = b.op("Relu", [normalized(b.op("Conv", [weighed, "v"]))]);
  const loss = b.op("ReduceSum", [b.op("Mul", [second, second])], { keepdims: 0 });
  return { graph: b.build(), loss, shapes };
}

test("gradients with values made again are the same to the last bit, and fewer values cross from forward to backward", () => {
  const { graph, loss, shapes } = network();
  const feeds = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const random = seededRandom("recompute", name);
      return [name, arrayOf(shape, Float64Array.from({ length: sizeOf(shape) }, () => random.normal()))];
    }),
  );
  const names = Object.keys(shapes);
  const kept = differentiate(graph, loss, names);
  const made = differentiate(graph, loss, names, { recompute: { leastBytes: 1 } });
  const [a, b] = [interpret(kept.graph, feeds), interpret(made.graph, feeds)];
  for (const name of names) {
    const [expected, got] = [a.get(kept.gradients[name]!)!.data, b.get(made.gradients[name]!)!.data];
    expected.forEach((value, i) => assert.ok(Math.abs(value - got[i]!) <= 1e-12 * (1 + Math.abs(value)), `${name}: ${value} and ${got[i]}`));
  }
  const forward = new Set(graph.nodes.flatMap(({ outputs }) => outputs).filter((value) => sizeOf(graph.values.get(value)!.shape as number[]) > 100));
  const crossing = ({ graph: whole }: typeof kept) =>
    [...forward].filter((value) => whole.nodes.slice(graph.nodes.length).some(({ inputs }) => inputs.includes(value)));
  // The results of the two convolutions are enough; the loss's own square is not made again, for nothing large comes between.
  assert.equal(crossing(kept).length, 6);
  assert.ok(crossing(made).length <= 3, crossing(made).join());
});

test("small values are kept", () => {
  const { graph, loss } = network();
  const { graph: whole } = differentiate(graph, loss, ["w"], { recompute: { leastBytes: 2 ** 20 } });
  assert.ok(!whole.nodes.some(({ op }) => op === "After"));
});

/** A chain of residual blocks: relu(h + w2 * relu(w1 * h)). */
function residualChain(blocks: number) {
  const b = new GraphBuilder();
  const shapes: Record<string, number[]> = { x: [2, 4, 6, 6] };
  for (let i = 0; i < blocks; i++) for (const w of ["a", "c"]) shapes[`${w}${i}`] = [4, 4, 3, 3];
  for (const [name, shape] of Object.entries(shapes)) b.input(name, "float32", shape);
  let h = "x";
  for (let i = 0; i < blocks; i++) {
    const inner = b.op("Relu", [b.op("Conv", [h, `a${i}`], { pads: [1, 1, 1, 1] })]);
    h = b.op("Relu", [b.op("Add", [h, b.op("Conv", [inner, `c${i}`], { pads: [1, 1, 1, 1] })])]);
  }
  const loss = b.op("ReduceSum", [b.op("Mul", [h, h])], { keepdims: 0 });
  return { graph: b.build(), loss, shapes };
}

test("with whole stretches made again gradients are the same, and only a few values cross from forward to backward", () => {
  const { graph, loss, shapes } = residualChain(9);
  const feeds = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const random = seededRandom("segments", name);
      return [name, arrayOf(shape, Float64Array.from({ length: sizeOf(shape) }, () => (name === "x" ? 1 : 0.2) * random.normal()))];
    }),
  );
  const names = Object.keys(shapes);
  const kept = differentiate(graph, loss, names);
  const made = differentiate(graph, loss, names, { recompute: { leastBytes: 1000, what: "segments" } });
  const [a, b] = [interpret(kept.graph, feeds), interpret(made.graph, feeds)];
  for (const name of names) {
    const [expected, got] = [a.get(kept.gradients[name]!)!.data, b.get(made.gradients[name]!)!.data];
    expected.forEach((value, i) => assert.ok(Math.abs(value - got[i]!) <= 1e-12 * (1 + Math.abs(value)), `${name}: ${value} and ${got[i]}`));
  }
  const forward = new Set(graph.nodes.flatMap(({ outputs }) => outputs).filter((value) => sizeOf(graph.values.get(value)!.shape as number[]) > 250));
  const crossing = ({ graph: whole }: typeof kept) =>
    [...forward].filter((value) => whole.nodes.slice(graph.nodes.length).some(({ inputs }) => inputs.includes(value)));
  // Of each block both ReLUs are needed.
  assert.equal(crossing(kept).length, 18);
  assert.ok(crossing(made).length <= 7, crossing(made).join());
});
