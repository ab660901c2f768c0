import assert from "node:assert/strict";
import test from "node:test";
import * as fc from "fast-check";
import { casesOfEpoch, planBatches, trainingBatches } from "./batches.js";
import { resolveRecipe } from "./recipe.js";
import { bandSource } from "./synthetic.testkit.js";

test("every case comes in every epoch, at most steps - 1 come twice, and batches are equal and no larger than asked", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 64 }), fc.nat(), (cases, batchSize, seed) => {
      const plan = planBatches(cases, batchSize);
      const indices = Array.from({ length: cases }, (_, i) => i * 3);
      const epoch = casesOfEpoch(indices, plan, { seed, epoch: 0 });
      assert.ok(plan.batch <= batchSize);
      assert.ok(epoch.length === plan.stepsPerEpoch && epoch.every(({ length }) => length === plan.batch));
      assert.deepEqual(new Set(epoch.flat()), new Set(indices));
      assert.ok(epoch.flat().length - cases < plan.stepsPerEpoch);
    }),
  );
});

test("batches begun anywhere go on as those begun at the start", async () => {
  const source = bandSource({ cases: 7, size: 4, augmented: true });
  const options = { source, cases: [0, 1, 2, 3, 4, 5, 6], recipe: resolveRecipe("scratch", { epochs: 3 }), plan: planBatches(7, 3), seed: 5 };
  const collect = async (from: { epoch: number; step: number }) => {
    const found = [];
    for await (const { epoch, step, cases, images } of trainingBatches({ ...options, from })) found.push({ epoch, step, cases, first: images.data[0] });
    return found;
  };
  const all = await collect({ epoch: 0, step: 0 });
  assert.equal(all.length, 9);
  assert.deepEqual(await collect({ epoch: 1, step: 2 }), all.slice(5));
  assert.deepEqual(await collect({ epoch: 0, step: 3 }), all.slice(3));
  assert.notDeepEqual(all[0]!.cases, all[3]!.cases);
});
