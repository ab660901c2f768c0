import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { writePhantomDataset, type StudyName } from "../phantom/index.js";
import { parseRecipe } from "./parse-recipe.js";
import { isEstimate } from "./results.js";
import { runStudy } from "./run-study.js";
import { inScratchFolder } from "./tiny-study.testkit.js";

/** Images of each preset, and what the lower bound of the accuracy must pass. */
const presets = {
  "spine-abnormality": { count: 480, chance: 1 / 3 },
  "musculoskeletal-radiograph": { count: 1000, chance: 1 / 2 },
  "spondylolisthesis-readers": { count: 720, chance: 1 / 3 },
  "spinal-tumour": { count: 900, chance: 1 / 2 },
  "disc-state": { count: 480, chance: 1 / 3 },
} as const satisfies Partial<Record<StudyName, { count: number; chance: number }>>;

for (const study of Object.keys(presets) as (keyof typeof presets)[]) {
  test(`a small network learns the simulated images of ${study} in minutes, whole`, () =>
    inScratchFolder(async (folder) => {
      const { count, chance } = presets[study];
      // The readers' preset has an independent hospital as its test set.
      const experiments = study === "spondylolisthesis-readers" ? undefined : { testShare: 0.4 };
      const data = await writePhantomDataset({ study, count, seed: 1, size: 160, directory: path.join(folder, "data"), experiments });
      const recipe = parseRecipe(await readFile(path.resolve("recipes", "phantom", `${study}.yaml`), "utf8"), `${study}.yaml`);
      const { results } = await runStudy({ recipe, data, out: path.join(folder, "run"), softwareVersion: "test", command: "test" });
      const { accuracy } = results.cells[0]!.pooled;
      assert.ok(isEstimate(accuracy) && accuracy.lower > chance, JSON.stringify(accuracy));
    }));
}
