// Shapes on larger images, a box around each: what is cut out, found and averaged.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import sharp from "sharp";
import { seededRandom } from "../../base/index.js";
import { runImages } from "../../cli/predict-images.js";
import { readBundle } from "../../models/index.js";
import { runStudy } from "../run-study.js";
import { inScratchFolder, studyOptions, tinyRecipe } from "../tiny-study.testkit.js";
import { parseTaskRecord } from "../task-record.js";
import { centerError, overlapOf } from "./detection-error.js";

const side = 96;

/** A bright square or stripes of 14 pixels somewhere on a dark image of 96. */
async function makeTable(folder: string, perClass: number): Promise<string> {
  await mkdir(path.join(folder, "images"), { recursive: true });
  const rows = ["file,label,patient,boxes"];
  for (const label of ["square", "stripes"]) {
    for (let i = 0; i < perClass; i++) {
      const random = seededRandom("region", label, i);
      const [top, left] = [random.integer(side - 20), random.integer(side - 20)];
      const pixels = Uint8Array.from({ length: side * side }, (_, at) => {
        const [r, c] = [Math.floor(at / side) - top, (at % side) - left];
        const inside = r >= 0 && r < 14 && c >= 0 && c < 14;
        return (inside && (label === "square" || r % 4 < 2) ? 190 : 40) + random.integer(50);
      });
      await writeFile(path.join(folder, "images", `${label}-${i}.png`), await sharp(pixels, { raw: { width: side, height: side, channels: 1 } }).png().toBuffer());
      // The last ones have no box: a detector has to find them.
      rows.push(`images/${label}-${i}.png,${label},${label}-${i},${i < perClass - 2 ? `${top} ${left} 14 14` : ""}`);
    }
  }
  const table = path.join(folder, "labels.csv");
  await writeFile(table, `${rows.join("\n")}\n`);
  return table;
}

test("whole, cut out and both are cells of a study; each model file alone predicts as the study did", () =>
  inScratchFolder(async (folder) => {
    const data = await makeTable(folder, 14);
    const recipe = {
      ...tinyRecipe, networks: ["mobilenet_v2-tiny"], regimes: { scratch: { epochs: 8 } }, validation: { folds: 2 },
      region: ["none", "crop", "crop-and-whole"] as ("none" | "crop" | "crop-and-whole")[], image: { size: 32, margin: { share: 0.5 } },
    };
    const out = path.join(folder, "run");
    const { results } = await runStudy(studyOptions({ recipe, data, out }));
    assert.deepEqual(results.cells.map(({ id, view }) => [id, view]), [
      ["mobilenet_v2-tiny/scratch/whole", "none"], ["mobilenet_v2-tiny/scratch/crop", "crop"], ["mobilenet_v2-tiny/scratch/crop-and-whole", "crop-and-whole"],
    ]);
    assert.equal(results.cells[0]!.detection, undefined);
    assert.equal(results.cells[1]!.detection!.cases, 24, "known regions are measured, the four unknown ones are not");

    for (const cell of results.cells) {
      const taskFolder = path.join(out, "tasks", cell.id, "seed-1", "fold-1");
      const record = parseTaskRecord(await readFile(path.join(taskFolder, "task.json"), "utf8"), "task.json");
      const { graph, metadata } = await readBundle(path.join(taskFolder, "model.onnx"));
      assert.deepEqual(metadata.region, cell.view === "none" ? undefined : { view: cell.view, margin: { share: 0.5 }, detector: true });
      // Without a box the file finds the region itself, as the study did for the same cases.
      const blind = record.predictions.filter((prediction) => cell.view === "none" || /-1[23]\.png$/.test(prediction.case));
      assert.ok(blind.length > 0);
      const predictions = await runImages(graph, { ...metadata, files: blind.map((prediction) => path.join(folder, prediction.case)) }, { engine: { threads: 1 } });
      predictions.forEach(({ probabilities, window }, i) => {
        const expected = blind[i]!;
        Object.values(probabilities).forEach((p, k) => assert.ok(Math.abs(p - expected.probabilities[k]!) < 1e-4, `${expected.case}: ${p} against ${expected.probabilities[k]}`));
        assert.equal(window === undefined, cell.view === "none");
        if (expected.window !== undefined) assert.ok(overlapOf(window!, expected.window) > 0.999);
      });
    }
    const report = await readFile(path.join(out, "report.html"), "utf8");
    for (const words of ["cut out and whole", "Region found"]) assert.ok(report.includes(words), words);
  }));

test("views that cut out need regions to learn from", () =>
  inScratchFolder(async (folder) => {
    const data = await makeTable(folder, 6);
    const recipe = { ...tinyRecipe, networks: ["mobilenet_v2-tiny"], regimes: { scratch: { epochs: 1 } }, validation: { folds: 2 }, region: "crop" as const, image: { size: 32 } };
    await assert.rejects(runStudy(studyOptions({ recipe, data, out: path.join(folder, "run") })), { code: "region-needed" });
  }));

test("overlap and distance of boxes (worked by hand)", () => {
  const a = { row: 0, column: 0, height: 10, width: 10 };
  const b = { row: 5, column: 5, height: 10, width: 10 };
  assert.equal(overlapOf(a, b), 25 / 175);
  assert.equal(overlapOf(a, { ...a, row: 20 }), 0);
  assert.equal(centerError(a, b), Math.hypot(5, 5) / 10);
});
