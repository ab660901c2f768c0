import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { upsample } from "./upsample.js";

interface Case { height: number; width: number; values: number[]; toHeight: number; toWidth: number; result: number[] }
const { cases } = JSON.parse(readFileSync("test/fixtures/explain/upsample.json", "utf8")) as { cases: Case[] };

test("bilinear upsampling equals PyTorch's stored values", () => {
  assert.ok(cases.length > 0);
  for (const { height, width, values, toHeight, toWidth, result } of cases) {
    const got = upsample({ height, width, values: Float32Array.from(values) }, toHeight, toWidth).values;
    result.forEach((value, i) => assert.ok(Math.abs(value - got[i]!) < 1e-6, `${height}x${width} -> ${toHeight}x${toWidth} at ${i}`));
  }
});

test("a constant map stays constant and the range never grows", () => {
  const constant = upsample({ height: 3, width: 2, values: new Float32Array(6).fill(0.25) }, 11, 9).values;
  assert.ok(constant.every((value) => value === 0.25));
  const ramp = upsample({ height: 1, width: 3, values: Float32Array.of(0, 1, 0.5) }, 4, 17).values;
  assert.ok(ramp.every((value) => value >= 0 && value <= 1));
});
