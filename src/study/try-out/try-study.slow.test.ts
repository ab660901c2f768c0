// The studies' recipes, whole, in the small setting: minutes.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { parseRecipe } from "../parse-recipe.js";
import { bareClaims } from "../report/claims.js";
import { inScratchFolder } from "../tiny-study.testkit.js";
import { verifyRun } from "../verify/verify-run.js";
import { tryStudy, type TryOutcome } from "./try-study.js";

/** What each study's own table must have, and what else must come out. */
const studies: Record<string, { readonly cells: number; readonly count?: number; readonly check?: (outcome: TryOutcome) => void }> = {
  "spine-abnormality": { cells: 9, check: ({ results }) => assert.ok(results.cells.every(({ relevance }) => relevance !== undefined)) },
  "musculoskeletal-radiograph": {
    cells: 5,
    // The search holds a quarter of a fold's patients back once more.
    count: 96,
    check: ({ results }) => {
      assert.ok(results.search !== undefined);
      assert.equal(results.data.units, results.data.cases / 2);
      assert.ok(results.cells.every(({ kappa }) => kappa !== undefined));
    },
  },
  "spondylolisthesis-readers": {
    cells: 1,
    check: ({ results, readers }) => {
      assert.equal(results.data.labels.length, 3);
      assert.ok(results.external !== undefined && results.external.cases > 0);
      assert.deepEqual([readers?.set, readers?.simulated, new Set(readers?.readers.map(({ name }) => name)).size, readers?.cases], ["external", true, 6, results.external.cases]);
      assert.ok(readers?.nonInferiority !== undefined && readers.primary.named === "recipe");
    },
  },
  "spinal-tumour": { cells: 4 },
  "disc-state": { cells: 12 },
};

for (const [name, { cells, count = 48, check }] of Object.entries(studies)) {
  test(`${name} runs on simulated images, compares ${cells} cells pair by pair, and is verified`, (t) =>
    inScratchFolder(async (folder) => {
      const recipe = parseRecipe(readFileSync(path.resolve("recipes", `${name}.yaml`), "utf8"), name);
      const started = Date.now();
      const outcome = await tryStudy({ recipe, count, seed: 1, out: folder, softwareVersion: "test", command: `osteon study try ${name}.yaml` });
      t.diagnostic(`${name}: ${((Date.now() - started) / 1000).toFixed(0)} s`);
      const { results } = outcome;
      assert.equal(results.cells.length, cells);
      assert.equal(results.comparisons.length, (cells * (cells - 1)) / 2);
      for (const { folds } of results.cells) assert.ok(folds.every(({ model }) => model !== undefined));
      check?.(outcome);
      assert.ok(existsSync(outcome.report));
      const run = path.join(folder, "run");
      const pages = readdirSync(run, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".html"));
      assert.ok(pages.includes("report.html"));
      // Nothing is set above anything else without a paired test and an interval, in any page of the run.
      for (const page of pages) assert.deepEqual(bareClaims(readFileSync(path.join(run, page), "utf8")), [], page);
      assert.deepEqual((await verifyRun(run)).differences, []);
    }));
}
