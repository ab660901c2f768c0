import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import test from "node:test";
import { bareClaims } from "./claims.js";
import { renderReport } from "./page.js";
import { sampleExamples, sampleResults } from "./sample.testkit.js";

test("the page needs no other file and no network", async () => {
  const page = await renderReport(sampleResults(), { examples: sampleExamples() });
  const references = [...page.matchAll(/(?:src|href|xlink:href)="([^"]*)"/g)].map(([, url]) => url!);
  assert.ok(references.length > 10);
  assert.deepEqual(references.filter((url) => !url.startsWith("#") && !url.startsWith("data:")), []);
  assert.doesNotMatch(page, /<script|@import|<link/);
  if (process.env["OSTEON_REPORT_SAMPLE"]) writeFileSync(process.env["OSTEON_REPORT_SAMPLE"], page);
});

test("labels, file names and reasons cannot become markup", async () => {
  const hostile = '<img src=x onerror="alert(1)">';
  const results = sampleResults([hostile, "b & c"]);
  const page = await renderReport({ ...results, warnings: [hostile], study: { ...results.study, title: hostile, question: hostile } }, { examples: sampleExamples().map((example) => ({ ...example, case: hostile })) });
  assert.ok(!page.includes("<img src=x"));
  assert.ok(page.includes("&lt;img src=x onerror="));
});

test("every pair is printed with its p-value and the number of cases that differ, and no claim without them", async () => {
  const results = sampleResults();
  const page = await renderReport(results, { examples: [] });
  assert.equal([...page.matchAll(/0\.013/g)].length >= results.comparisons.length, true);
  assert.match(page, /17 of 109 cases differ \(3 right only with [^,]+, 14 only with [^)]+\); McNemar&#39;s exact test p = 0\.013/);
  assert.doesNotMatch(page, /\b(better than|beats|outperforms)\b/);
});

test("no sentence sets one cell above another without a paired test and an interval", async () => {
  const three = sampleResults(["normal", "scoliosis", "spondylolisthesis"]);
  for (const results of [sampleResults(), three, { ...three, cells: three.cells.slice(0, 1), comparisons: [] }]) {
    assert.deepEqual(bareClaims(await renderReport(results, { examples: sampleExamples() })), []);
  }
  const claim = (text: string) => bareClaims(`<p>${text}</p>`).flatMap(({ lacks }) => lacks);
  assert.deepEqual(claim("A is better than B."), ["p-value", "interval"]);
  assert.deepEqual(claim("A is more accurate than B, p = 0.012."), ["interval"]);
  assert.deepEqual(claim("A is better than B: 0.041 (0.010 to 0.072), p < 0.001."), []);
  assert.deepEqual(claim("Fewer than 30 predictions; 0 is best."), []);
  assert.deepEqual(claim("Is A more accurate than B?"), []);
});

test("what could not be estimated is said with its reason", async () => {
  const page = await renderReport(sampleResults(), { examples: [] });
  assert.match(page, /no case of the class in the fold/);
  assert.doesNotMatch(page, /NaN|undefined|\[object/);
  // A cell's name stands over its panel part by part, and a legend is as strong as the lines.
  assert.match(page, /<tspan[^>]*>mobilenet_v2<\/tspan><tspan[^>]*>scratch<\/tspan>/);
  assert.doesNotMatch(page, /role-legend-symbol"[^>]*><path[^>]* opacity="0/);
});

test("a study of one cell, three classes and long names is laid out", async () => {
  const results = sampleResults(["normal", "scoliosis", "spondylolisthesis"]);
  const page = await renderReport({ ...results, cells: results.cells.slice(0, 1), comparisons: [] }, { examples: [] });
  assert.match(page, /One cell only: nothing to compare/);
  assert.doesNotMatch(page, /NaN|undefined|\[object/);
  // A cell's name stands over its panel part by part, and a legend is as strong as the lines.
  assert.match(page, /<tspan[^>]*>mobilenet_v2<\/tspan><tspan[^>]*>scratch<\/tspan>/);
  assert.doesNotMatch(page, /role-legend-symbol"[^>]*><path[^>]* opacity="0/);
});
