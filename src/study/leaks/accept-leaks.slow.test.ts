import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { isEstimate } from "../results.js";
import { runStudy } from "../run-study.js";
import { verifyRun } from "../verify/verify-run.js";
import { inScratchFolder, makeShapeTable, studyOptions, tinyRecipe } from "../tiny-study.testkit.js";
import type { HonestCell } from "./contract.js";

const recipe = { ...tinyRecipe, networks: ["mobilenet_v2-tiny"], regimes: { scratch: { epochs: 2 } }, explanation: { examples: 0 } };

test("a split column that leaks is refused with the pairs, and accepted only beside the honest result", () =>
  inScratchFolder(async (folder) => {
    const data = await makeShapeTable(folder, { perClass: 9, perPatient: 1 });
    const lines = (await readFile(data, "utf8")).trim().split("\n");
    const copy = path.join(folder, "images", "copy.png");
    await writeFile(copy, await readFile(path.join(folder, "images", "square-0.png")));
    // Square 1 of one patient stands on both sides under two spellings, and square 0 as a copy.
    const rows = lines.slice(1).map((line, i) => `${line.replace("square-patient-8", "Square Patient 001")},${i % 9 < 6 ? "train" : "test"}`);
    await writeFile(data, `${lines[0]},split\n${rows.join("\n")}\nimages/copy.png,square,another,8 6 28 28,test\n`);
    const out = path.join(folder, "run");
    await assert.rejects(runStudy(studyOptions({ recipe, data, out })), { code: "leaks", message: /square-0\.png in train and images\/copy\.png in test: the same file/ });
    const table = await readFile(path.join(out, "leaks.csv"), "utf8");
    assert.match(table, /images\/square-1\.png,images\/square-8\.png,patient-spelling/);
    const { results } = await runStudy(studyOptions({ recipe, data, out: path.join(folder, "accepted"), acceptLeaks: true }));
    const { leaks } = results;
    assert.equal(leaks!.crossing!.length, 2);
    assert.deepEqual(leaks!.removed, [2]);
    assert.ok(Array.isArray(leaks!.honest));
    const [cell] = leaks!.honest as readonly HonestCell[];
    assert.equal(cell!.comparison.cases, 7, "the same test cases");
    assert.ok(isEstimate(cell!.honest.accuracy));
    assert.deepEqual(cell!.leaky.accuracy, results.cells[0]!.pooled.accuracy);

    const accepted = path.join(folder, "accepted");
    assert.deepEqual((await verifyRun(accepted)).differences, []);
    const honestTable = path.join(accepted, "honest.csv");
    await writeFile(honestTable, (await readFile(honestTable, "utf8")).replace(/,(square|stripes),1,/, ",$1,0,"));
    assert.notDeepEqual((await verifyRun(accepted)).differences, [], "an altered prediction is noticed");
  }));
