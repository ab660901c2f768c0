import assert from "node:assert/strict";
import test from "node:test";
import { seededRandom, type Random } from "../../base/index.js";
import { proportionInterval } from "../index.js";
import { JointMartingale, TestMartingale } from "./test-martingale.js";

const variables = 9;
const streams = 1000;
const length = 1000;
const limit = 100;

/** Nine figures of an image, tied to one another: heavy tails, a count with ties, and two that say the same. */
function draw(random: Random, shift = 0, scale = 1): number[] {
  const common = random.normal();
  const rows = Array.from({ length: variables }, () => 0.6 * common + 0.8 * random.normal());
  rows[0] = rows[0]! * scale + shift;
  rows[3] = Math.exp(rows[3]!);
  rows[4] = Math.round(rows[4]!);
  rows[8] = -rows[7]!;
  return rows;
}

/** Image at which the evidence reaches the limit; undefined where it never does. */
function firstAlarm(random: Random, { reference, images, change = Infinity, shift = 0, scale = 1 }: { reference: number; images: number; change?: number; shift?: number; scale?: number }): number | undefined {
  const rows = Array.from({ length: reference }, () => draw(random));
  const joint = new JointMartingale(Array.from({ length: variables }, (_, v) => new TestMartingale(rows.map((row) => row[v]!), random.fork("ties", v))));
  for (let i = 0; i < images; i++) if (joint.add(i < change ? draw(random) : draw(random, shift, scale)).mean >= limit) return i + 1;
  return undefined;
}

for (const reference of [0, 60, 200]) {
  test(`of ${streams} streams of ${length} images in which nothing changes, no more than 1 in 100 ever gives an alarm, with ${reference} reference cases`, (t) => {
    const alarms = Array.from({ length: streams }, (_, s) => firstAlarm(seededRandom("in control", reference, s), { reference, images: length })).filter((at) => at !== undefined).length;
    const { upper } = proportionInterval(alarms, streams);
    t.diagnostic(`${alarms} of ${streams} streams with an alarm; at most 1 in 100 is promised; upper limit of the interval ${upper.toFixed(4)}`);
    // The promise is a theorem; a share above it by chance has to stay within what 1 % allows (99.9 %: 20).
    assert.ok(alarms <= 20);
  });
}

for (const { item, shift, scale, most } of [
  { item: "a shift of one figure by 0.5 deviations", shift: 0.5, scale: 1, most: undefined },
  { item: "a shift of one figure by one deviation", shift: 1, scale: 1, most: 120 },
  { item: "a shift of one figure by two deviations", shift: 2, scale: 1, most: 30 },
  { item: "twice the spread of one figure", shift: 0, scale: 2, most: 200 },
]) {
  test(`${item}, from the first image on and after 200: how soon it is found`, (t) => {
    for (const change of [0, 200]) {
      const delays = Array.from({ length: 200 }, (_, s) => firstAlarm(seededRandom("changed", item, change, s), { reference: 200, images: change + 1000, change, shift, scale }))
        .map((at) => (at === undefined ? Infinity : at - change))
        .filter((delay) => delay > 0)
        .sort((a, b) => a - b);
      const [half, most90] = [delays[Math.floor(delays.length / 2)]!, delays[Math.floor(0.9 * delays.length)]!];
      t.diagnostic(`change after ${change} images: found after ${half} images in half of the streams, after ${most90} in nine of ten; ${delays.filter((delay) => delay === Infinity).length} of ${delays.length} not within 1000`);
      if (most !== undefined) assert.ok(half <= most, `${half}`);
    }
  });
}
