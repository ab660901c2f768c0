import assert from "node:assert/strict";
import test from "node:test";
import { fuzzReader, fuzzedReaders } from "./fuzz.testkit.js";

for (const reader of Object.keys(fuzzedReaders)) {
  test(`${reader}: 300 mutated files are each read or refused with one of our errors, none within more than a second`, async () => {
    const { read, refused, slowestCpuMs } = await fuzzReader(reader, { count: 300, seed: 1 });
    assert.equal(read + refused, 300);
    assert.ok(refused > 100 && read > 5, `${read} read, ${refused} refused`);
    assert.ok(slowestCpuMs < 1000, `${slowestCpuMs} ms`);
  });
}
