import assert from "node:assert/strict";
import test from "node:test";
import type { Estimate } from "../../stats/index.js";
import type { CasePrediction } from "../task-record.js";
import { adjustForCells, compareBeforeAfter } from "./before-after.js";
import { searchMetrics } from "./metrics.js";

/** Cases of two or three classes from their probabilities. */
function cases(rows: readonly (readonly [label: number, ...probabilities: number[]])[]): CasePrediction[] {
  return rows.map(([label, ...probabilities], i) => ({ case: `c${i}`, label, predicted: probabilities.indexOf(Math.max(...probabilities)), probabilities }));
}

const options = { labels: ["a", "b"], level: 0.95, patientOf: (id: string) => id, seed: 1 };

test("the measures of a search by hand: four cases of which three are right", () => {
  const four = cases([[0, 0.9, 0.1], [0, 0.4, 0.6], [1, 0.2, 0.8], [1, 0.3, 0.7]]);
  // Class a: TP 1, FP 0, FN 1, F1 2/3; class b: TP 2, FP 1, FN 0, F1 4/5. Recalls 1/2 and 1. Of the 4 pairs all are in order.
  assert.equal(searchMetrics.accuracy.of(four, 2), 0.75);
  assert.ok(Math.abs(searchMetrics["macro-f1"].of(four, 2) - (2 / 3 + 4 / 5) / 2) < 1e-12);
  assert.equal(searchMetrics["balanced-accuracy"].of(four, 2), 0.75);
  assert.equal(searchMetrics["macro-auc"].of(four, 2), 1);
  assert.ok(Math.abs(searchMetrics["log-likelihood"].of(four, 2) - (Math.log(0.9) + Math.log(0.4) + Math.log(0.8) + Math.log(0.7)) / 4) < 1e-12);
  // A fold without a class has the mean of the others.
  assert.equal(searchMetrics["balanced-accuracy"].of(four.slice(0, 2), 3), 0.5);
  assert.equal(searchMetrics["macro-auc"].of(four.slice(0, 2), 2), 0.5);
});

test("before and after by hand: the difference is after minus before, tests are those of the same cases", () => {
  const label = (i: number) => i % 2;
  const sure = (i: number, right: boolean): [number, number, number] => {
    const p = 0.6 + 0.01 * (i % 30);
    return (label(i) === 0) === right ? [label(i), p, 1 - p] : [label(i), 1 - p, p];
  };
  // 40 cases: 24 right before, 34 after; 12 only after, 2 only before.
  const before = cases(Array.from({ length: 40 }, (_, i) => sure(i, i >= 16)));
  const after = cases(Array.from({ length: 40 }, (_, i) => sure(i, !(i < 4 || i >= 38))));
  const rows = compareBeforeAfter(before, [...after].reverse(), options);
  const row = (measure: string) => rows.find((one) => one.measure === measure)!;
  const accuracy = row("Accuracy");
  assert.equal((accuracy.before as Estimate).estimate, 24 / 40);
  assert.equal((accuracy.after as Estimate).estimate, 34 / 40);
  assert.ok(Math.abs((accuracy.difference as Estimate).estimate - 10 / 40) < 1e-12);
  // Exact McNemar, 2 of 14 discordant: 2 (1 + 14 + 91) / 2^14.
  assert.ok(Math.abs(accuracy.pValue! - (2 * 106) / 2 ** 14) < 1e-12);
  for (const { before: one, after: two, difference, pValue } of rows) {
    const [x, y, d] = [one, two, difference] as Estimate[];
    assert.ok(Math.abs(y!.estimate - x!.estimate - d!.estimate) < 1e-9);
    assert.ok(d!.lower <= d!.estimate && d!.estimate <= d!.upper && d!.lower > 0, "ten cases more are told apart");
    assert.ok(pValue! < 0.05);
  }
  // Law: exchanging before and after turns the sign and leaves p.
  const turned = compareBeforeAfter(after, before, options);
  turned.forEach(({ difference, pValue, test: how }, i) => {
    assert.ok(Math.abs((difference as Estimate).estimate + (rows[i]!.difference as Estimate).estimate) < 1e-9);
    if (!how!.startsWith("permutation")) assert.ok(Math.abs(pValue! - rows[i]!.pValue!) < 1e-9);
  });
  const adjusted = adjustForCells([rows, turned]);
  assert.ok(Math.abs(adjusted[0]![1]!.pAdjusted! - 2 * accuracy.pValue!) < 1e-12, "two searched cells, Holm");
});

test("three classes: the AUC is the mean of one against the rest, and equal predictions have nothing to compare", () => {
  const three = cases(
    Array.from({ length: 18 }, (_, i): [number, ...number[]] => {
      const parts = [0.2 + 0.03 * ((i * 7) % 11), 0.2 + 0.03 * ((i * 5) % 9), 0.1 + 0.02 * ((i * 3) % 7)];
      const total = parts.reduce((sum, part) => sum + part, 0);
      return [i % 3, ...parts.map((part) => part / total)];
    }),
  );
  const rows = compareBeforeAfter(three, three, { ...options, labels: ["a", "b", "c"] });
  const auc = rows.find(({ measure }) => measure === "AUC (macro)")!;
  assert.ok(Math.abs((auc.before as Estimate).estimate - searchMetrics["macro-auc"].of(three, 3)) < 1e-12);
  assert.ok("notEstimable" in auc.difference);
  assert.equal(rows.find(({ measure }) => measure === "Accuracy")!.pValue, 1);
});
