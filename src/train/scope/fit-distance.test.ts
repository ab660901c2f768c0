import assert from "node:assert/strict";
import test from "node:test";
import { seededRandom } from "../../base/index.js";
import { distanceOf } from "../../models/index.js";
import { fitDistance } from "./fit-distance.js";
import { fitThreshold } from "./fit-threshold.js";
import { principalDirections } from "./principal-directions.js";

const random = seededRandom("fit distance");

/** Rows that vary along two directions, with a little noise, and lie `away` across them. */
function rowsOf(count: number, away = 0): Float32Array[] {
  return Array.from({ length: count }, () => {
    const [a, b] = [3 * random.normal(), random.normal()];
    return Float32Array.from({ length: 12 }, (_, j) => 5 + (j % 2 === 0 ? a : -a) + (j < 6 ? b : -b) + 0.3 * random.normal() + (j === 3 ? away : 0));
  });
}

test("principal directions of rows drawn along known ones are those, with their variances", () => {
  const rows = Array.from({ length: 400 }, () => {
    const [a, b] = [4 * random.normal(), 2 * random.normal()];
    return Float64Array.of(0.6 * a, 0.8 * a, b, 0);
  });
  const { vectors, variances } = principalDirections(rows, 2);
  assert.ok(Math.abs(Math.abs(0.6 * vectors[0]! + 0.8 * vectors[2]!) - 1) < 0.01);
  assert.ok(Math.abs(Math.abs(vectors[5]!) - 1) < 0.01);
  assert.ok(Math.abs(variances[0]! / 16 - 1) < 0.2 && Math.abs(variances[1]! / 4 - 1) < 0.2, variances.join());
});

test("a threshold by rank is that rank, and odd cases do not decide it where the usual ones reach farther", () => {
  const even = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);
  assert.deepEqual(fitThreshold(even, 0.01).method, "rank");
  // ceil(100 * 0.95) = 95th of 99 is 0.95; median 0.5, q90 0.9: 0.5 * 1.8 ** 1.815 = 1.453.
  assert.ok(Math.abs(fitThreshold(even, 0.05).threshold - 0.5 * 1.8 ** (2.3263478740408408 / 1.2815515655446004)) < 1e-12);
  const narrow = [...Array.from({ length: 90 }, (_, i) => 1 + i / 1e6), ...Array.from({ length: 9 }, (_, i) => 5 + i)];
  assert.equal(fitThreshold(narrow, 0.05).threshold, 9);
  const few = fitThreshold([1, 1.1, 0.9, 1, 1.2], 0.05);
  assert.equal(few.method, "log-normal");
  assert.ok(few.threshold > 1.2);
  assert.throws(() => fitThreshold([1, 2], 0.05), { code: "threshold-cases" });
});

test("cases of the kind trained on are accepted at the stated rate, and others lie far out", () => {
  const choice = { values: ["a", "b"], channels: [6, 6] };
  const fitted = fitDistance({ choice, training: rowsOf(150), heldOut: rowsOf(100), falseRefusalRate: 0.05 })!;
  assert.deepEqual([fitted.facts.method, fitted.facts.fittedOn, fitted.facts.cases], ["rank", "held-out", 100]);
  const share = (rows: readonly Float32Array[]): number => rows.filter((row) => distanceOf(row, fitted.fit) > fitted.facts.threshold).length / rows.length;
  assert.ok(share(rowsOf(1000)) <= 0.07);
  assert.equal(share(rowsOf(50, 6)), 1);
  const typical = fitted.distances.toSorted((a, b) => a - b)[50]!;
  assert.ok(typical > 0.7 && typical < 1.3, "about 1 for a typical case");
});

test("without cases held out, each training case is measured against others, and that is said", () => {
  const fitted = fitDistance({ choice: { values: ["a"], channels: [12] }, training: rowsOf(60), groups: Array.from({ length: 60 }, (_, i) => `patient ${i >> 1}`), heldOut: [], falseRefusalRate: 0.05 })!;
  assert.deepEqual([fitted.facts.fittedOn, fitted.facts.cases], ["training", 60]);
  const fresh = rowsOf(400).filter((row) => distanceOf(row, fitted.fit) > fitted.facts.threshold).length / 400;
  assert.ok(fresh < 0.08, `${fresh} refused`);
});

test("too few cases, or features that never vary, give no distance", () => {
  const choice = { values: ["a"], channels: [12] };
  assert.equal(fitDistance({ choice, training: rowsOf(5), heldOut: [], falseRefusalRate: 0.05 }), undefined);
  assert.equal(fitDistance({ choice, training: Array.from({ length: 30 }, () => new Float32Array(12)), heldOut: [], falseRefusalRate: 0.05 }), undefined);
});
