import assert from "node:assert/strict";
import test from "node:test";
import { InputError } from "../../base/index.js";
import type { Measure, MeasureSubject, Part } from "./contract.js";
import { measures, type MeasureName } from "./index.js";
import { measureQuality } from "./measure-quality.js";
import { mapOf, reasonAgainst, scenes } from "./shelf.testkit.js";

const names = Object.keys(measures) as MeasureName[];
const settings = { samples: 40, seed: 3 };

for (const name of names) {
  const { direction, range, needs }: Measure = measures[name];
  const { good, poor, best } = scenes[name];
  const within = (reading: number) => assert.ok(reading >= range[0] && reading <= range[1] && Number.isFinite(reading), `${name}: ${reading} in [${range.join(", ")}]`);
  const better = (a: number, b: number) => (direction === "higher" ? a > b : a < b);

  test(`${name}: readings lie in the range, the same seed gives the same reading`, async () => {
    for (const subject of [good, poor(1), poor(2)]) within(await measureQuality(name, subject, settings));
    const signed = { ...poor(3), map: mapOf((_, random) => random.normal(), "signed") };
    await measureQuality(name, signed, settings).then(within, (error) => assert.ok(error instanceof InputError && error.code === "not-estimable", String(error)));
    assert.equal(await measureQuality(name, good, settings), await measureQuality(name, good, settings));
  });

  const exempt = reasonAgainst(name, "a good map scores better than a random one");
  test(`${name}: a good map scores better than a random one`, { skip: exempt ?? false }, async () => {
    const reading = await measureQuality(name, good, settings);
    const others = await Promise.all([1, 2, 3, 4, 5].map((k) => measureQuality(name, poor(k), settings)));
    for (const other of others) assert.ok(better(reading, other) || (name === "pointing-game" && reading === other), `${reading} ${direction} than ${other}`);
    if (best !== undefined) assert.ok(Math.abs(reading - best) < 1e-5, `${reading}, expected ${best}`);
  });

  const fixed = reasonAgainst(name, "the map's scale does not matter");
  test(`${name}: the map's scale does not matter`, { skip: fixed ?? false }, async () => {
    const reading = await measureQuality(name, poor(4), settings);
    const subject = poor(4);
    const scaled = { ...subject, map: { ...subject.map, values: subject.map.values.map((value) => value * 8) } };
    assert.ok(Math.abs((await measureQuality(name, scaled, settings)) - reading) <= 1e-6 * Math.max(1, Math.abs(reading)));
  });

  test(`${name}: a map of zeros has a reading in the range or is not estimable, and what is missing is named`, async () => {
    const zeros = { ...good, map: mapOf(() => 0) };
    await measureQuality(name, zeros, settings).then(within, (error) => assert.ok(error instanceof InputError && error.code === "not-estimable", String(error)));
    for (const part of needs) {
      const { [part]: _, ...less } = good as MeasureSubject & Record<Part, unknown>;
      await assert.rejects(measureQuality(name, less, settings), { code: "measure-needs" });
    }
  });
}

test("a map that is not finite or of another size is refused, and an unknown name gets the nearest one", async () => {
  const { good } = scenes.iou;
  await assert.rejects(measureQuality("iou", { ...good, map: { ...good.map, values: good.map.values.with(3, NaN) } }), { code: "map-values" });
  await assert.rejects(measureQuality("iou", { ...good, map: { ...good.map, height: 3 } }), { code: "map-values" });
  await assert.rejects(measureQuality("entropie" as MeasureName, good), { code: "unknown-measure", message: /Did you mean "entropy"/ });
});

test("the facts of every measure are whole, and localization is the same for a mirrored scene", async () => {
  const mirrored = ({ values, height, width }: MeasureSubject["map"]) => ({ values: values.map((_, i) => values[i - (i % width) + width - 1 - (i % width)]!), height, width });
  for (const name of names) {
    const facts: Measure = measures[name];
    for (const text of [facts.title, facts.summary, facts.formula, facts.reference, facts.applies, facts.passes]) assert.ok(text.length > 3, name);
    assert.ok(facts.range[0] < facts.range[1]);
    if (facts.property !== "localization") continue;
    const { map, region } = scenes[name].poor(1);
    const reading = await measureQuality(name, { map, region }, settings);
    const other = await measureQuality(name, { map: mirrored(map), region: mirrored(region!) }, settings);
    assert.ok(Math.abs(reading - other) < 1e-6, name);
  }
});
