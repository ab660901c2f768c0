import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import type { ExampleCase } from "./results.js";
import { explanationMethodsOf, explanationTitles } from "./explanation-methods.js";
import { runStudy } from "./run-study.js";
import { inScratchFolder, makeShapeTable, studyOptions, tinyRecipe } from "./tiny-study.testkit.js";
import { mapOf, parseTaskRecord } from "./task-record.js";

const small = { ...tinyRecipe, networks: ["mobilenet_v2-tiny"], regimes: { scratch: { epochs: 1 } }, validation: { folds: 2 } };

test("several explanations are drawn side by side with their mean, and others later without training again", async () => {
  await inScratchFolder(async (folder) => {
    const data = await makeShapeTable(folder, { perClass: 4 });
    const out = path.join(folder, "run");
    const run = async (methods: ("grad-cam" | "lime" | "saliency" | "cam")[]) => {
      const { report } = await runStudy(studyOptions({ recipe: { ...small, explanation: { examples: 2, methods, samples: 20 } }, data, out }));
      const { examples } = JSON.parse(await readFile(path.join(out, "pictures.json"), "utf8")) as { examples: ExampleCase[] };
      return { page: await readFile(report, "utf8"), cells: examples.flatMap(({ cells }) => cells), trained: (await stat(path.join(out, "tasks/mobilenet_v2-tiny/scratch/seed-1/fold-1/model.onnx"))).mtimeMs };
    };
    const first = await run(["grad-cam", "lime", "saliency"]);
    assert.match(first.page, /Grad-CAM, LIME, Saliency and their mean of the class/);
    for (const { title, beside } of first.cells) {
      assert.equal(title, "Grad-CAM");
      assert.deepEqual(beside!.map((one) => one.title), ["LIME", "Saliency", "Mean of 3 maps"]);
      assert.ok(beside!.every(({ overlay }) => overlay!.startsWith("data:image/jpeg")));
    }
    const second = await run(["grad-cam", "cam"]);
    assert.deepEqual(second.cells[0]!.beside!.map((one) => one.title), ["CAM", "Mean of 2 maps"]);
    assert.equal(second.trained, first.trained);
  });
});

test("a method that asks many questions is measured on every test case, its map kept small", async () => {
  await inScratchFolder(async (folder) => {
    const data = await makeShapeTable(folder, { perClass: 4 });
    const out = path.join(folder, "run");
    const { results } = await runStudy(studyOptions({ recipe: { ...small, image: { size: 64 }, explanation: { method: "rise", examples: 0, samples: 12 } }, data, out }));
    const file = path.join(out, "tasks/mobilenet_v2-tiny/scratch/seed-1/fold-1/task.json");
    const record = parseTaskRecord(await readFile(file, "utf8"), file);
    const { height, width, values } = mapOf(record, 0);
    assert.deepEqual([height, width], [32, 32]);
    assert.ok(values.some((value) => value !== 0));
    assert.ok(record.predictions.every(({ relevance }) => relevance !== undefined));
    assert.ok(results.cells.length === 1);
  });
});

test("the first of several methods is measured, and they ask for the networks to be kept", () => {
  assert.deepEqual(explanationMethodsOf(tinyRecipe), { method: "grad-cam", beside: [] });
  const recipe = { ...tinyRecipe, explanation: { methods: ["lime" as const, "saliency" as const, "grad-cam" as const], samples: 100 } };
  assert.deepEqual(explanationMethodsOf(recipe), { method: "lime", beside: ["saliency", "grad-cam"], samples: 100 });
  assert.equal(explanationTitles(recipe), "LIME, Saliency, Grad-CAM and their mean");
  assert.throws(() => explanationMethodsOf({ ...recipe, models: "discard" }), { code: "explanation-models" });
});
