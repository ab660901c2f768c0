import assert from "node:assert/strict";
import test from "node:test";
import { chooseTrial, simplicityOf } from "./choose-trial.js";
import { parameterImportance } from "./importance.js";
import type { SearchSpace } from "./space.js";
import type { TrialResult } from "./trial.js";

const space: SearchSpace = { "training.weightDecay": { log: [1e-6, 1e-2] }, "training.optimizer.learningRate": { log: [1e-5, 1e-1] } };

const trial = (number: number, decay: number, rate: number, score: number | undefined, resource = 9): TrialResult => ({
  trial: number,
  settings: { "training.weightDecay": decay, "training.optimizer.learningRate": rate },
  resource,
  score,
  standardError: 0.02,
});

test("one standard error by hand: the simplest of those within it, more decay and a lower rate being simpler", () => {
  // Best 0.90, so 0.88 and above count: trials 0, 1, 3. Simplicity (decay + 1 - rate) / 2: 0.25, 0.75, 0.5.
  const results = [trial(0, 1e-5, 1e-2, 0.9), trial(1, 1e-3, 1e-4, 0.885), trial(2, 1e-2, 1e-5, 0.87), trial(3, 1e-4, 1e-3, 0.88), trial(4, 1e-2, 1e-5, 0.99, 3)];
  assert.ok(Math.abs(simplicityOf(space, results[0]!.settings) - 0.25) < 1e-9);
  assert.ok(Math.abs(simplicityOf(space, results[1]!.settings) - 0.75) < 1e-9);
  const one = chooseTrial(space, results, "one-standard-error");
  assert.deepEqual([one.best.trial, one.chosen.trial, one.within], [0, 1, 3]);
  const best = chooseTrial(space, results, "best");
  assert.deepEqual([best.best.trial, best.chosen.trial, best.within], [0, 0, 1]);
});

test("what the space says of simplicity goes before what is known of the name", () => {
  const reversed: SearchSpace = { "training.weightDecay": { log: [1e-6, 1e-2], simpler: "low" } };
  assert.equal(simplicityOf(reversed, { "training.weightDecay": 1e-6 }), 1);
});

test("a search whose trials all failed, and a rule without what it needs, say so", () => {
  assert.throws(() => chooseTrial(space, [trial(0, 1e-5, 1e-2, undefined)], "best"), { code: "search-failed" });
  const { standardError: _, ...without } = trial(0, 1e-5, 1e-2, 0.9);
  assert.throws(() => chooseTrial(space, [without], "one-standard-error"), { code: "search-rule", message: /at least 2 inner folds/ });
  const plain: SearchSpace = { x: { float: [0, 1] } };
  assert.throws(() => chooseTrial(plain, [{ trial: 0, settings: { x: 0 }, resource: 1, score: 1, standardError: 0.1 }], "one-standard-error"), { code: "search-rule", message: /known simplicity/ });
});

test("importance by hand: a parabola of one parameter explains all, the other nothing; lists by their means", () => {
  const decays = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2];
  const crossed = decays.flatMap((decay, i) => [1e-5, 1e-3, 1e-1].map((rate, j) => trial(3 * i + j, decay, rate, 1 - (i - 2) ** 2)));
  const [decay, rate] = parameterImportance(space, crossed);
  assert.ok(Math.abs(decay!.share! - 1) < 1e-9);
  assert.equal(rate!.share, 0);
  const lists: TrialResult[] = [1, 1.1, 0, 0.1].map((score, i) => ({ trial: i, settings: { o: i < 2 ? "a" : "b" }, resource: 1, score }));
  const [list] = parameterImportance({ o: { choice: ["a", "b"] } }, lists);
  // RSS = 4 x 0.05² = 0.01; the mean is 0.55, TSS = 0.45² + 0.55² + 0.55² + 0.45² = 1.01; 1 - (0.01 / 2) / (1.01 / 3).
  assert.ok(Math.abs(list!.share! - (1 - 0.005 / (1.01 / 3))) < 1e-9);
  assert.equal(parameterImportance(space, crossed.slice(0, 4))[0]!.share, undefined);
});
