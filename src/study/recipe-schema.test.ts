import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { recipeJsonSchema } from "./recipe.js";

test("the published schema of recipes is the one of this program", () => {
  const stored: unknown = JSON.parse(readFileSync(path.resolve("recipes/recipe.schema.json"), "utf8"));
  assert.deepEqual(stored, JSON.parse(JSON.stringify(recipeJsonSchema())), "run scripts/recipe-schema.mjs");
});
