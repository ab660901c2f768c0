import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { runStudy } from "./run-study.js";
import { hashFiles, inScratchFolder, lastingFiles, makeShapeTable, studyOptions, tinyRecipe } from "./tiny-study.testkit.js";

test("what a killed run may leave - a stale lock, an empty one, torn temporary files, checkpoints of a finished fold - is cleared away", () =>
  inScratchFolder(async (folder) => {
    const recipe = { ...tinyRecipe, networks: ["mobilenet_v2-tiny"], regimes: { scratch: { epochs: 1 } }, validation: { folds: 2 } };
    const options = studyOptions({ recipe, data: await makeShapeTable(folder, { perClass: 4 }), out: path.join(folder, "run") });
    await runStudy(options);
    const expected = await lastingFiles(options.out);
    const task = path.join(options.out, "tasks/mobilenet_v2-tiny/scratch/seed-1/fold-1");
    const torn = [".results.json.0123456789ab.tmp", ".lock"].map((name) => path.join(options.out, name));
    torn.push(path.join(task, ".model.onnx.0123456789ab.tmp"), path.join(task, "checkpoints/checkpoint.osteon"), path.join(task, "checkpoints/.checkpoint.osteon.0123456789ab.tmp"));
    for (const lock of ["999999999\n", ""]) {
      await mkdir(path.join(task, "checkpoints"), { recursive: true });
      for (const file of torn) await writeFile(file, file.endsWith(".lock") ? lock : "torn");
      await runStudy(options);
      assert.deepEqual(await lastingFiles(options.out), expected);
      assert.deepEqual(Object.keys(await hashFiles(options.out)).filter((name) => name.endsWith(".tmp") || name.endsWith(".lock") || name.includes("checkpoint")), []);
    }
  }));
