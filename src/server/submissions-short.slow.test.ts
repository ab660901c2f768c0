import assert from "node:assert/strict";
import test from "node:test";
import { besiegeReading } from "./submissions.testkit.js";

test("readers go on through kills of the server: no acknowledged read is lost, none doubled", { timeout: 120_000 }, async () => {
  const siege = await besiegeReading({ readers: 5, perClass: 8, cases: 6, kills: 2, seconds: 4, thinkMs: 60 });
  assert.deepEqual([siege.lost, siege.doubled, siege.changed, siege.kills], [[], 0, [], 2]);
  assert.ok(siege.isChainIntact && siege.acknowledged > 0 && siege.stored >= siege.acknowledged);
});
