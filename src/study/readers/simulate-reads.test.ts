import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { seededRandom } from "../../base/index.js";
import { isEstimate } from "../results.js";
import { analyzeReads } from "./analyze-reads.js";
import { readReads } from "./read-reads.js";
import { inMadeRun, type MadeCase } from "./readers.testkit.js";
import { readRunCases } from "./run-cases.js";
import { simulateReads, type SimulatedCase } from "./simulate-reads.js";
import { simulateStudyReads } from "./simulate-study.js";

const labels = ["normal", "lysis", "slip"];

function someCases(count: number, accuracy = 0.9): SimulatedCase[] {
  const random = seededRandom("simulated run");
  return Array.from({ length: count }, (_, i) => {
    const label = i % 3;
    const predicted = random.uniform() < accuracy ? label : (label + 1) % 3;
    return { id: `c${i}.png`, label, predicted, probabilities: labels.map((__, k) => (k === predicted ? 0.8 : 0.1)) };
  });
}

const share = (values: readonly boolean[]): number => values.filter(Boolean).length / values.length;

// Oracle: the design. 6 readers of 1,200 cases: standard error of an accuracy 0.010.
test("readers are as good as their skill, err on the same cases, and are surer when right", () => {
  const cases = someCases(1200);
  const truth = new Map(cases.map(({ id, label }) => [id, label]));
  const reads = simulateReads(cases, 3, { seed: 1, skill: 0.85, spread: 0, aided: false });
  assert.equal(reads.length, 6 * 1200);
  const names = [...new Set(reads.map(({ reader }) => reader))];
  assert.deepEqual(names, ["orthopaedist-1", "orthopaedist-2", "orthopaedist-3", "radiologist-1", "radiologist-2", "radiologist-3"]);
  const right = names.map((name) => reads.filter(({ reader }) => reader === name).map((read) => read.label === truth.get(read.case)));
  for (const own of right) assert.ok(Math.abs(share(own) - 0.85) < 0.04, String(share(own)));
  const bothWrong = share(right[0]!.map((first, i) => !first && !right[1]![i]!));
  assert.ok(bothWrong > 0.045, `0.0225 if errors were independent, got ${bothWrong}`);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const sure = (isRight: boolean): number => mean(reads.filter((read) => (read.label === truth.get(read.case)) === isRight).map(({ confidence }) => confidence));
  assert.ok(sure(true) > sure(false) + 0.05);
  assert.ok(reads.every(({ confidence, seconds }) => confidence >= 0.5 && confidence <= 1 && seconds >= 2));
});

test("help from a good network helps, sessions are crossed, and the seed names it all", () => {
  const cases = someCases(600, 0.97);
  const truth = new Map(cases.map(({ id, label }) => [id, label]));
  const reads = simulateReads(cases, 3, { seed: 2, readers: 3, skill: 0.75, groups: ["residents"] });
  const accuracy = (condition: string): number => share(reads.filter((read) => read.condition === condition).map((read) => read.label === truth.get(read.case)));
  assert.ok(accuracy("aided") > accuracy("alone") + 0.03, `${accuracy("aided")} against ${accuracy("alone")}`);
  for (const condition of ["alone", "aided"]) {
    const sessions = reads.filter((read) => read.condition === condition).map(({ session }) => session === 1);
    assert.ok(Math.abs(share(sessions) - 0.5) < 0.01);
  }
  assert.deepEqual(simulateReads(cases, 3, { seed: 2, readers: 3, skill: 0.75, groups: ["residents"] }), reads);
  assert.notDeepEqual(simulateReads(cases, 3, { seed: 3, readers: 3, skill: 0.75, groups: ["residents"] }), reads);
  for (const wrong of [{ readers: 0 }, { skill: 1 }, { spread: 1 }, { trust: 2 }, { sharedDifficulty: -1 }]) assert.throws(() => simulateReads(cases, 3, { seed: 1, ...wrong }), { code: "simulate-reads" });
});

test("a simulated table is marked on every line, and so is what is made of it", () => {
  const cases = someCases(30).map(({ id, label, probabilities }): MadeCase => ({ id, label: labels[label]!, probabilities }));
  return inMadeRun(labels, cases, async (folder) => {
    const file = path.join(folder, "simulated.csv");
    const made = await simulateStudyReads({ run: folder, out: file, seed: 1, readers: 2 });
    assert.deepEqual([made.reads, made.readers, made.cases], [120, 2, 30]);
    const [head, ...lines] = (await readFile(file, "utf8")).trimEnd().split("\n");
    assert.match(head!, /,simulated$/);
    assert.ok(lines.every((line) => line.endsWith(",yes")));
    const run = await readRunCases(folder);
    const table = await readReads(file, { cases: run.cases.map(({ id }) => id), labels });
    const result = analyzeReads({ run, table, source: { file: "simulated.csv", sha256: "" }, named: "recipe", margin: 0.05 });
    assert.deepEqual([result.simulated, result.readers.length, result.warnings], [true, 4, []]);
    assert.ok(isEstimate(result.groups[0]!.figures.main.auc) && result.planes.every(({ readerAverage }) => readerAverage !== undefined));
    assert.equal(result.aid!.perReader.length, 2);
  });
});
