import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { companions, renderReferencePage, statistics } from "./catalog.js";
import * as stats from "./index.js";

test("the reference page in docs is the one made from the facts", () => {
  const written = readFileSync(path.resolve("docs/reference/statistics.md"), "utf8");
  assert.equal(written, renderReferencePage(), "run node scripts/docs-statistics.mjs");
});

test("every statistic of the page is a function of this room or a figure of its report, with a source", () => {
  for (const [name, facts] of Object.entries(statistics)) {
    assert.ok(name === "macroAuc" || typeof (stats as Record<string, unknown>)[name] === "function", name);
    for (const text of [facts.title, facts.summary, facts.formula, facts.reference]) assert.ok(text.length > 3);
    assert.ok(facts.methods.length > 0);
  }
});

test("every function of the door is on the page, and the page names no other", () => {
  const page = renderReferencePage();
  for (const [name, value] of Object.entries(stats)) {
    if (typeof value === "function") assert.ok(page.includes(`\`${name}\``), `${name} is missing`);
  }
  for (const name of Object.values(companions).flat()) {
    assert.ok(typeof (stats as Record<string, unknown>)[name] === "function", name);
  }
});
