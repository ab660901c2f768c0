import assert from "node:assert/strict";
import test from "node:test";
import { compareWithReaders, obuchowskiRockette, rocAuc } from "../../stats/index.js";
import { isEstimate, type Estimated } from "../results.js";
import { analyzeReads } from "./analyze-reads.js";
import type { ReadersResult } from "./contract.js";
import { readReads } from "./read-reads.js";
import { inMadeRun, writeReads, type MadeCase } from "./readers.testkit.js";
import { readRunCases } from "./run-cases.js";

const labels = ["normal", "lysis", "slip"];

async function analyze(cases: readonly MadeCase[], lines: readonly string[], head: string, more: Partial<Parameters<typeof analyzeReads>[0]> = {}, names = labels): Promise<ReadersResult> {
  return inMadeRun(names, cases, async (folder) => {
    const run = await readRunCases(folder);
    const table = await readReads(await writeReads(folder, lines, head), { cases: run.cases.map(({ id }) => id), labels: names });
    return analyzeReads({ run, table, source: { file: "reads.csv", sha256: "" }, named: "recipe", ...more });
  });
}

function near(actual: Estimated | undefined, expected: number, what: string): void {
  assert.ok(actual !== undefined && isEstimate(actual) && Math.abs(actual.estimate - expected) < 1e-10, `${what}: ${JSON.stringify(actual)} instead of ${expected}`);
  assert.ok(actual.lower <= expected && expected <= actual.upper, `${what}: its interval holds it`);
}

// Twelve cases, four of each class; one probability of 0.8 for the class the network names.
const truth = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2];
const said = (...given: readonly number[]): readonly number[] => given;
const network = said(0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 0);
const readers = { ann: said(0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 1, 1), bob: said(0, 0, 1, 1, 1, 1, 1, 0, 2, 2, 2, 1), cyd: said(0, 0, 0, 2, 1, 1, 1, 2, 2, 2, 2, 2) };
const madeCases: MadeCase[] = truth.map((label, i) => ({ id: `c${i}.png`, label: labels[label]!, probabilities: labels.map((_, k) => (network[i] === k ? 0.8 : 0.1)) }));
const linesOf = (reader: string, given: readonly number[], group: string, condition = "alone"): string[] => given.map((label, i) => `${reader},c${i}.png,${labels[label]},${group},${condition},${10 + i}`);
const head = "reader,case,label,group,condition,seconds";
const lines = [...linesOf("ann", readers.ann, "ortho"), ...linesOf("bob", readers.bob, "radio"), ...linesOf("cyd", readers.cyd, "radio")];

// Oracle: by hand. ann: right 4 + 2 + 2 of 12; as normal 4 of 4, as lysis 2 of 4, as slip 2 of 4.
// Precision (1 + 2/4 + 2/4)/3, sensitivity (1 + 1/2 + 1/2)/3, specificity (8/8 + 6/8 + 6/8)/3, F1 (1 + 1/2 + 1/2)/3.
test("study 3's five figures of a reader, a group and the network, worked by hand", async () => {
  const result = await analyze(madeCases, lines, head);
  const [ann, bob, cyd] = result.readers;
  near(ann!.figures.main.accuracy, 8 / 12, "accuracy");
  near(ann!.figures.main.precision, 2 / 3, "precision");
  near(ann!.figures.main.recall, 2 / 3, "sensitivity");
  near(ann!.figures.main.specificity, (1 + 0.75 + 0.75) / 3, "specificity");
  near(ann!.figures.main.f1, 2 / 3, "F1");
  near(ann!.figures.perClass["normal"]!.recall, 1, "sensitivity for normal");
  near(ann!.figures.perClass["slip"]!.specificity, 0.75, "specificity for slip");
  assert.deepEqual(ann!.confusion, [[4, 0, 0], [0, 2, 2], [0, 2, 2]]);
  assert.equal(ann!.medianSeconds, 15.5);
  near(bob!.figures.main.accuracy, 8 / 12, "bob");
  near(cyd!.figures.main.accuracy, 10 / 12, "cyd");
  near(result.network.main.accuracy, 10 / 12, "network");
  assert.ok("notEstimable" in ann!.figures.main.auc, "no confidence, no AUC");
  const [all, ortho, radio] = result.groups;
  near(all!.figures.main.accuracy, 26 / 36, "all");
  assert.deepEqual([all!.group, ortho!.group, radio!.group, all!.readers, radio!.readers], [undefined, "ortho", "radio", 3, 2]);
  assert.deepEqual(radio!.ranges.accuracy, [8 / 12, 10 / 12]);
  near(ortho!.figures.main.accuracy, 8 / 12, "a group of one");
});

// Oracle: Wilson by hand: 4 of 4 give 4/(4 + z^2) to 1.
test("readers who all know a class are not certain to: their mean has the interval of one reader over the cases", async () => {
  const pair = { ann: readers.ann, eve: said(0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 1) };
  const result = await analyze(madeCases, Object.entries(pair).flatMap(([name, given]) => linesOf(name, given, "ortho")), head);
  const sure = result.groups[0]!.figures.perClass["normal"]!.recall;
  near(sure, 1, "sensitivity for normal");
  assert.ok(isEstimate(sure) && Math.abs(sure.lower - 4 / (4 + 1.959963984540054 ** 2)) < 1e-10 && sure.upper === 1, JSON.stringify(sure));
  assert.match(sure.method, /all readers alike/);
});

// Oracle: Newcombe's interval of an AUC of 1 with 4 and 8 cases, by rocAuc.
test("a reader who misplaces nobody has an AUC of 1 with an interval, of each class and of their mean", async () => {
  const sure = truth.map((label, i) => `ann,c${i}.png,${labels[label]},${5 + (i % 3)}`);
  const result = await analyze(madeCases, [...sure, ...readers.bob.map((label, i) => `bob,c${i}.png,${labels[label]},2`)], "reader,case,label,confidence");
  const { main, perClass } = result.readers[0]!.figures;
  const { lower } = rocAuc(truth.map((label) => label === 0), truth.map((label) => Number(label === 0)), { method: "newcombe" });
  for (const area of [perClass["normal"]!.auc, main.auc]) {
    near(area, 1, "AUC");
    assert.ok(isEstimate(area) && Math.abs(area.lower - lower) < 1e-9, JSON.stringify(area));
    assert.match(area.method, /Newcombe/);
  }
});

// Oracle: compareWithReaders on right and wrong answers; the differences by hand 10/12 - 26/36.
test("the network against the readers is the multi-reader test, and the margin decides non-inferiority", async () => {
  const result = await analyze(madeCases, lines, head, { margin: 0.3 });
  const right = (given: readonly number[]) => given.map((label, i) => ({ case: i, positive: true, rating: label === truth[i] }));
  const known = compareWithReaders(right(network), Object.entries(readers).flatMap(([reader, given]) => right(given).map((read) => ({ reader, ...read }))), { measure: "sensitivity" });
  const primary = result.comparisons.find(({ isPrimary }) => isPrimary)!;
  near(primary.difference, 10 / 12 - 26 / 36, "difference");
  assert.ok(isEstimate(primary.difference));
  for (const key of ["lower", "upper"] as const) assert.ok(Math.abs(primary.difference[key] - known[key]) < 1e-10);
  assert.ok(Math.abs(primary.pValue! - known.p) < 1e-10 && primary.pAdjusted === undefined);
  assert.ok(result.nonInferiority && "shown" in result.nonInferiority);
  assert.equal(result.nonInferiority.shown, primary.difference.lower > -0.3);
  assert.ok(result.comparisons.every(({ isPrimary, pValue, pAdjusted }) => isPrimary || pValue === undefined || pAdjusted! >= pValue));
  // By hand: the network is wrong on 3 and 11, bob on 2, 3, 7 and 11; p = 2 (1/2)^2.
  const bob = result.pairs.find(({ reader }) => reader === "bob")!;
  assert.deepEqual([bob.cases, bob.onlyFirst, bob.onlySecond], [12, 2, 0]);
  assert.ok(Math.abs(bob.pValue! - 0.5) < 1e-12);
  const without = await analyze(madeCases, lines, head);
  assert.equal(without.nonInferiority, undefined);
});

// Oracle: by hand. Case 3: network says lysis (wrong), ann right, bob and cyd wrong: one of three. Case 11: network wrong; cyd alone right.
// Readers fail together (two of three or more) where the network is right: 7 (lysis, slip, normal, slip).
test("cases on which network and readers part, and the tally of who was right", async () => {
  const result = await analyze(madeCases, lines, head);
  assert.deepEqual(result.differing.map((one) => [one.case, one.isNetworkRight, one.readersRight]), [["c7.png", true, 0]]);
  assert.deepEqual(result.differing[0]!.readers, { ann: "slip", bob: "normal", cyd: "slip" });
  assert.deepEqual(result.tally.map((row) => [row.readersRight, row.networkRight, row.networkWrong]), [[3, 6, 0], [2, 3, 0], [1, 0, 2], [0, 1, 0]]);
});

// Oracle: by hand. ann's sensitivity for slip 2/4 at 1 - specificity 2/8; agreement of ann with the truth-like bob by counts.
test("the ROC plane has every reader as a point, and kappa of each pair", async () => {
  const result = await analyze(madeCases, lines, head);
  const slip = result.planes.find(({ label }) => label === "slip")!;
  const ann = slip.points.find(({ name }) => name === "ann")!;
  assert.deepEqual([ann.falsePositiveRate, ann.truePositiveRate], [0.25, 0.5]);
  assert.deepEqual(slip.points.map(({ name }) => name), ["network", "ann", "bob", "cyd", "mean of the readers"]);
  assert.equal(result.pairwise.length, 6);
  // ann and bob agree on 0, 1, 4, 5, 8, 9, 11: 7 of 12; ann 4, 4, 4 and bob 3, 6, 3: expected (12 + 24 + 12)/144 = 1/3.
  near(result.pairwise.find(({ a, b }) => a === "ann" && b === "bob")!.kappa, (7 / 12 - 1 / 3) / (1 - 1 / 3), "kappa");
  assert.deepEqual(result.agreement.map(({ among, raters }) => [among, raters]), [["all readers", 3], ["radio", 2], ["all readers and the network", 4]]);
});

// Oracle: obuchowskiRockette on right and wrong answers; changes by hand.
test("reads with the network's help are compared with those alone, and who followed it is counted", async () => {
  const aided = { ann: said(0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 1, 1), bob: said(0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 1), cyd: said(0, 0, 0, 2, 1, 1, 1, 1, 2, 2, 2, 2) };
  const both = [...lines, ...Object.entries(aided).flatMap(([reader, given]) => linesOf(reader, given, reader === "ann" ? "ortho" : "radio", "with network"))];
  const { aid, readers: rows } = await analyze(madeCases, both, head);
  assert.equal(rows.length, 6);
  const right = (given: Record<string, readonly number[]>, modality: string) => Object.entries(given).flatMap(([reader, list]) => list.map((label, i) => ({ reader, modality, case: i, positive: true, rating: label === truth[i] })));
  const known = obuchowskiRockette([...right(aided, "aided"), ...right(readers, "alone")], { measure: "sensitivity" });
  const accuracy = aid!.differences.find(({ metric }) => metric === "accuracy")!;
  near(accuracy.difference, known.differences[0]!.estimate, "difference");
  assert.ok(isEstimate(accuracy.difference) && Math.abs(accuracy.difference.lower - known.differences[0]!.lower) < 1e-10);
  assert.ok(Math.abs(accuracy.pValue! - known.differences[0]!.p) < 1e-10);
  // ann changed 3 (0 to 1, wrong), 6 and 7 (2 to 1, right), each to the network's answer.
  const ann = aid!.perReader[0]!;
  assert.deepEqual([ann.reader, ann.followed, ann.followedRight, ann.followedWrong, ann.onlyFirst, ann.onlySecond], ["ann", 3, 2, 1, 2, 1]);
});

// Oracle: by hand, confidences 1 to 4 signed by the label: AUC 8 of 9 pairs.
test("two classes: the figures are the second's, and confidence gives each reader an AUC", async () => {
  const two = ["normal", "slip"];
  const cases: MadeCase[] = [0, 0, 0, 1, 1, 1].map((label, i) => ({ id: `c${i}`, label: two[label]!, probabilities: i < 2 ? [0.9, 0.1] : [0.3, 0.7], patient: `${i >> 1}` }));
  const of = (reader: string, rows: readonly (readonly [number, number])[]): string[] => rows.map(([label, confidence], i) => `${reader},c${i},${two[label]},${confidence}`);
  const result = await analyze(cases, [...of("ann", [[0, 4], [0, 2], [1, 3], [1, 1], [1, 4], [1, 4]]), ...of("bob", [[0, 1], [0, 1], [0, 1], [1, 1], [1, 2], [0, 1]])], "reader,case,label,confidence", {}, two);
  const [ann, bob] = result.readers;
  near(ann!.figures.main.recall, 1, "sensitivity");
  near(ann!.figures.main.specificity, 2 / 3, "specificity");
  near(ann!.figures.main.precision, 3 / 4, "precision");
  near(ann!.figures.main.auc, 8 / 9, "AUC");
  near(bob!.figures.main.recall, 2 / 3, "bob");
  assert.deepEqual([result.planes.length, result.planes[0]!.label, ann!.figures.perClass], [1, "slip", {}]);
  assert.ok(result.planes[0]!.readerAverage!.length > 2);
});

test("missing reads are counted and said, unread cases too, and aided reads alone are refused", async () => {
  const result = await analyze(madeCases, lines.filter((line) => !line.startsWith("bob,c3") && !line.includes("c11.png")), head);
  assert.deepEqual([result.cases, result.unread], [11, 1]);
  assert.deepEqual(result.readers.map(({ reads, missing }) => [reads, missing]), [[11, 0], [10, 1], [11, 0]]);
  assert.ok(result.warnings.some((warning) => warning.includes("bob 1 missing")));
  await assert.rejects(analyze(madeCases, linesOf("ann", readers.ann, "", "aided"), head), { code: "readers-alone" });
});

test("several images of a patient widen the interval, and a unit of several views is one case", async () => {
  const units = madeCases.map((one, i) => ({ ...one, unit: `e${i >> 1}`, patient: `${i >> 2}` }));
  const result = await analyze(units, [0, 1, 2, 3, 4, 5].map((i) => `ann,e${i},${labels[i >> 1]}`), "reader,case,label");
  assert.equal(result.cases, 6);
  near(result.readers[0]!.figures.main.accuracy, 1, "ann");
});
