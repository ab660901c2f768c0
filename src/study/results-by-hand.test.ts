import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { parse } from "csv-parse/sync";
import { isEstimate, type CellResult, type Performance, type StudyResults } from "./results.js";
import { runStudy } from "./run-study.js";
import { inScratchFolder, makeShapeTable, studyOptions, tinyRecipe } from "./tiny-study.testkit.js";

// Oracle: the definitions, worked out here from predictions.csv alone, without the statistics room.

interface Row {
  readonly cell: string;
  readonly seed: number;
  readonly fold: number;
  readonly case: string;
  readonly label: string;
  readonly predicted: string;
  readonly correct: boolean;
  readonly probabilities: readonly number[];
  readonly inside: number | undefined;
}

const labels = ["square", "stripes"];

function readRows(text: string): Row[] {
  const records = parse<Record<string, string>>(text, { columns: true });
  return records.map((record) => ({
    cell: record["cell"]!,
    seed: Number(record["seed"]),
    fold: Number(record["fold"]),
    case: record["case"]!,
    label: record["label"]!,
    predicted: record["predicted"]!,
    correct: record["correct"] === "1",
    probabilities: labels.map((label) => Number(record[`probability_${label}`])),
    inside: record["map_inside_region"] === "" ? undefined : Number(record["map_inside_region"]),
  }));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const count = (rows: readonly Row[], label: string, predicted: string): number => rows.filter((row) => row.label === label && row.predicted === predicted).length;

/** Share of pairs (one of the class, one of the rest) in the right order, ties as half. */
function areaOf(rows: readonly Row[], label: string): number {
  const k = labels.indexOf(label);
  const [own, rest] = [rows.filter((row) => row.label === label), rows.filter((row) => row.label !== label)];
  const wins = own.flatMap((a) => rest.map((b) => (1 + Math.sign(a.probabilities[k]! - b.probabilities[k]!)) / 2));
  return mean(wins);
}

function measuresOf(rows: readonly Row[], label: string): Record<string, number> {
  const other = labels.find((name) => name !== label)!;
  const [tp, fn, fp, tn] = [count(rows, label, label), count(rows, label, other), count(rows, other, label), count(rows, other, other)];
  return { precision: tp / (tp + fp), recall: tp / (tp + fn), specificity: tn / (tn + fp), f1: (2 * tp) / (2 * tp + fp + fn), auc: areaOf(rows, label) };
}

function near(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual - expected) < 1e-9, `${what}: ${actual} instead of ${expected}`);
}

/** Compares a figure with a number worked by hand; a hand's 0 / 0 must be "not estimable" there. */
function sameFigure(figure: Performance["accuracy"], byHand: number, what: string): void {
  if (!isEstimate(figure)) return assert.ok(Number.isNaN(byHand), `${what}: not estimable (${figure.notEstimable}), by hand ${byHand}`);
  near(figure.estimate, byHand, what);
  assert.ok(figure.lower <= figure.estimate && figure.estimate <= figure.upper, `${what}: its interval holds it`);
}

function samePerformance(performance: Performance, rows: readonly Row[], what: string): void {
  assert.equal(performance.cases, rows.length, what);
  sameFigure(performance.accuracy, mean(rows.map(({ correct }) => Number(correct))), `${what} accuracy`);
  assert.deepEqual(performance.confusion, labels.map((label) => labels.map((predicted) => count(rows, label, predicted))), what);
  for (const label of labels) {
    for (const [name, value] of Object.entries(measuresOf(rows, label))) {
      sameFigure(performance.perClass[label]![name as "auc"], value, `${what} ${label} ${name}`);
    }
  }
  for (const name of ["precision", "recall", "specificity", "f1", "auc"] as const) {
    sameFigure(performance.macro[name], mean(labels.map((label) => measuresOf(rows, label)[name]!)), `${what} macro ${name}`);
  }
}

function sameCell(cell: CellResult, rows: readonly Row[]): void {
  samePerformance(cell.pooled, rows, cell.id);
  const ofFold = ({ seed, fold }: { seed: number; fold: number }): Row[] => rows.filter((row) => row.seed === seed && row.fold === fold);
  for (const fold of cell.folds) samePerformance(fold.performance, ofFold(fold), `${cell.id} fold ${fold.fold}`);
  const accuracies = cell.folds.map((fold) => mean(ofFold(fold).map(({ correct }) => Number(correct))));
  const spread = cell.overFolds.accuracy;
  assert.ok("mean" in spread);
  near(spread.mean, mean(accuracies), "mean over folds");
  near(spread.standardDeviation, Math.sqrt(accuracies.reduce((sum, value) => sum + (value - mean(accuracies)) ** 2, 0) / (accuracies.length - 1)), "spread over folds");
  for (const { seed, accuracy } of cell.accuracyBySeed) near(accuracy, mean(rows.filter((row) => row.seed === seed).map(({ correct }) => Number(correct))), "by seed");
  const inside = rows.flatMap((row) => (row.inside === undefined ? [] : [row.inside]));
  if (inside.length === 0) assert.ok(cell.relevance && !isEstimate(cell.relevance));
  else sameFigure(cell.relevance!, mean(inside), `${cell.id} relevance`);
  near(cell.seconds, cell.folds.reduce((sum, { seconds }) => sum + seconds, 0), "seconds");
}

/** Patients of two images each, as makeShapeTable numbers them. */
const patientOf = (id: string): string => `${id.replace(/-\d+\.png$/, "")}-${Math.floor(Number(/-(\d+)\.png$/.exec(id)![1]) / 2)}`;

/** Share of all sign patterns of the patients' differences whose sum is as far from zero as the one seen. */
function exchanged(sums: readonly number[]): number {
  const seen = Math.abs(sums.reduce((total, value) => total + value, 0));
  let extreme = 0;
  for (let pattern = 0; pattern < 2 ** sums.length; pattern++) {
    const total = sums.reduce((sum, value, i) => sum + ((pattern >> i) & 1 ? -value : value), 0);
    if (Math.abs(total) >= seen) extreme += 1;
  }
  return extreme / 2 ** sums.length;
}

test("every number of results.json follows from predictions.csv by its definition", () =>
  inScratchFolder(async (folder) => {
    const data = await makeShapeTable(folder, { perClass: 12 });
    const recipe = { ...tinyRecipe, regimes: { scratch: { epochs: 10 }, brief: { regime: "scratch" as const, epochs: 2 } }, seeds: [1, 2] };
    const outcome = await runStudy(studyOptions({ recipe, data, out: path.join(folder, "run") }));
    const results = JSON.parse(await readFile(outcome.resultsFile, "utf8")) as StudyResults;
    const rows = readRows(await readFile(outcome.predictions, "utf8"));
    assert.equal(rows.length, 4 * 2 * 24);
    for (const row of rows) {
      assert.ok(Math.abs(row.probabilities[0]! + row.probabilities[1]! - 1) < 1e-6, "single precision");
      assert.equal(row.predicted, labels[row.probabilities.indexOf(Math.max(...row.probabilities))]);
      assert.equal(row.correct, row.label === row.predicted);
      assert.ok(row.case.includes(row.label));
      assert.ok(row.inside === undefined || (row.inside >= 0 && row.inside <= 1));
    }

    assert.deepEqual(results.data.labels, labels);
    assert.deepEqual(results.data.classCounts, { square: 12, stripes: 12 });
    assert.deepEqual([results.data.cases, results.data.patients, results.data.casesWithRegion], [24, 12, 24]);
    for (const { seed, fold, testCounts, test: tested, train } of results.folds) {
      const own = rows.filter((row) => row.cell === results.cells[0]!.id && row.seed === seed && row.fold === fold);
      assert.deepEqual(testCounts, Object.fromEntries(labels.map((label) => [label, own.filter((row) => row.label === label).length])));
      assert.deepEqual([tested, train], [own.length, 24 - own.length]);
    }

    assert.equal(results.cells.length, 4);
    for (const cell of results.cells) {
      const own = rows.filter((row) => row.cell === cell.id);
      for (const seed of [1, 2]) assert.equal(new Set(own.filter((row) => row.seed === seed).map((row) => row.case)).size, 24, "every case is tested once");
      sameCell(cell, own);
    }

    assert.equal(results.comparisons.length, 6);
    for (const { a, b, cases, onlyA, onlyB, pValue, pAdjusted, difference } of results.comparisons) {
      const right = (cell: string): Map<string, boolean> => new Map(rows.filter((row) => row.cell === cell && row.seed === 1).map((row) => [row.case, row.correct]));
      const [first, second] = [right(a), right(b)];
      const ids = [...first.keys()];
      const [b_, c] = [ids.filter((id) => first.get(id)! && !second.get(id)!).length, ids.filter((id) => !first.get(id)! && second.get(id)!).length];
      assert.deepEqual([cases, onlyA, onlyB], [24, b_, c]);
      const sums = new Map<string, number>();
      for (const id of ids) sums.set(patientOf(id), (sums.get(patientOf(id)) ?? 0) + Number(first.get(id)) - Number(second.get(id)));
      near(pValue, exchanged([...sums.values()]), `${a} and ${b}`);
      assert.ok(pAdjusted >= pValue && pAdjusted <= 1);
      sameFigure(difference, (b_ - c) / 24, "difference");
    }
    const accuracies = results.cells.map(({ pooled }) => (isEstimate(pooled.accuracy) ? pooled.accuracy.estimate : 0));
    assert.ok(Math.max(...accuracies) > 0.6, "something was learned, so that the numbers are no constants");
  }));
