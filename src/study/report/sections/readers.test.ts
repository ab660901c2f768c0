import assert from "node:assert/strict";
import test from "node:test";
import { analyzeReads } from "../../readers/analyze-reads.js";
import type { ReadersResult } from "../../readers/contract.js";
import { readReads } from "../../readers/read-reads.js";
import { inMadeRun, writeReads } from "../../readers/readers.testkit.js";
import { readRunCases } from "../../readers/run-cases.js";
import { makeReport } from "../page.js";
import { sampleResults } from "../sample.testkit.js";
import { latexTable } from "../tables/latex-table.js";
import { readersFindings } from "./readers.js";

const labels = ["normal", "slip"];
const hostile = '<img src=x onerror="alert(1)">';

/** Two readers, one of them with a name that is markup, alone and aided, of twelve cases. */
function someResult(simulated: boolean): Promise<ReadersResult> {
  const cases = Array.from({ length: 12 }, (_, i) => ({ id: `c${i}.png`, label: labels[i % 2]!, probabilities: i === 3 ? [0.6, 0.4] : i % 2 === 0 ? [0.8, 0.2] : [0.1, 0.9] }));
  return inMadeRun(labels, cases, async (folder) => {
    const quoted = `"${hostile.replaceAll('"', '""')}"`;
    const lines = ["alone", "aided"].flatMap((condition) => [quoted, "b"].flatMap((reader, r) => cases.map(({ id }, i) => `${reader},${id},${labels[(i + (i % (r + 4) === 1 && condition === "alone" ? 1 : 0)) % 2]},${condition},${simulated ? "yes" : ""}`)));
    const run = await readRunCases(folder);
    const table = await readReads(await writeReads(folder, lines, "reader,case,label,condition,simulated"), { cases: run.cases.map(({ id }) => id), labels });
    return analyzeReads({ run, table, source: { file: "reads.csv", sha256: "" }, named: "recipe", margin: 0.1 });
  });
}

test("the section prints every table, marks simulated reads on the first screen, and lets no name become markup", async () => {
  const result = await someResult(true);
  const picture = { case: result.differing[0]?.case ?? "c3.png", image: "data:image/png;base64,AA" };
  const { page, tables, figures } = await makeReport({ ...sampleResults(labels), readers: result }, { examples: [], readers: [picture] });
  assert.ok(!page.includes("<img src=x"));
  assert.ok(page.indexOf("Simulated reads") < page.indexOf("<main>"));
  assert.doesNotMatch(page, /NaN|\[object/);
  const own = tables.filter(({ name }) => name.startsWith("readers"));
  assert.ok(["readers", "readers-comparison", "readers-pairs", "readers-agreement", "readers-kappa", "readers-aid", "readers-aid-each", "readers-tally"].every((name) => own.some((table) => table.name === name)));
  for (const table of own) {
    assert.ok(table.title.endsWith("(simulated reads)"), table.title);
    assert.ok(table.rows.every((row) => row.length === table.head.length), table.name);
    assert.doesNotMatch(latexTable(table), /NaN|undefined/);
  }
  assert.ok(figures.some(({ name, svg }) => name === "readers-roc" && svg.includes("simulated reads")));
});

test("no difference is said without its interval and its p, and a margin named afterwards is no proof", async () => {
  const result = await someResult(false);
  const [difference, margin, aid] = readersFindings(result);
  assert.match(difference!, /^On 12 cases of the test predictions, the accuracy of the network minus that of the mean of 2 readers is -?\d\.\d{3} \(-?\d\.\d{3} to -?\d\.\d{3}\) \(95 % interval; .* readers and cases random; p [=<] /);
  assert.match(margin!, /margin of 0\.100, named in the recipe before the run: (not )?shown \(lower limit/);
  assert.match(aid!, /changed by/);
  const later = readersFindings({ ...result, primary: { ...result.primary, named: "afterwards" } });
  assert.match(later[1]!, /named after the run and so no proof/);
  const { nonInferiority: _, ...without } = result;
  assert.match(readersFindings(without)[1]!, /No margin of non-inferiority was named/);
  for (const sentence of readersFindings(result)) assert.doesNotMatch(sentence, /better|outperform|beats/);
});
