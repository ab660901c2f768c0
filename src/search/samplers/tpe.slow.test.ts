import assert from "node:assert/strict";
import test from "node:test";
import { problems, tpeAgainstRandom } from "./known-functions.testkit.js";

for (const [name, problem] of Object.entries(problems)) {
  test(`${name}: 50 trials of tpe come closer to the known best than 50 random ones, over 60 seeds (paired permutation test, p < 0.01)`, () => {
    const compared = tpeAgainstRandom(problem, 60);
    assert.ok(compared.estimate < 0 && compared.p < 0.01, `difference of log10 regret ${compared.estimate}, p ${compared.p}`);
  });
}
