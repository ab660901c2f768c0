import assert from "node:assert/strict";
import test from "node:test";
import { float32 } from "../base/index.js";
import { GraphBuilder, type Graph } from "../graph/index.js";
import { SessionCache } from "./sessions.js";

function addGraph(term: number): Graph {
  const builder = new GraphBuilder();
  builder.output(builder.op("Add", [builder.input("x", "float32", [1]), builder.constant(term)], {}, { output: "y" }));
  return builder.build();
}

test("equal graphs share a session, other constants get their own, and the least recently used is released", async () => {
  const cache = new SessionCache({ limit: 2 });
  const first = await cache.get(addGraph(1));
  const second = await cache.get(addGraph(2));
  assert.equal(await cache.get(addGraph(1)), first);
  assert.notEqual(second, first);
  await cache.get(addGraph(3));
  const x = float32([1], [1]);
  assert.equal((await first.run({ x }))["y"]!.data[0], 2);
  await assert.rejects(second.run({ x }), /expected one that is open/);
  await cache.release();
  await assert.rejects(first.run({ x }), /expected one that is open/);
});
