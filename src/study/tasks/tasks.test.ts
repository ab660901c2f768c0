import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { DataError } from "../../base/index.js";
import type { RecipeSource } from "../recipe.js";
import { runStudy } from "../run-study.js";
import { inScratchFolder, makeShapeTable, studyOptions, tinyRecipe } from "../tiny-study.testkit.js";
import type { Executor } from "./contract.js";
import { openStudyTasks } from "./open-tasks.js";

const recipe: RecipeSource = { ...tinyRecipe, networks: ["mobilenet_v2-tiny"], regimes: { scratch: { epochs: 1 } }, validation: { folds: 2 }, explanation: { examples: 0 } };

test("a study whose tasks are given up says which and why; a worker declines another version and images that changed", () =>
  inScratchFolder(async (folder) => {
    const data = await makeShapeTable(folder, { perClass: 6 });
    const out = path.join(folder, "run");
    const failing: Executor = {
      name: "failing",
      finish: async ({ tasks, folder: run }) => {
        await assert.rejects(openStudyTasks(run, { softwareVersion: "another" }), /expected a worker of Osteon test, as the study was begun with, got another/);
        const image = path.join(folder, "images/square-0.png");
        const bytes = await readFile(image);
        await writeFile(image, await readFile(path.join(folder, "images/square-1.png")));
        await assert.rejects(openStudyTasks(run, { softwareVersion: "test" }), (error) => error instanceof DataError && error.code === "image-changed");
        await writeFile(image, bytes);
        return [{ task: tasks[0]!, attempts: 3, reason: "its process was ended by SIGKILL", log: "distributed/tasks/x/log.txt" }];
      },
    };
    await assert.rejects(runStudy(studyOptions({ data, out, recipe, executor: failing })), (error) => {
      assert.ok(error instanceof DataError);
      assert.match(error.message, /expected all 2 tasks of the study to be done, got 1 given up:\n- mobilenet_v2-tiny · scratch · seed 1, fold 1, after 3 attempts: its process was ended by SIGKILL \(log: distributed\/tasks\/x\/log\.txt\)\nMend the reason/);
      return true;
    });
    const silent: Executor = { name: "silent", finish: () => Promise.resolve([]) };
    await assert.rejects(runStudy(studyOptions({ data, out, recipe, executor: silent })), /expected the result of this study/);
  }));
