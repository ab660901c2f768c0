import assert from "node:assert/strict";
import test from "node:test";
import { InputError } from "../base/index.js";
import { firstScaling, growthSteps, nextScaling } from "./loss-scaling.js";

// The rule of Micikevicius et al. 2018 with the constants of torch.cuda.amp.GradScaler.
test("2,000 good steps in a row double the scale, and one that is not finite halves it and begins to count anew", () => {
  let scaling = firstScaling;
  const take = (isFinite: boolean, count = 1): void => {
    for (let i = 0; i < count; i++) scaling = nextScaling(scaling, { isFinite, step: 7 });
  };
  take(true, growthSteps - 1);
  assert.deepEqual(scaling, { scale: 65536, goodSteps: 1999, skipped: [] });
  take(true);
  assert.deepEqual(scaling, { scale: 131072, goodSteps: 0, skipped: [] });
  take(true, 1500);
  take(false);
  assert.deepEqual(scaling, { scale: 65536, goodSteps: 0, skipped: [7] });
  take(true, 1999);
  assert.equal(scaling.scale, 65536);
});

test("gradients that no scale makes finite end the run with a remedy", () => {
  let scaling = firstScaling;
  assert.throws(() => {
    for (let step = 1; step < 100; step++) scaling = nextScaling(scaling, { isFinite: false, step });
  }, (error) => error instanceof InputError && error.code === "training-diverged" && error.message.includes("precision single"));
  assert.equal(scaling.scale, 2 ** -4);
});

test("the scale stops growing before it alone would leave float32's range", () => {
  const { scale } = nextScaling({ ...firstScaling, scale: 2 ** 32, goodSteps: growthSteps - 1 }, { isFinite: true, step: 1 });
  assert.equal(scale, 2 ** 32);
});
