import assert from "node:assert/strict";
import { rmSync, readdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import { DataError, float32, InputError, int64, UnsupportedError, zeros } from "../base/index.js";
import { encodeModel, GraphBuilder, opsetOf, type Graph } from "../graph/index.js";
import { createSession, createSessionFromBytes } from "./session.js";
import { gradientCase } from "./lowering/lowering.testkit.js";

function doubling(): Graph {
  const builder = new GraphBuilder();
  builder.input("x", "float32", ["N", 2]);
  builder.op("Add", ["x", "x"], {}, { output: "y" });
  builder.output("y");
  return builder.build();
}

const coded = (type: typeof InputError | typeof DataError | typeof UnsupportedError, code: string) => (error: unknown) =>
  error instanceof type && error.code === code;

describe("a session", () => {
  it("computes, and says its inputs and outputs", async () => {
    const session = await createSession(doubling());
    const { y } = await session.run({ x: float32([3, 2], [1, 2, 3, 4, 5, 6]) });
    assert.deepEqual([...(y!.data as Float32Array)], [2, 4, 6, 8, 10, 12]);
    assert.deepEqual(session.inputs.map(({ name, shape }) => [name, shape]), [["x", ["N", 2]]]);
    await session.release();
    await session.release();
    await assert.rejects(session.run({ x: float32([1, 2], [1, 2]) }), coded(InputError, "session-released"));
  });

  it("writes into the tensors it is given", async () => {
    const session = await createSession(doubling());
    const y = zeros("float32", [1, 2]);
    const results = await session.run({ x: float32([1, 2], [3, 4]) }, { y });
    assert.equal(results["y"], y);
    assert.deepEqual([...y.data], [6, 8]);
    await session.release();
  });

  it("refuses wrong feeds before the runtime sees them", async () => {
    const session = await createSession(doubling());
    const x = float32([1, 2], [1, 2]);
    await assert.rejects(session.run({}), coded(InputError, "missing-input"));
    await assert.rejects(session.run({ x, z: x }), coded(InputError, "unknown-input"));
    await assert.rejects(session.run({ x: int64([1, 2], [1, 2]) }), coded(InputError, "input-type"));
    await assert.rejects(session.run({ x: float32([2], [1, 2]) }), coded(InputError, "input-shape"));
    await assert.rejects(session.run({ x: float32([1, 3], [1, 2, 3]) }), coded(InputError, "input-shape"));
    await assert.rejects(session.run({ x }, { y: zeros("float32", [2, 2]) }), coded(InputError, "output-shape"));
    await assert.rejects(session.run({ x }, { q: x }), coded(InputError, "unknown-output"));
    await session.release();
  });

  it("fixes a named extent", async () => {
    const session = await createSession(doubling(), { extents: { N: 2 } });
    assert.deepEqual(session.outputs[0]!.shape, [2, 2]);
    await assert.rejects(session.run({ x: float32([1, 2], [1, 2]) }), coded(InputError, "input-shape"));
    await session.release();
  });

  it("gives the same bits for the same feeds and threads", async () => {
    const { graph, feeds } = gradientCase({ x: [4, 16, 24, 24], w: [32, 16, 3, 3], v: [16, 32, 1, 1] }, (builder) =>
      builder.op("Relu", [builder.op("Conv", [builder.op("Relu", [builder.op("Conv", ["x", "w"], { pads: [1, 1, 1, 1] })]), "v"])]),
    );
    for (const layout of ["plain", "blocked"] as const) {
      const bits: string[] = [];
      for (let i = 0; i < 2; i++) {
        const session = await createSession(graph, { threads: 2, layout });
        for (let j = 0; j < 2; j++) {
          const results = await session.run(feeds);
          bits.push(session.outputs.map(({ name }) => Buffer.from((results[name]!.data as Float32Array).buffer).toString("base64")).join());
        }
        await session.release();
      }
      assert.equal(new Set(bits).size, 1, layout);
    }
  });

  it("writes a profile on release when asked to", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "osteon-profile-"));
    const session = await createSession(doubling(), { profile: path.join(folder, "run") });
    await session.run({ x: float32([1, 2], [1, 2]) });
    await session.release();
    assert.equal(readdirSync(folder).filter((file) => file.endsWith(".json")).length, 1);
    rmSync(folder, { recursive: true });
  });
});

describe("loading", () => {
  it("takes the bytes of any model", async () => {
    const graph = doubling();
    const session = await createSessionFromBytes(encodeModel({ graph, opsets: opsetOf(graph), producer: "test", metadata: {} }));
    assert.deepEqual(session.inputs.map(({ name, dtype, shape }) => [name, dtype, shape]), [["x", "float32", ["N", 2]]]);
    await session.release();
  });

  it("refuses bytes that are no model", async () => {
    await assert.rejects(createSessionFromBytes(new Uint8Array([1, 2, 3, 4])), coded(DataError, "model-unreadable"));
    await assert.rejects(createSessionFromBytes(new Uint8Array()), coded(DataError, "model-unreadable"));
  });

  it("refuses a number of threads that is none", async () => {
    await assert.rejects(createSession(doubling(), { threads: 0 }), coded(InputError, "threads"));
    await assert.rejects(createSession(doubling(), { threads: 1.5 }), coded(InputError, "threads"));
  });

  it("refuses an unknown device", async () => {
    await assert.rejects(createSession(doubling(), { device: "tpu" as "cpu" }), coded(InputError, "unknown-device"));
  });

  it("never runs on another device than the one asked for", async () => {
    for (const device of ["webgpu", "cuda"] as const) {
      await createSession(doubling(), { device }).then(
        (session) => session.release(),
        (error: unknown) => assert.ok(error instanceof UnsupportedError && error.code === "device-unavailable", String(error)),
      );
    }
  });
});
