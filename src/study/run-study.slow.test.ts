import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import type { Progress } from "../base/index.js";
import type { StudyOptions } from "./open-study.js";
import { runStudy } from "./run-study.js";
import { inScratchFolder, lastingFiles, makeShapeTable, studyOptions, tinyRecipe } from "./tiny-study.testkit.js";

test("the same seed gives the same models and predictions, bit for bit, whether the run was stopped or not; another seed others", () =>
  inScratchFolder(async (folder) => {
    const data = await makeShapeTable(folder, { perClass: 12 });
    const recipe = { ...tinyRecipe, networks: ["mobilenet_v2-tiny"], regimes: { scratch: { epochs: 4 } }, validation: { folds: 2 }, augmentation: { noise: { maxStd: 0.05 }, flip: { probability: 0.5 } } };
    const run = async (name: string, seed: number, more: Partial<StudyOptions> = {}): Promise<Record<string, string>> => {
      const out = path.join(folder, name);
      await runStudy(studyOptions({ recipe: { ...recipe, seeds: [seed] }, data, out, ...more }));
      return lastingFiles(out);
    };
    const [straight, other] = [await run("straight", 1), await run("other", 2)];
    assert.equal(Object.keys(straight).length, 3);
    assert.notEqual(straight["predictions.csv"], other["predictions.csv"]);
    const abort = new AbortController();
    let steps = 0;
    const onProgress = ({ unit }: Progress): void => {
      if (unit === "steps" && (steps += 1) === 3) abort.abort(new Error("stop here"));
    };
    await assert.rejects(run("stopped", 1, { signal: abort.signal, onProgress }), { message: "stop here" });
    assert.ok(!(await readdir(path.join(folder, "stopped"))).includes(".lock"), "a stopped run gives its folder back");
    assert.deepEqual(await run("stopped", 1), straight);
  }));
