import assert from "node:assert/strict";
import test from "node:test";
import { seededRandom } from "../base/index.js";
import { fuzz } from "./fuzz.testkit.js";
import { syntheticFiles } from "./synthetic.testkit.js";

test("mutated files of every kind of compression are decoded or refused by name, never a crash and never a hang", () => {
  const random = seededRandom("dicom-fuzz");
  const { decoded, refused, slowestMs, problems } = fuzz(syntheticFiles(random), 300, random);
  assert.deepEqual(problems, []);
  assert.ok(decoded > 15 && refused > 50, `${decoded} decoded, ${refused} refused`);
  assert.ok(slowestMs < 2000, `slowest ${slowestMs} ms`);
});
