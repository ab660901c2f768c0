import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { renderQualityPage } from "./reference-page.js";

test("the reference page in docs is the one made from the facts", () => {
  assert.equal(readFileSync(path.resolve("docs/reference/quality.md"), "utf8"), renderQualityPage(), "run node scripts/docs-quality.mjs");
});
