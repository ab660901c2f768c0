import assert from "node:assert/strict";
import path from "node:path";
import test from "node:test";
import { seededRandom } from "../../base/index.js";
import { runStudy } from "../run-study.js";
import { inScratchFolder, makeShapeTable, studyOptions, tinyRecipe } from "../tiny-study.testkit.js";
import { verifyRun } from "./verify-run.js";
import { alterPrediction, withPredictions } from "./verify-run.testkit.js";

test("100 of 100 altered predictions are caught by the arithmetic, without the checksum", () =>
  inScratchFolder(async (folder) => {
    const data = await makeShapeTable(folder, { perClass: 30 });
    const recipe = { ...tinyRecipe, networks: ["mobilenet_v2-tiny"], regimes: { scratch: { epochs: 4 } }, validation: { folds: 2 }, models: "discard" as const };
    const run = path.join(folder, "run");
    await runStudy(studyOptions({ recipe, data, out: run }));
    assert.deepEqual((await verifyRun(run)).differences, []);
    const random = seededRandom("alter", 100);
    for (let k = 0; k < 100; k++) {
      const { differences } = await withPredictions(run, (text) => alterPrediction(text, random), () => verifyRun(run));
      assert.ok(differences.some(({ where }) => where.startsWith("results.json")), `alteration ${k}`);
    }
  }));
