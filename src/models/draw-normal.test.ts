import assert from "node:assert/strict";
import test from "node:test";
import { seededRandom } from "../base/index.js";
import { drawNormal } from "./draw-normal.js";

const drawn = (n: number, seed: number): Float32Array => {
  const data = new Float32Array(n);
  drawNormal(data, 2, seededRandom(seed));
  return data;
};

test("moments are those of the normal distribution within five standard errors", () => {
  const n = 400_001;
  const z = drawn(n, 1).map((value) => value / 2);
  const moment = (p: number): number => z.reduce((sum, value) => sum + value ** p, 0) / n;
  // Of z^p: means 0, 1, 0, 3 and variances 1, 2, 15, 96.
  for (const [p, mean, variance] of [[1, 0, 1], [2, 1, 2], [3, 0, 15], [4, 3, 96]] as const) {
    assert.ok(Math.abs(moment(p) - mean) < 5 * Math.sqrt(variance / n), `moment ${p}: ${moment(p)}`);
  }
});

test("neighbors are not correlated, and the tails are as full as they should be", () => {
  const n = 400_000;
  const z = drawn(n, 2).map((value) => value / 2);
  for (const lag of [1, 2, 3]) {
    const product = z.subarray(lag).reduce((sum, value, i) => sum + value * z[i]!, 0) / n;
    assert.ok(Math.abs(product) < 5 / Math.sqrt(n), `lag ${lag}: ${product}`);
  }
  const beyond = z.reduce((count, value) => count + (Math.abs(value) > 3 ? 1 : 0), 0);
  // P(|z| > 3) = 0.0026998
  assert.ok(Math.abs(beyond - 0.0026998 * n) < 5 * Math.sqrt(0.0026998 * n), String(beyond));
});

test("the same stream gives the same numbers, another one others", () => {
  assert.deepEqual(drawn(5000, 3), drawn(5000, 3));
  assert.notDeepEqual(drawn(10, 3), drawn(10, 4));
});
