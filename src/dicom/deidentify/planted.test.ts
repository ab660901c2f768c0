import assert from "node:assert/strict";
import test from "node:test";
import { seededRandom } from "../../base/index.js";
import { runPlanted } from "./planted.testkit.js";

test("300 planted identifiers of every representation and many scripts: none survives in file, changes or errors", () => {
  const { planted, survivors } = runPlanted(seededRandom("planted"), 300);
  assert.ok(planted >= 300);
  assert.deepEqual(survivors, []);
});
