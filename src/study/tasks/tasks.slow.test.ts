import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { readResults } from "./read-results.testkit.js";
import type { RecipeSource } from "../recipe.js";
import { runStudy } from "../run-study.js";
import { inScratchFolder, lastingFiles, makeShapeTable, studyOptions, tinyRecipe } from "../tiny-study.testkit.js";
import { publishAttempt, seedAttempt } from "./carry.js";
import type { Executor, StudyTask } from "./contract.js";
import { openStudyTasks } from "./open-tasks.js";

/** An executor that does everything here, last task first, in a study opened for it. */
function backwards(seen: StudyTask[][]): Executor {
  return {
    name: "backwards",
    async finish({ folder, tasks }) {
      seen.push([...tasks]);
      const open = await openStudyTasks(folder, { softwareVersion: "test" });
      for (const task of tasks.toReversed()) {
        const attempt = path.join(folder, "distributed/tasks", task.id);
        await seedAttempt(task, { run: folder, folder: attempt, earlier: [] });
        await open.run(task, { folder: attempt, writer: task.id });
        await publishAttempt(attempt, folder);
      }
      await open.close();
      return [];
    },
  };
}

const searched: RecipeSource = {
  ...tinyRecipe,
  networks: ["mobilenet_v2-tiny"],
  regimes: { scratch: { epochs: 1 } },
  validation: { folds: 2 },
  explanation: { examples: 0 },
  search: { space: { "training.optimizer.learningRate": { log: [0.001, 0.1] } }, sampler: "random", trials: 2, innerFolds: 2 },
};

test("trials and folds done in another order by others give the figures, predictions and models of one process", () =>
  inScratchFolder(async (folder) => {
    const data = await makeShapeTable(folder, { perClass: 8 });
    const [one, many] = ["one", "many"].map((name) => path.join(folder, name)) as [string, string];
    await runStudy(studyOptions({ data, out: one, recipe: searched }));
    const seen: StudyTask[][] = [];
    await runStudy(studyOptions({ data, out: many, recipe: searched, executor: backwards(seen) }));
    assert.deepEqual(seen.map((tasks) => tasks.map(({ kind, cell, fold, trial }) => [kind, cell.split("/").at(-1), fold, trial])), [
      [["trial", "searched", 1, 0], ["trial", "searched", 1, 1], ["trial", "searched", 2, 0], ["trial", "searched", 2, 1], ["fold", "scratch", 1, undefined], ["fold", "scratch", 2, undefined]],
      [["fold", "searched", 1, undefined], ["fold", "searched", 2, undefined]],
    ]);
    assert.deepEqual(await lastingFiles(many), await lastingFiles(one));
    assert.deepEqual(await readResults(many), await readResults(one));
    const left = await readdir(path.join(many, "search"), { recursive: true });
    assert.deepEqual(left.filter((name) => /line-|trial-/.test(name)), []);
    // Nothing is left to do: the executor is not asked again.
    await runStudy(studyOptions({ data, out: many, recipe: searched, executor: backwards(seen) }));
    assert.equal(seen.length, 2);
  }));
