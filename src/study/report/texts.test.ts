import assert from "node:assert/strict";
import test from "node:test";
import { flowDiagram } from "./flow-diagram.js";
import { limitsText } from "./limits-text.js";
import { methodsText } from "./methods-text.js";
import { sampleEstimate, samplePerformance, sampleResults } from "./sample.testkit.js";
import { htmlTable } from "./tables/html-table.js";

const textOf = (results: ReturnType<typeof sampleResults>) => methodsText(results).map(({ text }) => text).join("\n");

test("the methods say what the run did: folds or one split, seeds, patients, augmentation, regimes", () => {
  const results = sampleResults();
  assert.match(textOf(results), /5-fold cross-validation \(seed 1\)/);
  assert.match(textOf(results), /108 images of 90 patients in 2 classes, normal \(54\) and scoliosis \(54\)/);
  assert.match(textOf(results), /rows with series = A; 61 others left out/);
  const once = { ...results, folds: results.folds.slice(0, 1) };
  assert.match(textOf(once), /split once into 78 for training, 9 to decide when to stop and 22 for testing/);
  assert.doesNotMatch(textOf(once), /cross-validation/);
  const twice = { ...results, folds: [...results.folds, ...results.folds.map((fold) => ({ ...fold, seed: 2 }))] };
  assert.match(textOf(twice), /repeated with 2 seeds \(1 and 2\)/);
  const { patients: _, ...data } = results.data;
  assert.match(textOf({ ...results, data }), /names no patients/);
  const augmented = { ...results, recipe: { ...results.recipe, augmentation: { rotation: { maxDeg: 5 } } }, cells: results.cells.map((cell, i) => ({ ...cell, settings: { ...cell.settings, image: "224 px, letterbox, grey", normalization: "of the training fold", augmentation: i === 0 ? "none" : { rotation: { maxDeg: 5 } } } })) };
  assert.match(textOf(augmented), /changed at random by rotation \(maxDeg 5\), except in the rows scratch/);
  assert.doesNotMatch(textOf(augmented), /undefined|NaN|\[object/);
  assert.doesNotMatch(textOf(results), /half precision/);
  const half = { ...results, cells: results.cells.map((cell) => ({ ...cell, folds: cell.folds.map((fold) => ({ ...fold, precision: "half" as const, skippedSteps: 2 })) })) };
  assert.match(textOf(half), /in half precision with dynamic loss scaling, weights and statistics in single precision/);
});

test("limits follow from facts: what holds is said, and what does not is not", () => {
  const results = sampleResults();
  const said = limitsText(results).join("\n");
  assert.match(said, /Few cases: 54 of normal and 54 of scoliosis/);
  assert.match(said, /One seed/);
  assert.match(said, /No external test set/);
  assert.match(said, /calibration slope 0\.70 for scoliosis/);
  assert.doesNotMatch(said, /Patients are unknown|No region of interest/);
  const { patients: _, ...data } = results.data;
  const other = limitsText({ ...results, data: { ...data, casesWithRegion: 0, classCounts: { normal: 500, scoliosis: 500 } } }).join("\n");
  assert.match(other, /Patients are unknown/);
  assert.match(other, /No region of interest is known/);
  assert.doesNotMatch(other, /Few cases/);
});

test("the flow of cases adds up, names the reasons and escapes them", () => {
  const results = sampleResults();
  const svg = flowDiagram({ ...results, data: { ...results.data, setAside: [{ file: "a", reason: "<script>" }, { file: "b", reason: "<script>" }, { file: "c", reason: "truncated" }] } });
  const words = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
  for (const expected of ["170 images listed", "61 left out: not series = A", "109 images asked for", "3 set aside", "2: &lt;script&gt;", "1: truncated", "108 images of 90 patients", "5 folds"]) assert.ok(words.includes(expected), `${expected}: ${words.join(" | ")}`);
  assert.doesNotMatch(svg, /<script/);
  assert.match(svg, /width="604" height="\d+(\.\d+)?" viewBox="0 0 604 /);
  assert.ok(!words.some((word) => word!.startsWith("External")));
});

test("an external test set has a way of its own in the flow of cases: listed, set aside, analyzed", () => {
  const results = sampleResults();
  const own = [...flowDiagram(results).matchAll(/<path [^>]*marker-end/g)].length;
  const { performance, id } = { ...results.cells[0]!, performance: samplePerformance(0.8, results.data.labels) };
  const external = { source: "other <hospital>", sha256: "", cases: 40, units: 20, patients: 19, setAside: 2, classCounts: { normal: 22, scoliosis: 18 }, networks: 5, cells: [{ cell: id, performance: { ...performance, cases: 20 }, kappa: sampleEstimate(0.5) }], comparisons: [], warnings: [], predictions: { rows: 40, sha256: "" } };
  const svg = flowDiagram({ ...results, external });
  const words = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
  const begins = words.indexOf("External test set: other &lt;hospital&gt;");
  assert.deepEqual(words.slice(begins + 1), ["42 images listed", "2 set aside", "could not be used", "40 images of 19 patients", "20 units of decision", "normal 22, scoliosis 18", "20 test predictions analyzed", "by one cell, means of 5 networks"]);
  assert.match(words[0]!, /^Training and testing: /);
  assert.equal([...svg.matchAll(/<path [^>]*marker-end/g)].length, own + 3, "two arrows down and one aside; none from the study's own cases to the others");
});

test("in a table numbers and their heading stand at the right, names may break after a slash, and nothing becomes markup", () => {
  const { text } = htmlTable({ name: "t", title: "T", names: 1, head: ["Cell", "p", "Cases", "What differs"], rows: [["net</b>/scratch", { p: 0.0001 }, 12, "x".repeat(60)], ["net/fine", undefined, 3, "little"]] });
  assert.match(text, /<th class="short">Cell<\/th><th class="number short">p<\/th><th class="number short">Cases<\/th><th class="long">What differs<\/th>/);
  assert.match(text, /<td class="name">net&lt;\/<wbr>b&gt;\/<wbr>scratch<\/td><td class="number">&lt; 0\.001<\/td><td class="number">12<\/td><td class="long">x{60}<\/td>/);
  assert.match(text, /<td class="none number">–<\/td><td class="number">3<\/td><td class="short">little<\/td>/);
});
