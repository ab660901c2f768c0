import assert from "node:assert/strict";
import test from "node:test";
import { defaultRecipes, resolveRecipe } from "./recipe.js";
import { regimes, type RegimeName } from "./regimes.js";

test("every regime has a default recipe in range", () => {
  for (const name of Object.keys(regimes) as RegimeName[]) assert.deepEqual(resolveRecipe(name), defaultRecipes[name]);
});

test("changes replace single settings and leave the rest; undefined changes nothing", () => {
  const recipe = resolveRecipe("scratch", { optimizer: { learningRate: 0.5, momentum: undefined }, schedule: { name: "step" }, epochs: undefined });
  assert.deepEqual(recipe.optimizer, { ...defaultRecipes.scratch.optimizer, learningRate: 0.5 });
  assert.equal(recipe.schedule.name, "step");
  assert.equal(recipe.epochs, defaultRecipes.scratch.epochs);
});

test("early stopping asked for without more gets the default part and patience; false switches it off", () => {
  assert.deepEqual(resolveRecipe("scratch", { earlyStopping: { patience: 9 } }).earlyStopping, { fraction: 0.15, patience: 9, metric: "loss" });
  assert.equal(resolveRecipe("scratch", { earlyStopping: false }).earlyStopping, false);
});

test("a value out of range is refused by its name", () => {
  assert.throws(() => resolveRecipe("scratch", { epochs: 0 }), /epochs: expected a whole number from 1/);
  assert.throws(() => resolveRecipe("scratch", { batchSize: 2.5 }), /batchSize: expected a whole number/);
  assert.throws(() => resolveRecipe("scratch", { dropout: 1 }), /dropout: expected a number from 0 to below 1, got 1/);
  assert.throws(() => resolveRecipe("scratch", { optimizer: { learningRate: Number.NaN } }), /optimizer\.learningRate/);
});
