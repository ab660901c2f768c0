import assert from "node:assert/strict";
import test from "node:test";
import { nextJob, trialCount, type SearchPlan } from "../next-job.js";
import type { TrialResult } from "../trial.js";
import { rungsOf } from "./rungs.js";
import { schedulers, type SchedulerName } from "./index.js";

const plan: SearchPlan = { space: { x: { float: [0, 1] } }, sampler: "random", scheduler: "asha", trials: 9, rungs: [1, 3, 9], reduction: 3, seed: 1 };

/** Scores by trial that the resource does not change. */
function walk(scheduler: SchedulerName, scores: readonly (number | undefined)[], rungs = plan.rungs): string[] {
  const results: TrialResult[] = [];
  const steps: string[] = [];
  for (;;) {
    const job = nextJob({ ...plan, scheduler, rungs, trials: scores.length }, results);
    if (job === undefined) return steps;
    assert.ok(steps.length < 100, "it ends");
    steps.push(`${job.trial}@${job.resource}`);
    results.push({ ...job, score: scores[job.trial] });
  }
}

const scores = [0.5, 0.6, 0.4, 0.9, 0.3, 0.7, 0.2, 0.8, 0.1];

test("rungs by hand: 1, 3, 9 for 9 epochs and factor 3; rounded for 20; one rung where the minimum is the whole", () => {
  assert.deepEqual(rungsOf({ minimum: 1, maximum: 9, reduction: 3 }), [1, 3, 9]);
  assert.deepEqual(rungsOf({ minimum: 2, maximum: 20, reduction: 3 }), [2, 7, 20]);
  assert.deepEqual(rungsOf({ minimum: 9, maximum: 9, reduction: 3 }), [9]);
  assert.deepEqual(rungsOf({ minimum: 1, maximum: 2, reduction: 4 }), [1, 2]);
  assert.throws(() => rungsOf({ minimum: 10, maximum: 9, reduction: 3 }), { code: "search-rungs" });
  assert.throws(() => rungsOf({ minimum: 1, maximum: 9, reduction: 1 }), { code: "search-rungs" });
});

test("successive halving by hand: nine trials, three go on, one to the end (Li et al. 2020, bracket 0 of table 1)", () => {
  // The best three of nine are trials 3, 7, 5; of those 3.
  assert.deepEqual(walk("successive-halving", scores), ["0@1", "1@1", "2@1", "3@1", "4@1", "5@1", "6@1", "7@1", "8@1", "3@3", "7@3", "5@3", "3@9"]);
});

test("ASHA by hand: a trial goes on as soon as it is in the best third of its rung", () => {
  // After three trials floor(3/3) = 1 goes on: trial 1 (0.6). After six, two: 3 (0.9) and 5 (0.7), of which 3 was at hand first.
  // By then rung 3 has trials 1, 3, 5 and its best, 3, goes to 9 before anything new begins. Trial 7 follows when nine are there.
  assert.deepEqual(walk("asha", scores), ["0@1", "1@1", "2@1", "1@3", "3@1", "3@3", "4@1", "5@1", "5@3", "3@9", "6@1", "7@1", "7@3", "8@1"]);
});

test("ASHA ends with a whole training even where too few trials climb, and a failed trial climbs never", () => {
  assert.deepEqual(walk("asha", [0.1, 0.2]), ["0@1", "1@1", "1@3", "1@9"]);
  assert.deepEqual(walk("asha", [undefined, undefined, undefined]), ["0@1", "1@1", "2@1"]);
  assert.deepEqual(walk("successive-halving", [undefined, 0.1, undefined]), ["0@1", "1@1", "2@1", "1@3", "1@9"]);
});

test("without pruning every trial is trained to the end", () => {
  assert.deepEqual(walk("none", [0.2, undefined, 0.1]), ["0@9", "1@9", "2@9"]);
});

for (const scheduler of Object.keys(schedulers) as SchedulerName[]) {
  test(`law: ${scheduler} started again from any part of its results goes the same way`, () => {
    const results: TrialResult[] = [];
    for (;;) {
      const job = nextJob({ ...plan, scheduler, sampler: "tpe", trials: 12 }, results);
      const again = nextJob({ ...plan, scheduler, sampler: "tpe", trials: 12 }, structuredClone(results));
      assert.deepEqual(again, job);
      if (job === undefined) break;
      results.push({ ...job, score: Math.sin(7 * Number(job.settings["x"])) + 0.01 * job.resource });
    }
    assert.equal(new Set(results.map(({ trial }) => trial)).size, 12);
    assert.ok(results.some(({ resource }) => resource === 9));
  });
}

test("a grid has no more trials than points; unknown names are told", () => {
  assert.equal(trialCount({ x: { int: [1, 2] } }, "grid", 10), 2);
  assert.equal(trialCount({ x: { float: [0, 1] }, y: { float: [0, 1] } }, "grid", undefined), 9);
  assert.equal(trialCount({ x: { int: [1, 2] } }, "random", 10), 10);
  assert.throws(() => nextJob({ ...plan, sampler: "tpw" as "tpe" }, []), { code: "unknown-sampler" });
});
