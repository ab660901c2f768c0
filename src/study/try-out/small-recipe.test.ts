import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { parseRecipe } from "../parse-recipe.js";
import { planCells } from "../plan.js";
import { smallRecipe } from "./small-recipe.js";

const folder = path.resolve("recipes");
for (const file of readdirSync(folder).filter((name) => name.endsWith(".yaml"))) {
  test(`${file} is a recipe, and its small form has every axis of its table`, () => {
    const recipe = parseRecipe(readFileSync(path.join(folder, file), "utf8"), file);
    const small = smallRecipe(recipe);
    const values = (of: typeof recipe) => {
      const cells = planCells(of);
      return { rows: new Set(cells.map(({ row }) => row)).size, starts: new Set(cells.map(({ start }) => start)).size, views: new Set(cells.map(({ view }) => view)).size };
    };
    assert.deepEqual(values(small), values(recipe));
    for (const { network } of planCells(small)) assert.match(network, /-tiny$/);
    assert.ok(!(small.sources ?? []).includes("imagenet"), "small networks have no published weights");
  });
}
