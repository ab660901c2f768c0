import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { describeArchitectures } from "./describe-architectures.js";

test("docs/reference/architectures.md says what the shelf says", async () => {
  const page = await readFile(path.resolve("docs/reference/architectures.md"), "utf8");
  assert.equal(page, describeArchitectures(), "write the page anew from describeArchitectures()");
});
