import assert from "node:assert/strict";
import test from "node:test";
import { GraphBuilder } from "../graph/index.js";
import { mostAliveBytes } from "./step-memory.js";

test("memory is that of the values alive at once, views and results not counted", () => {
  const builder = new GraphBuilder({ name: "memory" });
  const x = builder.input("x", "float32", [100]);
  const a = builder.op("Exp", [x]);
  const seen = builder.op("Reshape", [a, builder.constant([10, 10])]);
  const b = builder.op("Exp", [seen]);
  const c = builder.op("Exp", [b]);
  // By hand: a is needed again at the end; b goes once c is there. a + b + c = 1,200 bytes, then a + c and a result.
  builder.output(builder.op("Add", [c, seen]), "y");
  assert.equal(mostAliveBytes(builder.build()), 1200);
});
