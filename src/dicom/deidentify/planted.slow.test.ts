import assert from "node:assert/strict";
import test from "node:test";
import { seededRandom } from "../../base/index.js";
import { runPlanted } from "./planted.testkit.js";

test("10,000 planted identifiers of every representation and many scripts: none survives in file, changes or errors", (t) => {
  const { planted, survivors } = runPlanted(seededRandom("planted-slow"), 10_000);
  t.diagnostic(`${planted} planted, ${survivors.length} survived`);
  assert.deepEqual(survivors.slice(0, 10), []);
});
