import assert from "node:assert/strict";
import test from "node:test";
import { seededRandom } from "../../base/index.js";
import type { ImageTraits } from "../../data/index.js";
import { lookAlikes } from "./look-alikes.js";

const random = seededRandom("look-alikes test");

/** Traits of an image from one of two machines; the second's are noisier and brighter at the rim. */
function traitsOf(machine: number, label: string): ImageTraits {
  const near = (value: number, spread: number): number => value + spread * random.normal();
  return {
    height: 400,
    width: Math.round(near(200, 2)),
    brightness: { mean: near(label === "scoliosis" ? 0.6 : 0.3, 0.02), deviation: near(0.2 + 0.1 * machine, 0.01), quantiles: [], black: 0, white: 0, rimLessCenter: near(-0.2 + 0.4 * machine, 0.03) },
    noise: { fine: Math.abs(near(0.005 + 0.02 * machine, 0.001)), coarse: Math.abs(near(0.004 + 0.02 * machine, 0.001)), blockiness: 1, peakedness: near(3 + 2 * machine, 0.1) },
    thumbnail: Array.from({ length: 64 }, () => near(0.5 * machine, 0.1)),
  } as unknown as ImageTraits;
}

test("two machines that the table does not name are found, whatever the classes are, and their names do not hang on the order (simulated)", () => {
  const cases = Array.from({ length: 120 }, (_, i) => ({ id: `${i}`, label: i % 2 === 0 ? "normal" : "scoliosis", machine: i % 3 === 0 ? 1 : 0 }));
  const traits = new Map(cases.map(({ id, machine, label }) => [id, traitsOf(machine, label)]));
  const { column, groupOf } = lookAlikes(cases, traits, { seed: 1 })!;
  assert.equal(column, "images that look alike");
  for (const { id, machine } of cases) assert.equal(groupOf.get(id), `group ${machine + 1} of 2`);
  assert.deepEqual(lookAlikes(cases, traits, { seed: 2 })!.groupOf, groupOf);
});

test("few images, and images of one kind, make no groups", () => {
  const cases = Array.from({ length: 120 }, (_, i) => ({ id: `${i}`, label: "normal" }));
  const traits = new Map(cases.map(({ id }) => [id, traitsOf(0, "normal")]));
  assert.equal(lookAlikes(cases.slice(0, 50), traits, { seed: 1 }), undefined);
  const found = lookAlikes(cases, traits, { seed: 1 });
  assert.ok(found === undefined || new Set(found.groupOf.values()).size <= 4);
});
