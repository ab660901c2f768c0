import assert from "node:assert/strict";
import { test } from "node:test";
import { asin, atan, atan2, cos, exp, log, pow, sin, tan } from "./portable-math.js";
import { seededRandom } from "./random.js";

/** Largest error in units of the last place of the expected value (or of `scale`, where that is larger). */
function worst(own: (x: number) => number, builtIn: (x: number) => number, low: number, high: number, scale = 0): number {
  const random = seededRandom("portable", low, high);
  let error = 0;
  for (let i = 0; i < 200000; i++) {
    const x = random.between(low, high);
    const expected = builtIn(x);
    error = Math.max(error, Math.abs(own(x) - expected) / (Math.max(scale, Math.abs(expected)) * 2 ** -52));
  }
  return error;
}

test("they agree with the built-in functions to two units in the last place", () => {
  assert.ok(worst(exp, Math.exp, -700, 700) <= 2);
  assert.ok(worst(exp, Math.exp, -1, 1) <= 2);
  assert.ok(worst(log, Math.log, 0, 4, 1e-3) <= 2);
  assert.ok(worst(log, Math.log, 0, 1e300) <= 2);
  for (const reach of [1, 10, 1e4, 1e6]) {
    assert.ok(worst(sin, Math.sin, -reach, reach, 0.1) <= 2);
    assert.ok(worst(cos, Math.cos, -reach, reach, 0.1) <= 2);
  }
  assert.ok(worst(atan, Math.atan, -5, 5) <= 2);
  assert.ok(worst(tan, Math.tan, -1.5, 1.5, 0.1) <= 3);
  assert.ok(worst(asin, Math.asin, -1, 1) <= 3);
  assert.ok(worst((x) => atan2(x, x * x - 20), (x) => Math.atan2(x, x * x - 20), -10, 10) <= 3);
  assert.ok(worst((x) => pow(x, 1.37), (x) => x ** 1.37, 0, 1, 1e-3) <= 8);
});

test("they keep the limits", () => {
  assert.deepEqual([exp(0), exp(-Infinity), exp(-800), exp(710), exp(Infinity)], [1, 0, 0, Infinity, Infinity]);
  assert.ok(Math.abs(exp(709.7) / Math.exp(709.7) - 1) < 1e-12);
  assert.ok(Math.abs(exp(-740) - Math.exp(-740)) <= 5e-324);
  assert.deepEqual([log(1), log(0), log(Infinity), log(5e-324)], [0, -Infinity, Infinity, Math.log(5e-324)]);
  assert.ok(Number.isNaN(log(-1)) && Number.isNaN(exp(NaN)) && Number.isNaN(sin(Infinity)));
  assert.deepEqual([pow(0, 2), pow(7, 0), pow(0.3, 1)], [0, 1, 0.3]);
  assert.deepEqual([atan2(0, 0), atan2(1, 0), atan2(-1, 0), atan2(0, -1)], [0, Math.PI / 2, -Math.PI / 2, Math.PI]);
  assert.deepEqual([sin(0), cos(0), atan(0), asin(1)], [0, 1, 0, Math.PI / 2]);
});
