import assert from "node:assert/strict";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import { array, assert as holds, constantFrom, integer, property, tuple, uint8Array } from "fast-check";
import { seededRandom } from "../base/index.js";
import { deflateRuns } from "./deflate.js";

const survives = (data: Uint8Array): void => assert.ok(Buffer.from(data).equals(inflateSync(deflateRuns(data))));

test("zlib inflates any bytes and any runs to what they were", () => {
  holds(property(uint8Array({ maxLength: 2000 }), survives), { numRuns: 200, seed: 1 });
  const runs = array(tuple(constantFrom(0, 1, 7, 255), integer({ min: 1, max: 900 })), { maxLength: 40 });
  holds(property(runs, (parts) => survives(Uint8Array.from(parts.flatMap(([value, length]) => Array.from({ length }, () => value))))), { numRuns: 200, seed: 2 });
});

test("all lengths of runs come back", () => {
  for (let length = 0; length < 800; length++) survives(new Uint8Array(length).fill(9));
});

test("codes stay within 15 bits where the counts grow like Fibonacci numbers", () => {
  const data: number[] = [];
  for (let value = 0, a = 1, b = 1; value < 24; value++, [a, b] = [b, a + b]) for (let i = 0; i < a; i++) data.push(value);
  // In an order without runs.
  survives(Uint8Array.from(seededRandom("order").shuffle(data)));
});

test("several blocks follow each other, and noise hardly grows", () => {
  const random = seededRandom("noise");
  const noise = Uint8Array.from({ length: 300_000 }, () => random.integer(256));
  survives(noise);
  assert.ok(deflateRuns(noise).length < 1.005 * noise.length);
  assert.ok(deflateRuns(new Uint8Array(300_000)).length < 400);
});
