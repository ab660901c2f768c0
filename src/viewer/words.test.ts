import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { completionsAt } from "./pages/study/complete-recipe.js";
import { ticksOf } from "./plots/ticks.js";
import { chooseLanguage, say, words } from "./words/index.js";

const places = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).sort();

test("every sentence has the same places to fill in every language, and says something", () => {
  for (const [key, [english, ...others]] of Object.entries(words)) {
    for (const text of [english, ...others]) assert.ok(text.trim() !== "", key);
    for (const text of others) assert.deepEqual(places(text), places(english), key);
  }
});

test("a sentence is filled in, and the language nearest to the browser's is taken", () => {
  assert.equal(say("de", "reading.session", { n: 2 }), "Sitzung 2");
  assert.equal(chooseLanguage(["fr-FR", "zh-Hans-CN"]), "zh");
  assert.equal(chooseLanguage(["fr"]), "en");
});

// Oracle: recipes/recipe.schema.json, by eye.
test("the recipe editor offers keys and values that fit where the cursor stands", async () => {
  const schema = JSON.parse(await readFile("recipes/recipe.schema.json", "utf8")) as object;
  const offered = (text: string): string[] => completionsAt(schema, text, text.length).map((one) => one.text.trim());
  assert.ok(offered("study: x\nval").includes("validation:"));
  assert.ok(offered("study: x\nimage:\n  re").includes("resize:"));
  assert.ok(offered("study: x\nimage:\n  resize: l").includes("letterbox"));
  assert.ok(!offered("study: x\nimage:\n  size: 8\n  ").includes("size:"));
});

test("an axis has round ticks", () => {
  assert.deepEqual(ticksOf({ from: 0, to: 1 }), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(ticksOf({ from: 1, to: 25 }), [5, 10, 15, 20, 25]);
  assert.deepEqual(ticksOf({ from: 3, to: 3 }), [3]);
});
