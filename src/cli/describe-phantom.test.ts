import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { describePhantom } from "./describe-phantom.js";

test("docs/reference/phantom.md says what the shelves say", async () => {
  const page = await readFile(path.resolve("docs/reference/phantom.md"), "utf8");
  assert.equal(page, describePhantom(), "write the page anew from describePhantom()");
});
