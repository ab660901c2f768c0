import assert from "node:assert/strict";
import test from "node:test";
import { combineMaps } from "./combine-maps.js";
import type { HeatMap } from "./upsample.js";

const map = (...values: number[]): HeatMap => ({ values: Float32Array.from(values), height: 1, width: values.length });

test("mean, agreement and disagreement of two maps, by hand", () => {
  const { mean, agreement, disagreement } = combineMaps([map(0, 1, 2, 4), map(0, 5, 0, 10)], { topShare: 0.25 });
  assert.deepEqual([...mean.values], [0, 0.375, 0.25, 1]);
  assert.deepEqual([...agreement.values], [0, 0, 0, 1]);
  assert.deepEqual([...disagreement.values], [0, 0.125, 0.25, 0]);
});

test("equal maps agree everywhere, whatever their scale", () => {
  const { agreement, disagreement } = combineMaps([map(0, 1, 0.5, 0.2), map(0, 30, 15, 6)], { topShare: 0.5 });
  assert.deepEqual([...agreement.values], [0, 1, 1, 0]);
  assert.ok(disagreement.values.every((value) => value < 1e-7));
});

test("a map of zeros agrees with nothing, and stays zeros", () => {
  const { mean, agreement } = combineMaps([map(0, 0), map(0, 0)]);
  assert.deepEqual([...mean.values, ...agreement.values], [0, 0, 0, 0]);
});

test("maps of different extent are brought to the largest", () => {
  const { mean } = combineMaps([{ values: Float32Array.of(2), height: 1, width: 1 }, { values: Float32Array.of(1, 0, 0, 0), height: 2, width: 2 }]);
  assert.deepEqual([...mean.values], [1, 0.5, 0.5, 0.5]);
});

test("no map at all, and a part of more than the whole, are refused", () => {
  assert.throws(() => combineMaps([]), { code: "no-maps" });
  assert.throws(() => combineMaps([map(1)], { topShare: 1.5 }), { code: "top-share" });
});
