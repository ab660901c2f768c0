import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import * as fc from "fast-check";
import { resizeBilinear } from "./resample.js";

interface Reference {
  cases: { from: [number, number]; to: [number, number]; plane: number[]; pillow: number[]; torch: number[] }[];
}

const reference = JSON.parse(readFileSync(path.resolve("test/fixtures/images/resize.json"), "utf8")) as Reference;

test("resizing equals Pillow's and torch's antialiased bilinear (stored values of scripts/reference/images.py)", () => {
  for (const { from, to, plane, pillow, torch } of reference.cases) {
    const pixels = Float32Array.from(plane, (value) => value / 65535);
    const result = resizeBilinear(pixels, { height: from[0], width: from[1] }, { height: to[0], width: to[1] });
    result.forEach((value, i) => {
      assert.ok(Math.abs(value - pillow[i]!) < 2e-6, `pillow ${from.join()} -> ${to.join()} at ${i}: ${value} and ${pillow[i]}`);
      assert.ok(Math.abs(value - torch[i]!) < 2e-6, `torch ${from.join()} -> ${to.join()} at ${i}: ${value} and ${torch[i]}`);
    });
  }
});

test("the same size is the identity", () => {
  const plane = Float32Array.of(0.1, 0.7, 0.3, 0.9, 0.2, 0.5);
  assert.deepEqual(resizeBilinear(plane, { height: 2, width: 3 }, { height: 2, width: 3 }), plane);
});

test("halving averages with weights 1/8, 3/8, 3/8, 1/8 inside (worked by hand)", () => {
  const result = resizeBilinear(Float32Array.of(0, 0, 8, 16, 24, 8, 0, 0), { height: 1, width: 8 }, { height: 1, width: 4 });
  assert.deepEqual([...result.subarray(1, 3)], [0 + 3 + 6 + 3, 2 + 9 + 3 + 0]);
});

test("a constant stays constant and no value leaves the input's range (law)", () => {
  const side = fc.integer({ min: 1, max: 20 });
  fc.assert(
    fc.property(side, side, side, side, fc.infiniteStream(fc.float({ min: 0, max: 1, noNaN: true })), (h, w, h2, w2, values) => {
      const plane = Float32Array.from({ length: h * w }, () => values.next().value as number);
      const result = resizeBilinear(plane, { height: h, width: w }, { height: h2, width: w2 });
      const [low, high] = [Math.min(...plane), Math.max(...plane)];
      for (const value of result) assert.ok(value >= low - 1e-6 && value <= high + 1e-6);
      for (const value of resizeBilinear(new Float32Array(h * w).fill(0.3), { height: h, width: w }, { height: h2, width: w2 })) assert.ok(Math.abs(value - 0.3) < 1e-6);
    }),
    { numRuns: 100 },
  );
});

test("16-bit steps survive resizing: a ramp of neighboring levels keeps more than 256 values", () => {
  const ramp = Float32Array.from({ length: 64 * 64 }, (_, i) => (30000 + i) / 65535);
  const result = resizeBilinear(ramp, { height: 64, width: 64 }, { height: 32, width: 32 });
  assert.ok(new Set(result).size > 1000);
  for (let i = 1; i < 31; i++) assert.ok(result[i]! > result[i - 1]!);
});
