import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { disguise } from "../../data/leaks/planted.testkit.js";
import { runStudy } from "../run-study.js";
import { inScratchFolder, makeShapeTable, studyOptions, tinyRecipe } from "../tiny-study.testkit.js";

const recipe = { ...tinyRecipe, networks: ["mobilenet_v2-tiny"], regimes: { scratch: { epochs: 2 } }, explanation: { examples: 0 } };

test("copies that the table does not know of are kept on one side of a computed split, and said", () =>
  inScratchFolder(async (folder) => {
    const data = await makeShapeTable(folder, { perClass: 6, perPatient: 1 });
    const original = await readFile(path.join(folder, "images", "square-0.png"));
    await writeFile(path.join(folder, "images", "again.png"), await disguise(original, "mirrored", 1));
    await writeFile(data, `${(await readFile(data, "utf8")).trim()}\nimages/again.png,square,another,8 6 28 28\n`);
    const said: string[] = [];
    const { results } = await runStudy(studyOptions({ recipe, data, out: path.join(folder, "run"), onWarning: (message: string) => said.push(message) }));
    assert.deepEqual(results.leaks!.pairs.map(({ a, b, kind, isMirrored }) => [a, b, kind, isMirrored]), [["images/square-0.png", "images/again.png", "same-picture", true]]);
    assert.ok(said.some((message) => /1 pair of cases seems to belong together/.test(message)), said.join("\n"));
    assert.equal(results.split!.balance.groups, 12);
    assert.equal(results.leaks!.crossing, undefined);
  }));
