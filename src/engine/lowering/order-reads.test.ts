import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { float32, zeros } from "../../base/index.js";
import { GraphBuilder, type Graph } from "../../graph/index.js";
import { createSession } from "../session.js";
import { lower } from "./lower.js";

/** w - 0.5 g where g = w · x, and beside it y = w · w, written so that the update would be done first. */
function stepGraph(): Graph {
  const builder = new GraphBuilder();
  builder.input("w", "float32", [4]);
  builder.input("x", "float32", [4]);
  const gradient = builder.op("Mul", ["w", "x"]);
  const square = builder.op("Mul", [builder.op("Reshape", ["w", builder.constant([2, 2])]), builder.op("Reshape", ["w", builder.constant([2, 2])])]);
  builder.output(square, "square");
  const taken = builder.op("AfterReads", [builder.op("Mul", [gradient, builder.constant(0.5)]), "w"]);
  builder.op("Sub", ["w", taken], {}, { output: "next" });
  builder.output("next");
  return builder.build();
}

/** Names of what a value is made of, itself included. */
function madeOf({ nodes }: Graph, value: string): Set<string> {
  const found = new Set([value]);
  for (const { inputs, outputs } of nodes.toReversed()) if (outputs.some((output) => found.has(output))) inputs.forEach((input) => found.add(input));
  return found;
}

describe("a value that waits for the reads of another", () => {
  it("depends on every node that reads it, through views too", () => {
    const lowered = lower(stepGraph(), { layout: "plain" });
    assert.ok(lowered.nodes.every(({ domain }) => domain !== "ai.osteon"));
    const square = lowered.nodes.find(({ op, inputs }) => op === "Mul" && lowered.values.get(inputs[0]!)!.shape.length === 2)!;
    assert.ok(madeOf(lowered, "next").has(square.outputs[0]!));
  });

  it("waits for nothing on a device that gives each output memory of its own", () => {
    const lowered = lower(stepGraph(), { layout: "plain", device: "webgpu" });
    assert.equal(lowered.nodes.some(({ op }) => op === "Cast"), false);
    assert.equal(lowered.nodes.length, stepGraph().nodes.length - 1);
  });

  it("may be written over what was read: 1 to 4 squared, and less half their products with 1", async () => {
    const session = await createSession(stepGraph());
    const w = float32([4], [1, 2, 3, 4]);
    const { square } = await session.run({ w, x: float32([4], [1, 1, 1, 1]) }, { next: w });
    assert.deepEqual([...(square!.data as Float32Array)], [1, 4, 9, 16]);
    assert.deepEqual([...w.data], [0.5, 1, 1.5, 2]);
    await session.release();
  });
});

describe("results that have a buffer", () => {
  it("are not copied into new arrays: large ones leave no memory behind, and small ones come with them", async () => {
    const builder = new GraphBuilder();
    const length = 2 ** 20;
    builder.input("x", "float32", [length]);
    builder.output(builder.op("Add", ["x", "x"]), "y");
    builder.output(builder.op("ReduceMax", ["x"], { keepdims: 0 }), "largest");
    const session = await createSession(builder.build());
    const x = float32([length], new Float32Array(length).fill(3));
    const y = zeros("float32", [length]);
    const before = process.memoryUsage().arrayBuffers;
    const results = await session.run({ x }, { y });
    assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 20);
    assert.equal(results["y"], y);
    assert.ok(y.data.every((value) => value === 6));
    assert.equal(results["largest"]!.data[0], 3);
    const again = await session.run({ x });
    assert.equal((again["y"]!.data as Float32Array)[length - 1], 6);
    await session.release();
  });

  it("come with the runtime's error where a run fails", async () => {
    const builder = new GraphBuilder();
    builder.input("x", "float32", [2 ** 19]);
    builder.input("at", "int64", [1]);
    builder.output(builder.op("Gather", ["x", "at"]), "one");
    builder.output(builder.op("Neg", ["x"]), "y");
    const session = await createSession(builder.build());
    const y = zeros("float32", [2 ** 19]);
    await assert.rejects(session.run({ x: zeros("float32", [2 ** 19]), at: { dtype: "int64", shape: [1], data: BigInt64Array.of(99999999n) } }, { y }), { code: "run-failed" });
    await session.release();
  });
});
