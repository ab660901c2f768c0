// What a program gets by the package's name, as package.json says it.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import test from "node:test";

const { exports } = JSON.parse(readFileSync("package.json", "utf8"));

test("every door of package.json is a file of the build", () => {
  const files = Object.values(exports).map((door) => (typeof door === "string" ? door : door.default));
  assert.ok(files.length >= 3);
  assert.deepEqual(files.filter((file) => !existsSync(file)), []);
});

test("a program finds studies, models and statistics by the package's name", async () => {
  const { runStudy, openPredictor, loadDataset } = await import("osteon");
  assert.deepEqual([runStudy, openPredictor, loadDataset].map((value) => typeof value), ["function", "function", "function"]);
  const { rocAuc } = await import("osteon/stats");
  assert.equal(rocAuc([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4]).estimate, 0.75);
});
