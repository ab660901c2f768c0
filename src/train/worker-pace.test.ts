import assert from "node:assert/strict";
import test from "node:test";
import { WorkerPace, workersFor } from "./worker-pace.js";

test("workers keep up with training by a quarter, and are never fewer than one nor more than there are", () => {
  assert.equal(workersFor({ workMs: 10, stepMs: 1000, most: 8 }), 1);
  assert.equal(workersFor({ workMs: 79, stepMs: 100, most: 8 }), 1);
  assert.equal(workersFor({ workMs: 81, stepMs: 100, most: 8 }), 2);
  assert.equal(workersFor({ workMs: 300, stepMs: 100, most: 8 }), 4);
  assert.equal(workersFor({ workMs: 3000, stepMs: 100, most: 8 }), 8);
  // Asked for all at once, as where nothing is trained.
  assert.equal(workersFor({ workMs: 300, stepMs: 0, most: 8 }), 8);
});

/** Training on a clock of its own: one batch is asked for per step, two are ahead; `most` workers. Returns the most batches made at a time in the last steps. */
async function train(pace: WorkerPace, clock: { ms: number }, { workMs, stepMs, steps }: { workMs: number; stepMs: number; steps: number }): Promise<number> {
  const making: { done: number; end: () => void }[] = [];
  let most = 0;
  for (let step = 0; step < steps; step++) {
    void pace.run(() => new Promise<{ milliseconds: number }>((resolve) => making.push({ done: clock.ms + workMs, end: () => resolve({ milliseconds: workMs }) })));
    await settle();
    if (step > steps / 2) most = Math.max(most, making.length);
    clock.ms += stepMs;
    for (const { end } of making.filter(({ done }) => done <= clock.ms)) end();
    making.splice(0, making.length, ...making.filter(({ done }) => done > clock.ms));
    await settle();
  }
  return most;
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

test("the first batches are made by all workers, later ones by as many as the step needs, and by more again where batches become slow", async () => {
  const clock = { ms: 0 };
  const pace = new WorkerPace(6, () => clock.ms);
  assert.equal(pace.workers, 6);
  assert.equal(await train(pace, clock, { workMs: 50, stepMs: 100, steps: 40 }), 1);
  assert.equal(pace.workers, 1);
  assert.equal(await train(pace, clock, { workMs: 150, stepMs: 100, steps: 80 }), 2);
  assert.equal(pace.workers, 2);
});

test("a batch that fails gives its place back", async () => {
  const pace = new WorkerPace(1);
  await assert.rejects(pace.run(() => Promise.reject(new Error("torn"))), /torn/);
  assert.deepEqual(await pace.run(() => Promise.resolve({ milliseconds: 1 })), { milliseconds: 1 });
});
