import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { methods } from "./index.js";
import { namesOnPage, renderMethodsPage } from "./reference-page.js";

test("the page of the methods is what their facts say, and has all of them", () => {
  assert.deepEqual(namesOnPage.toSorted(), Object.keys(methods).toSorted());
  assert.equal(readFileSync(path.resolve("docs/reference/methods.md"), "utf8"), renderMethodsPage(), "run node scripts/docs-methods.mjs");
});
