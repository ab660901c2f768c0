import assert from "node:assert/strict";
import test from "node:test";
import { sampleSearch } from "../../search/sample-search.testkit.js";
import type { ReportRun } from "../contract.js";
import { drawSvg } from "../draw.js";
import { Html } from "../html.js";
import { sampleResults } from "../sample.testkit.js";
import { searchSection } from "./search.js";

test("the report tells what was searched, what it gained with its test, the optimism, and draws every trial", async () => {
  const results = { ...sampleResults(), search: sampleSearch() };
  const tables = searchSection.tables!(results);
  const figures = searchSection.figures!(results);
  const place = (kind: string) => (name: string) => new Html(`${kind} ${name}`);
  const page = searchSection.render(results, { figure: place("figure"), table: place("table") } as ReportRun)!.text;
  for (const text of [
    "tree-structured Parzen estimators (Bergstra et al. 2011) with 20 trials in every outer fold, ASHA (Li et al. 2020) at 1, 4, 12 epochs, one in 3 going on",
    "the trial with the highest score was chosen, trained on the whole training part and tested on cases that played no part in the search",
    "Optimism of the chosen trial: <b>0.020 (0.010 to 0.030)</b>",
    "table search-before-after",
    "figure search-mobilenet-v2-fine-tuning",
  ]) {
    assert.ok(page.includes(text), text);
  }
  const table = tables.find(({ name }) => name === "search-before-after")!;
  assert.deepEqual(table.rows.map(([cell, measure]) => [cell, measure]), [["mobilenet_v2/fine-tuning", "F1 (macro)"], ["", "Accuracy"], ["", "AUC (macro)"]]);
  assert.deepEqual(tables.find(({ name }) => name === "search-space")!.rows.map(([, values, scale]) => [values, scale]), [["0.00001 to 0.01", "logarithmic"], ["0 to 0.5", "even"], ["0.000001 to 0.01", "logarithmic"], ["sgd, adamw", "list"]]);
  const chosen = tables.find(({ name }) => name === "search-chosen")!;
  assert.equal(chosen.rows.length, 3);
  assert.ok(chosen.rows.every((row) => row.length === chosen.head.length));
  const figure = figures.find(({ name }) => name === "search-mobilenet-v2-fine-tuning")!;
  const svg = await drawSvg(figure);
  for (const title of ["trial", "learning rate", "dropout", "weight decay", "inner F1 (macro)", "stopped early"]) assert.ok(svg.includes(title), title);
});

test("without a search the report has no such section", () => {
  assert.equal(searchSection.render(sampleResults(), {} as ReportRun), undefined);
  assert.deepEqual([...searchSection.tables!(sampleResults()), ...searchSection.figures!(sampleResults())], []);
});
