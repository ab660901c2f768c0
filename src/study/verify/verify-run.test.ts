import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import { DataError, seededRandom } from "../../base/index.js";
import { runStudy } from "../run-study.js";
import { makeShapeTable, studyOptions, tinyRecipe } from "../tiny-study.testkit.js";
import { verifyRun } from "./verify-run.js";
import { alterPrediction, withPredictions } from "./verify-run.testkit.js";

let root = "";
const run = (): string => path.join(root, "run");

before(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), "osteon-verify-"));
  const data = await makeShapeTable(root, { perClass: 12 });
  const recipe = { ...tinyRecipe, networks: ["mobilenet_v2-tiny"], regimes: { scratch: { epochs: 2 }, brief: { regime: "scratch" as const, epochs: 1 } }, validation: { folds: 2 }, models: "discard" as const };
  await runStudy(studyOptions({ recipe, data, out: run() }));
});
after(() => rm(root, { recursive: true, force: true, maxRetries: 3 }));

test("every number of a run follows from its predictions", async () => {
  const { differences, digest, compared } = await verifyRun(run());
  assert.deepEqual(differences, []);
  assert.equal(digest, "same");
  assert.ok(compared["results.json"] > 500 && compared["report.html and tables"] > 500, JSON.stringify(compared));
});

test("an altered prediction is caught by the arithmetic alone, whatever the checksum says", async () => {
  const random = seededRandom("alter", 1);
  for (let k = 0; k < 3; k++) {
    const { differences, digest } = await withPredictions(run(), (text) => alterPrediction(text, random), () => verifyRun(run()));
    assert.equal(digest, "other");
    assert.ok(differences.length > 0, `alteration ${k}`);
  }
});

test("an altered number in the results, the page or a table is named with its place", async () => {
  const alter = async (name: string, change: (text: string) => string): Promise<string[]> => {
    const file = path.join(run(), name);
    const own = await readFile(file, "utf8");
    const other = change(own);
    assert.notEqual(other, own, name);
    await writeFile(file, other);
    const { differences } = await verifyRun(run());
    await writeFile(file, own);
    return differences.map(({ where }) => where);
  };
  const results = await alter("results.json", (text) => text.replace(/("accuracy": \{\s*"estimate": )([\d.]+)/, (_, before: string, value: string) => `${before}${Number(value) + 0.001}`));
  assert.ok(results.some((where) => where.includes("accuracy.estimate")), results.join("\n"));
  const table = await alter("tables/performance.csv", (text) => text.replace(/0\.\d+/, "0.123456"));
  assert.ok(table.some((where) => where.startsWith("tables/performance.csv")), table.join("\n"));
  const page = await alter("report.html", (text) => text.replace(/<b>0\.\d{3}<\/b>/, "<b>0.999</b>"));
  assert.ok(page.some((where) => where.startsWith("report.html")), page.join("\n"));
});

test("rows that a table cannot hold are refused with their line, and a folder without a run with a remedy", async () => {
  const wrong = (change: (text: string) => string) => withPredictions(run(), change, () => verifyRun(run()));
  await assert.rejects(() => wrong(() => "a,b\n1,2\n"), (error) => error instanceof DataError && error.code === "predictions-table");
  await assert.rejects(() => wrong((text) => text.replace(/(?<=\n.*,)square(?=,)/, "circle")), (error) => error instanceof DataError && /row 2/.test(error.message));
  await assert.rejects(() => verifyRun(root), (error) => error instanceof DataError);
  const twice = await wrong((text) => `${text}${text.split("\n")[1]!}\n`);
  assert.ok(twice.differences.some(({ where }) => where.includes("times tested")));
});
