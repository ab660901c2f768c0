import assert from "node:assert/strict";
import test from "node:test";
import { countWins } from "./group-folds.testkit.js";

// Oracle: scikit-learn 1.2.1's StratifiedGroupKFold on the same 1,000 problems (scripts/compare-group-folds.mjs).
test("grouped stratified folds are at least as balanced as scikit-learn's on 99 % of 1,000 random problems", () => {
  const wins = countWins(1000);
  assert.ok(wins.spread >= 990, `spread of the classes: ${wins.spread}`);
  assert.ok(wins.imbalance >= 990, `imbalance: ${wins.imbalance}`);
});
