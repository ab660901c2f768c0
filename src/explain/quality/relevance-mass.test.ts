import assert from "node:assert/strict";
import test from "node:test";
import { InputError } from "../../base/index.js";
import { regionShare, relevanceMass } from "./relevance-mass.js";

const region = { height: 4, width: 4, values: Float32Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? 1 : 0)) };

test("worked by hand: all inside, all outside, a quarter inside, spread evenly", () => {
  const map = (left: number, right: number) => ({ height: 4, width: 4, values: Float32Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? left : right)) });
  assert.equal(relevanceMass(map(1, 0), region), 1);
  assert.equal(relevanceMass(map(0, 1), region), 0);
  assert.equal(relevanceMass(map(1, 3), region), 0.25);
  assert.equal(relevanceMass(map(0.7, 0.7), region), 0.5);
  assert.equal(regionShare(region), 0.5);
});

test("the measure does not depend on the map's scale, and negative evidence counts as none", () => {
  const values = Float32Array.from({ length: 16 }, (_, i) => Math.sin(i) ** 2);
  const once = relevanceMass({ height: 4, width: 4, values }, region);
  assert.ok(Math.abs(once - relevanceMass({ height: 4, width: 4, values: values.map((value) => value * 10) }, region)) < 1e-6);
  assert.equal(relevanceMass({ height: 4, width: 4, values: values.map((value, i) => (i % 4 < 2 ? value : -value)) }, region), 1);
});

test("an empty map or region is not estimable and says so", () => {
  const empty = { height: 4, width: 4, values: new Float32Array(16) };
  for (const call of [() => relevanceMass(empty, region), () => relevanceMass(region, empty)]) {
    assert.throws(call, (error) => error instanceof InputError && error.code === "not-estimable");
  }
});
