// A whole study with a search, its results checked against their own parts: half a minute.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import type { Estimate } from "../../stats/index.js";
import type { RecipeSource } from "../recipe.js";
import { runStudy } from "../run-study.js";
import { hashFiles, inScratchFolder, makeShapeTable, makeStartWeights, studyOptions } from "../tiny-study.testkit.js";
import { verifyRun } from "../verify/verify-run.js";

const network = "mobilenet_v2-tiny";

const recipe: RecipeSource = {
  study: "search",
  networks: [network],
  regimes: { "feature-extraction": { epochs: 8 } },
  training: { batchSize: 6, optimizer: { name: "adam", learningRate: 0.0001 } },
  image: { size: 32 },
  validation: { folds: 2 },
  explanation: { examples: 2 },
  search: {
    space: { "training.optimizer.learningRate": { log: [1e-4, 1e-1] }, "training.dropout": { float: [0, 0.5] }, "image.size": { choice: [32, 64] } },
    trials: 6,
    metric: "macro-auc",
    innerFolds: 2,
    selectionRule: "one-standard-error",
  },
};

test("a study with a search: two cells on the same cases, settings of the space, scores and gains that follow from the predictions", () =>
  inScratchFolder(async (folder) => {
    const options = studyOptions({ recipe, data: await makeShapeTable(folder, { perClass: 14 }), weights: { [network]: await makeStartWeights(folder, network) }, out: path.join(folder, "run") });
    const { results } = await runStudy(options);
    const id = `${network}/feature-extraction`;
    assert.deepEqual(results.cells.map((cell) => cell.id), [id, `${id}/searched`]);
    const { search } = results;
    const [cell] = search!.cells;
    assert.equal(cell!.cases, 28);
    assert.deepEqual([search!.trials, search!.metric, search!.sampler], [6, "macro-auc", "tpe"]);
    for (const { trials, settings, innerScore, chosen, best } of cell!.folds) {
      assert.equal(trials.length, 6);
      assert.deepEqual(trials[chosen - 1]!.settings, settings);
      assert.equal(trials[chosen - 1]!.score, innerScore);
      assert.ok(trials.every(({ score }) => score! <= trials[best - 1]!.score!));
      assert.ok(Number(settings["training.optimizer.learningRate"]) >= 1e-4 && [32, 64].includes(Number(settings["image.size"])));
    }
    // By hand: optimism is the mean of inner minus outer; a difference is after minus before; before is the first cell's own figure.
    const differences = cell!.folds.map(({ innerScore, outerScore }) => innerScore - outerScore);
    if ("estimate" in cell!.optimism) assert.ok(Math.abs(cell!.optimism.estimate - (differences[0]! + differences[1]!) / 2) < 1e-12);
    const accuracy = cell!.comparison.find(({ measure }) => measure === "Accuracy")!;
    assert.deepEqual(accuracy.before, results.cells[0]!.pooled.accuracy);
    assert.deepEqual(accuracy.after, results.cells[1]!.pooled.accuracy);
    assert.ok(Math.abs((accuracy.after as Estimate).estimate - (accuracy.before as Estimate).estimate - (accuracy.difference as Estimate).estimate) < 1e-12);
    for (const [i, { fold, outerScore }] of cell!.folds.entries()) {
      const auc = results.cells[1]!.folds.find((one) => one.fold === fold)!.performance.macro.auc;
      assert.ok(Math.abs((auc as Estimate).estimate - outerScore) < 1e-12, `fold ${i + 1}`);
    }
    assert.match(await readFile(path.join(options.out, "report.html"), "utf8"), /id="search"/);
    assert.deepEqual(Object.keys(await hashFiles(path.join(options.out, "search"))).filter((name) => !name.endsWith("trials.jsonl")), []);
    const verified = await verifyRun(options.out);
    assert.deepEqual(verified.differences, []);
    assert.ok(verified.notRecomputed.some(({ key }) => key === "search"));
  }));
