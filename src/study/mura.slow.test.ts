// A whole study on folders laid out as MURA: about a minute.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { readPredictions } from "./read-predictions.js";
import { isEstimate } from "./results.js";
import { runStudy } from "./run-study.js";
import { inScratchFolder, makeShape, studyOptions, tinyRecipe } from "./tiny-study.testkit.js";

/** Stripes are positive, squares negative; two views of each exam, 6 patients to learn from and 4 to be tested on. */
async function makeMura(folder: string): Promise<string> {
  for (const [part, from, count] of [["train", 1, 6], ["valid", 101, 4]] as const) {
    for (let i = 0; i < count; i++) {
      for (const finding of ["positive", "negative"] as const) {
        const study = path.join(folder, part, "XR_WRIST", `patient${String(from + i).padStart(5, "0")}`, `study${finding === "positive" ? 1 : 2}_${finding}`);
        await mkdir(study, { recursive: true });
        for (const view of [1, 2]) await writeFile(path.join(study, `image${view}.png`), await makeShape(finding === "positive" ? "stripes" : "square", `${part} ${i} ${view}`));
      }
    }
  }
  return folder;
}

// Oracle: by hand, from the images' probabilities in predictions.csv.
test("MURA's folders are a study: tested on valid, exams decided by the mean of their views, kappa beside the published one", () =>
  inScratchFolder(async (folder) => {
    const data = await makeMura(path.join(folder, "MURA-v1.1"));
    const published = { source: "arXiv:1712.06957", cases: "another test set", figures: [{ name: "model", measure: "kappa" as const, value: 0.705, interval: [0.7, 0.71] as [number, number] }] };
    const out = path.join(folder, "run");
    const { results } = await runStudy(studyOptions({ recipe: { ...tinyRecipe, networks: ["mobilenet_v2-tiny"], regimes: { scratch: { epochs: 25 } }, published }, data, out, where: { body_part: "wrist" } }));
    assert.deepEqual([results.data.cases, results.data.units, results.data.patients, results.data.labels], [40, 20, 10, ["abnormal", "normal"]]);
    assert.equal(results.folds.length, 1);
    const { rows } = readPredictions(await readFile(path.join(out, "predictions.csv"), "utf8"), "predictions.csv");
    assert.ok(rows.length === 16 && rows.every(({ unit }) => unit!.startsWith("valid/")));
    const exams = [...new Set(rows.map(({ unit }) => unit!))].map((unit) => rows.filter((row) => row.unit === unit));
    const answers = exams.map((views) => ({ truth: views[0]!.prediction.label, said: views[0]!.prediction.probabilities[0]! + views[1]!.prediction.probabilities[0]! >= 1 ? 0 : 1 }));
    const share = (of: (one: (typeof answers)[number]) => boolean): number => answers.filter(of).length / answers.length;
    const { pooled, kappa } = results.cells[0]!;
    assert.equal(pooled.cases, 8);
    const right = share(({ truth, said }) => truth === said);
    assert.ok(isEstimate(pooled.accuracy) && Math.abs(pooled.accuracy.estimate - right) < 1e-12);
    const chance = [0, 1].reduce((sum, k) => sum + share(({ truth }) => truth === k) * share(({ said }) => said === k), 0);
    assert.ok(kappa && isEstimate(kappa), JSON.stringify({ kappa, answers }));
    assert.ok(Math.abs(kappa.estimate - (right - chance) / (1 - chance)) < 1e-12);
    assert.match(await readFile(path.join(out, "tables", "published.csv"), "utf8"), /model, published/);
  }));
