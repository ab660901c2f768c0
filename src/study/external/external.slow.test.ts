import assert from "node:assert/strict";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { predictImages } from "../../cli/predict-images.js";
import { isEstimate } from "../results.js";
import { readPredictions } from "../read-predictions.js";
import { studyReaders } from "../readers/study-readers.js";
import { simulateStudyReads } from "../readers/simulate-study.js";
import { runStudy } from "../run-study.js";
import { inScratchFolder, makeShape, makeShapeTable, studyOptions, tinyRecipe } from "../tiny-study.testkit.js";

/** Squares and stripes that the study's own table has not; two views of each exam. */
async function makeElsewhere(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const rows: string[] = [];
  for (const shape of ["square", "stripes"] as const) {
    for (let i = 0; i < 6; i++) {
      await writeFile(path.join(folder, `${shape}-${i}.png`), await makeShape(shape, `elsewhere ${i}`));
      rows.push(`${shape}-${i}.png,${shape},${shape}-${i >> 1}`);
    }
  }
  await writeFile(path.join(folder, "elsewhere.csv"), `file,label,unit\n${rows.join("\n")}\n`);
  return path.join(folder, "elsewhere.csv");
}

// Oracle: the models of the folds, run one by one on the files and averaged here.
test("an external set is predicted by every fold's network, may join a finished run, and is what readers are compared on", () =>
  inScratchFolder(async (folder) => {
    const data = await makeShapeTable(folder, { perClass: 6 });
    const external = await makeElsewhere(path.join(folder, "elsewhere"));
    const recipe = { ...tinyRecipe, networks: ["mobilenet_v2-tiny"], regimes: { scratch: { epochs: 3 } }, explanation: { examples: 0 }, readers: { margin: 0.1 } };
    const out = path.join(folder, "run");
    const before = await runStudy(studyOptions({ recipe, data, out }));
    assert.equal(before.results.external, undefined);
    const { results } = await runStudy(studyOptions({ recipe, data, out, external }));
    const { rows } = readPredictions(await readFile(path.join(out, "external.csv"), "utf8"), "external.csv");
    assert.equal(rows.length, 12);
    const models = results.cells[0]!.folds.map(({ model }) => path.join(out, model!.file));
    assert.deepEqual([models.length, results.external!.networks], [3, 3]);
    for (const { prediction } of rows.slice(0, 4)) {
      const said = await Promise.all(models.map((model) => predictImages(model, [path.join(folder, "elsewhere", prediction.case)])));
      const averaged = ["square", "stripes"].map((label) => said.reduce((sum, one) => sum + one.predictions[0]!.probabilities[label]! / 3, 0));
      averaged.forEach((p, k) => assert.ok(Math.abs(p - prediction.probabilities[k]!) < 1e-5, `${p} instead of ${prediction.probabilities[k]}`));
    }
    const { cells, units, cases, classCounts } = results.external!;
    assert.deepEqual([cases, units, classCounts], [12, 6, { square: 6, stripes: 6 }]);
    // By hand: both views of an exam averaged, then decided.
    const exams = [0, 1, 2, 3, 4, 5].map((e) => rows.filter((row) => row.unit === `${e < 3 ? "square" : "stripes"}-${e % 3}`));
    const right = exams.filter((views) => (views.reduce((sum, { prediction }) => sum + prediction.probabilities[1]!, 0) / 2 > 0.5 ? 1 : 0) === views[0]!.prediction.label).length;
    const { accuracy } = cells[0]!.performance;
    assert.ok(isEstimate(accuracy) && Math.abs(accuracy.estimate - right / 6) < 1e-12);

    const reads = path.join(folder, "reads.csv");
    await simulateStudyReads({ run: out, out: reads, seed: 1, readers: 2, aided: false });
    const { result } = await studyReaders({ run: out, reads });
    assert.deepEqual([result.set, result.cases, result.primary.named, result.primary.margin], ["external", 6, "recipe", 0.1]);
    assert.match(await readFile(path.join(out, "report.html"), "utf8"), /Simulated reads/);
    assert.match(await readFile(path.join(out, "tables", "readers.tex"), "utf8"), /orthopaedist-1/);
    const again = await runStudy(studyOptions({ recipe, data, out, external }));
    assert.deepEqual(again.results.readers, JSON.parse(JSON.stringify(result)), "a run that is gone on with keeps what was found");

    await copyFile(path.join(folder, "images", "square-0.png"), path.join(folder, "elsewhere", "square-0.png"));
    await assert.rejects(runStudy(studyOptions({ recipe, data, out, external })), { code: "external-leak", message: /square-0\.png is images\/square-0\.png/ });
    await assert.rejects(runStudy(studyOptions({ recipe: { ...recipe, models: "discard" }, data, out: path.join(folder, "other"), external })), { code: "external-models" });
  }));
