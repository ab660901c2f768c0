import assert from "node:assert/strict";
import test from "node:test";
import { parse } from "csv-parse/sync";
import { checklistCsv, checklistPage, fillChecklists } from "./checklist-sheet.js";
import { checklists } from "./checklists/index.js";
import { modelCard } from "./model-card.js";
import { makeReport } from "./page.js";
import { sampleExamples, sampleResults } from "./sample.testkit.js";

const contentsOf = async (results: ReturnType<typeof sampleResults>) => {
  const { page, sections, tables, figures } = await makeReport(results, { examples: sampleExamples() });
  return { page, contents: { sections: new Set(sections), tables: new Set(tables.map(({ name }) => name)), figures: new Set(figures.map(({ name }) => name)) } };
};

test("the checklists hold every item of the published ones, each once", () => {
  // Oracle: the numbers of items as the statements count them; STARD-AI's 40 and TRIPOD+AI's 27 with their parts.
  assert.deepEqual(checklists.map(({ items }) => items.length), [44, 48, 52]);
  for (const { items } of checklists) assert.equal(new Set(items.map(({ number }) => number)).size, items.length);
  const whole = (name: string) => new Set(checklists.find((one) => one.name === name)!.items.map(({ number }) => parseInt(number, 10))).size;
  assert.deepEqual(["CLAIM 2024", "STARD-AI", "TRIPOD+AI"].map(whole), [44, 40, 27]);
});

test("every link of the sheet leads to a place that the report or its folder has", async () => {
  const { page, contents } = await contentsOf(sampleResults());
  const links = fillChecklists(sampleResults(), contents).flatMap(({ items }) => items.flatMap((item) => item.links));
  assert.ok(links.length > 100);
  for (const link of new Set(links)) {
    const [, anchor] = /^report\.html#(.+)$/.exec(link) ?? [];
    if (anchor !== undefined) assert.ok(page.includes(`id="${anchor}"`), link);
    else assert.match(link, /^(tables|figures)\/[a-z0-9-]+\.(csv|svg)$|^(predictions\.csv|results\.json|model-card\.md)$/);
  }
});

test("what a run did not do is said, and never marked as reported", async () => {
  const results = sampleResults();
  const { patients: _, ...data } = results.data;
  const bare = { ...results, data, subgroups: [] };
  const states = (name: string, given = bare) => Object.fromEntries(fillChecklists(given, { sections: new Set(), tables: new Set(), figures: new Set() }).find((one) => one.name === name)!.items.map(({ number, state }) => [number, state]));
  assert.equal(states("CLAIM 2024")["20"], "not done");
  assert.equal(states("CLAIM 2024")["33"], "not done");
  assert.equal(states("TRIPOD+AI")["14"], "not done");
  assert.equal(states("CLAIM 2024")["44"], "author");
  assert.equal(states("CLAIM 2024", results as typeof bare)["20"], "reported");
});

test("the sheet is a page without scripts and a table that a spreadsheet reads", async () => {
  const results = { ...sampleResults(), study: { ...sampleResults().study, title: "<b>=1+1</b>" } };
  const filled = fillChecklists(results, (await contentsOf(results)).contents);
  const page = checklistPage(results, filled);
  assert.doesNotMatch(page, /<script|<b>=1|NaN|undefined|\[object/);
  assert.equal(parse<Record<string, string>>(checklistCsv(filled), { columns: true }).length, 144);
});

test("the model card gives every metric with its interval, the limits and the licences, and escapes what it is told", () => {
  const results = sampleResults();
  const card = modelCard({ ...results, study: { ...results.study, title: "A | b\n# c" } });
  assert.ok(card.startsWith("# Model card: A \\| b \\# c\n"));
  assert.match(card, /\| `mobilenet_v2\/scratch` \| 0\.700 \(0\.640 to 0\.740\)/);
  for (const heading of ["Intended use", "Data", "Performance", "Explanation", "Limits", "Start weights and licences"]) assert.ok(card.includes(`## ${heading}`), heading);
  assert.match(card, /BSD-3-Clause/);
  assert.doesNotMatch(card, /NaN|undefined|\[object/);
});
