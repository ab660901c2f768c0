import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { schedules, type ScheduleName, type ScheduleSettings } from "./index.js";
import { learningRateAt } from "./learning-rate.js";

interface Stored {
  epochs: number;
  stepsPerEpoch: number;
  rates: { name: ScheduleName; settings: Partial<ScheduleSettings>; rates: number[] }[];
}

// PyTorch 1.13.1, scripts/reference/train.py.
const stored = JSON.parse(readFileSync(path.resolve("test/fixtures/train/schedules.json"), "utf8")) as Stored;
const { epochs, stepsPerEpoch } = stored;
const plain: ScheduleSettings = { stepEpochs: 10, factor: 0.1 };

for (const { name, settings, rates } of stored.rates) {
  test(`${name} gives PyTorch's rate at every step`, () => {
    const options = { schedule: name, settings: { ...plain, ...settings }, peak: 1, warmupEpochs: 0, epochs, stepsPerEpoch };
    for (const [step, rate] of rates.entries()) assert.ok(Math.abs(learningRateAt(step, options) - rate) < 1e-12, `step ${step}`);
  });
}

test("every schedule on the shelf has stored rates", () => {
  assert.deepEqual(new Set(stored.rates.map(({ name }) => name)), new Set(Object.keys(schedules)));
});

for (const name of Object.keys(schedules) as ScheduleName[]) {
  test(`${name} stays in [0, 1] of the highest rate, and warm-up rises to it from above zero`, () => {
    for (const length of [1, 2, 7]) {
      const options = { schedule: name, settings: plain, peak: 0.5, warmupEpochs: 1, epochs: length, stepsPerEpoch: 3 };
      const rates = Array.from({ length: 3 * length }, (_, step) => learningRateAt(step, options));
      assert.ok(rates.every((rate) => rate >= 0 && rate <= 0.5));
      assert.deepEqual(rates.slice(0, 2), length === 1 ? [0.5 / 3, (0.5 * 2) / 3] : [0.125, 0.25]);
    }
  });
}
