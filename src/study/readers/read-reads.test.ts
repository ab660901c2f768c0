import assert from "node:assert/strict";
import test from "node:test";
import { readReads } from "./read-reads.js";
import { inMadeRun, writeReads } from "./readers.testkit.js";
import { readRunCases } from "./run-cases.js";

const labels = ["normal", "lysis", "slip"];
const cases = ["a/1.png", "a/2.png", "b/2.png", "b/3.png"];
const join = (lines: readonly string[], head?: string, skipBad = false) => inMadeRun(labels, [], async (folder) => readReads(await writeReads(folder, lines, head), { cases, labels, skipBad }));

test("cases are found by their id, by a file name that one case alone has, and with Windows' separators", async () => {
  const { reads } = await join(["x,a/1.png,normal", "x,1,LYSIS", "y,3.png,slip", "y,a\\2.png,normal", "z,set/b/2.png,slip"].filter((_, i) => i !== 1));
  assert.deepEqual(reads.map(({ index, label }) => [index, label]), [[0, 0], [3, 2], [1, 0], [2, 2]]);
  const { reads: loose } = await join(["x,1,LYSIS"]);
  assert.deepEqual(loose.map(({ index, label }) => [index, label]), [[0, 1]]);
});

test("every mistake is told with its line, its column and the remedy", async () => {
  const head = "reader,case,label,confidence,group,condition,seconds";
  const lines = [
    "x,2.png,normal,1,g,,",
    "x,9.png,normal,1,g,,",
    "x,1.png,nomal,1,g,,",
    ",1.png,normal,1,g,,",
    "x,1.png,normal,-1,g,,",
    "x,1.png,normal,1,g,aidd,",
    "x,1.png,normal,1,g,alone,3",
    "x,1.png,lysis,1,g,unaided,3",
    "x,3.png,lysis,1,h,,",
    "x,3.png,lysis",
  ];
  const expected = [
    /line 2, column case: expected one case, got "2\.png", which 2 cases have \(a\/2\.png, b\/2\.png\)\. Write the whole id\./,
    /line 3, column case: expected a case of the run, got "9\.png"\. Did you mean "1\.png"/,
    /line 4, column label: expected one of normal, lysis, slip, got "nomal"\. Did you mean "normal"\?/,
    /line 5, column reader: expected a name, got nothing/,
    /line 6, column confidence: expected a number from 0, got "-1"/,
    /line 7, column condition: expected alone or aided, got "aidd"\. Did you mean "aided"\?/,
    /line 9, column case: expected one read of a case by a reader under a condition, got a second one after line 8\. Keep one\./,
    /line 10, column group: expected one group per reader, got "h" after "g" on line 8/,
    /line 11: expected as many cells as the header, got 3/,
  ];
  for (const pattern of expected) await assert.rejects(join(lines, head), pattern);
  await assert.rejects(join(lines, head), { code: "reads-rows", message: /got 9 problems/ });
  const { reads, warnings } = await join(lines, head, true);
  assert.deepEqual([reads.length, warnings.length], [1, 1]);
  assert.match(warnings[0]!, /9 of 10 lines were left out/);
  await assert.rejects(join(["x,1.png,lysis"], "raeder,case,label"), { code: "reads-columns", message: /Rename "raeder" to "reader"/ });
  await assert.rejects(join(["x,77.png,lysis"], undefined, true), { code: "reads-empty" });
  await assert.rejects(join(["x,1.png,xyzzy"]), { code: "reads-label" });
});

test("a run without results is no finished run, an unknown cell is refused with the nearest name", () =>
  inMadeRun(labels, [{ id: "a", label: "slip", probabilities: [0.1, 0.2, 0.7] }], async (folder) => {
    await assert.rejects(readRunCases(`${folder}/nowhere`), { code: "run-unfinished" });
    await assert.rejects(readRunCases(folder, { cell: "mobilenet_v2/scrach" }), { code: "unknown-cell", message: /Did you mean "mobilenet_v2\/scratch"/ });
    await assert.rejects(readRunCases(folder, { set: "external" }), { code: "no-external" });
    const { cases: read, set } = await readRunCases(folder);
    assert.deepEqual([read.length, read[0]!.label, read[0]!.predicted, set], [1, 2, 2, "test"]);
  }));
