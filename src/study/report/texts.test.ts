import assert from "node:assert/strict";
import test from "node:test";
import { flowDiagram } from "./flow-diagram.js";
import { limitsText } from "./limits-text.js";
import { methodsText } from "./methods-text.js";
import { sampleResults } from "./sample.testkit.js";

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
});
