// The studies' recipes, whole, in the small setting: minutes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { parseRecipe } from "../parse-recipe.js";
import { inScratchFolder } from "../tiny-study.testkit.js";
import { tryStudy } from "./try-study.js";

const cells: Record<string, number> = { "spine-abnormality": 9, "musculoskeletal-radiograph": 4, "spinal-tumour": 4, "disc-state": 12 };

for (const [name, count] of Object.entries(cells)) {
  test(`${name} runs on simulated images and compares ${count} cells pair by pair`, () =>
    inScratchFolder(async (folder) => {
      const recipe = parseRecipe(readFileSync(path.resolve("recipes", `${name}.yaml`), "utf8"), name);
      const { results } = await tryStudy({ recipe, count: 48, seed: 1, out: folder, softwareVersion: "test", command: `osteon study try ${name}.yaml` });
      assert.equal(results.cells.length, count);
      assert.equal(results.comparisons.length, (count * (count - 1)) / 2);
      for (const { pooled, folds } of results.cells) {
        assert.equal(pooled.cases, 48);
        assert.ok(folds.every(({ model }) => model !== undefined));
      }
    }));
}
