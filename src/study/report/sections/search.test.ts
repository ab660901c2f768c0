import assert from "node:assert/strict";
import test from "node:test";
import { sampleSearch } from "../../search/sample-search.testkit.js";
import { makeReport } from "../page.js";
import { sampleResults } from "../sample.testkit.js";

test("the report tells what was searched, what it gained with its test, the optimism, and draws every trial", async () => {
  const search = sampleSearch();
  const { page, tables, figures } = await makeReport({ ...sampleResults(), search }, { examples: [] });
  for (const text of [
    "tree-structured Parzen estimators (Bergstra et al. 2011) with 20 trials in every outer fold, ASHA (Li et al. 2020) at 1, 4, 12 epochs, one in 3 going on",
    "the trial with the highest score was chosen, trained on the whole training part and tested on cases that played no part in the search",
    "Optimism of the chosen trial: <b>0.020 (0.010 to 0.030)</b>",
    "0.00001 to 0.01",
    "sgd, adamw",
  ]) {
    assert.ok(page.includes(text), text);
  }
  const table = tables.find(({ name }) => name === "search-before-after")!;
  assert.deepEqual(table.rows.map(([cell, measure]) => [cell, measure]), [["mobilenet_v2/fine-tuning", "F1 (macro)"], ["", "Accuracy"], ["", "AUC (macro)"]]);
  const chosen = tables.find(({ name }) => name === "search-chosen")!;
  assert.equal(chosen.rows.length, 3);
  assert.ok(chosen.rows.every((row) => row.length === chosen.head.length));
  const figure = figures.find(({ name }) => name === "search-mobilenet-v2-fine-tuning")!;
  for (const title of ["trial", "learning rate", "dropout", "weight decay", "inner F1 (macro)", "stopped early"]) assert.ok(figure.svg.includes(title), title);
});

test("without a search the report has no such section", async () => {
  const { page } = await makeReport(sampleResults(), { examples: [] });
  assert.ok(!page.includes('id="search"'));
});
