import assert from "node:assert/strict";
import test from "node:test";
import { besiege } from "./hostile.testkit.js";

test("10,000 hostile requests end in refusals, with memory bounded", { timeout: 1_200_000 }, async () => {
  const { megabytes } = await besiege(10_000);
  assert.ok(megabytes < 500, `memory grew by ${megabytes.toFixed(0)} MiB`);
  console.log(`memory grew by ${megabytes.toFixed(0)} MiB`);
});
