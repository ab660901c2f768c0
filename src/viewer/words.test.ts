import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { splits } from "../data/splits/index.js";
import { ApiError, fillSentence, problems, type Finding } from "../server/contract.js";
import { probes } from "../study/shortcuts/probes/index.js";
import { degreeOf } from "../study/shortcuts/words.js";
import { completionsAt } from "./pages/study/complete-recipe.js";
import { ticksOf } from "./plots/ticks.js";
import { chooseLanguage, languages, say, words, type Language, type Word } from "./words/index.js";
import { sayError } from "./words/say-error.js";
import { sayFinding } from "./words/say-finding.js";

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

test("a refusal is said in the reader's language from its code and parameters alone, and what has no words of ours as it came", () => {
  for (const [code, [, sentence]] of Object.entries(problems)) for (const place of places(words[`problem.${code}` as Word][0])) assert.ok(places(sentence).includes(place), `${code}: ${place}`);
  const refuse = (code: string, parameters?: Record<string, string | number>): ApiError => new ApiError({ type: "about:blank", title: "", status: 409, code, detail: code in problems ? fillSentence(problems[code as keyof typeof problems][1], parameters ?? {}) : "recipe: expected networks, got none.", ...(parameters && { parameters }) });
  assert.deepEqual(languages.map((language) => sayError(language, refuse("too-many-requests", { most: 600, seconds: 7 }))), ["Too many requests at once. Wait 7 s.", "Zu viele Anfragen auf einmal. Warten Sie 7 s.", "请求过多。请等待 7 秒。"]);
  assert.match(sayError("de", refuse("not-found", { what: "heat map" })), /^Nicht gefunden: Wärmekarte\./);
  assert.equal(sayError("de", refuse("recipe")), "recipe: expected networks, got none.");
  assert.match(sayError("de", new TypeError("Failed to fetch")), /^Der Server antwortet nicht/);
  assert.equal(sayError("zh", new TypeError("x is undefined")), "x is undefined");
});

test("a split is said in the reader's language, in English as the report does", () => {
  for (const [kind, { title }] of Object.entries(splits)) assert.equal(words[`split.${kind}` as Word][0], title);
});

test("what betrays the class is said in the reader's language by the probe's name and figures, in English as the report's remedies", () => {
  const auc = { estimate: 0.912, lower: 0.865, upper: 0.944, level: 0.95, method: "DeLong", n: 100 };
  const finding: Finding = { name: "marker", title: "Markers", sentence: "As it came.", remedy: "Do.", degree: "nearly", auc, pAdjusted: 0.01, found: true, urgent: true };
  const sayIn = (language: Language, own: Finding) => sayFinding({ t: (word, filling) => say(language, word, filling), number: (value, digits) => value.toFixed(digits).replace(".", ","), pValue: (p) => String(p) }, own);
  assert.equal(sayIn("de", finding).title, "Marker und Buchstaben");
  assert.match(sayIn("de", finding).text, /^Allein daraus lässt sich die Klasse fast vollständig vorhersagen: AUC 0,91 \(0,86 bis 0,94\), korrigiertes p 0\.01\. Decken Sie/);
  for (const other of [{ ...finding, name: "shoe-size" }, { ...finding, degree: undefined }, { ...finding, auc: { notEstimable: "one class" } }]) assert.deepEqual(sayIn("zh", other), { title: "Markers", text: "As it came. Do." });
  for (const [name, { title, remedy }] of Object.entries(probes)) {
    assert.equal(words[`finding.${name}` as Word][0], title);
    assert.equal(words[`finding.${name}.remedy` as Word][0], remedy);
  }
  assert.deepEqual([0.95, 0.9, 0.75, 0.6, 0.59].map(degreeOf), ["nearly", "nearly", "well", "part", "little"]);
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
