import assert from "node:assert/strict";
import test from "node:test";
import { seededRandom } from "../../base/index.js";
import { isEstimable } from "../../stats/index.js";
import type { CasePrediction } from "../task-record.js";
import { certaintyOf } from "./certainty.js";

/** Cases whose logits are `factor` times too large: true probabilities become extreme ones. */
function draw(count: number, { factor, classes }: { factor: number; classes: number }): CasePrediction[] {
  const random = seededRandom("certainty test", classes, factor);
  const soften = (logits: readonly number[]): number[] => {
    const weights = logits.map((z) => Math.exp(z));
    const sum = weights.reduce((a, b) => a + b, 0);
    return weights.map((w) => w / sum);
  };
  return Array.from({ length: count }, (_, i) => {
    const logits = Array.from({ length: classes }, () => 1.2 * random.normal());
    let [u, label] = [random.uniform(), 0];
    for (const p of soften(logits)) {
      if (u < p) break;
      u -= p;
      label = Math.min(classes - 1, label + 1);
    }
    const probabilities = soften(logits.map((z) => factor * z));
    return { case: `${i}`, label, predicted: probabilities.indexOf(Math.max(...probabilities)), probabilities };
  });
}

const options = (labels: readonly string[]) => ({ labels, level: 0.95, patientOf: (id: string): string => id, seed: 1 });
const inRounds = (cases: readonly CasePrediction[], rounds: number): CasePrediction[][] => Array.from({ length: rounds }, (_, k) => cases.filter((_, i) => i % rounds === k));

for (const [classes, names] of [[2, ["as predicted", "temperature", "Platt", "isotonic", "beta"]], [3, ["as predicted", "temperature", "Dirichlet"]]] as const) {
  test(`probabilities of ${classes} classes made six times too extreme are mended by every map, with an interval and a test (simulated)`, () => {
    const labels = ["a", "b", "c"].slice(0, classes);
    const { recalibration, sets, deferral, fittedOn } = certaintyOf(inRounds(draw(300, { factor: 6, classes }), 4), options(labels));
    assert.equal(fittedOn, "the other folds");
    assert.deepEqual(recalibration.map(({ name }) => name), names);
    const [before, ...after] = recalibration;
    for (const { name, brier, expectedError, change, p } of after) {
      assert.ok(isEstimable(brier) && isEstimable(before!.brier) && isEstimable(expectedError) && isEstimable(before!.expectedError) && change !== undefined && isEstimable(change), name);
      assert.ok(Math.abs(brier.estimate - before!.brier.estimate - change.estimate) < 1e-12, name);
      assert.ok(change.estimate < 0 && p! < 0.2 && expectedError.estimate < before!.expectedError.estimate, name);
      if (name === "temperature") assert.ok(change.upper < 0 && p! < 0.05);
    }
    for (const { coverage, perClass } of sets) assert.ok(isEstimable(coverage) && coverage.estimate > 0.85 && Object.keys(perClass!).length === classes);
    assert.ok(!("notEstimable" in deferral));
    const accuracies = deferral.map(({ accuracy }) => (isEstimable(accuracy) ? accuracy.estimate : 0));
    assert.ok(accuracies.at(-1)! > accuracies[0]! + 0.1 && deferral[0]!.kept === 1);
  });
}

test("one round alone is cut into parts by patients, and what cannot be fitted is told", () => {
  const cases = draw(60, { factor: 1, classes: 2 });
  assert.equal(certaintyOf([cases], options(["a", "b"])).fittedOn, "other patients of the test part");
  const alike = cases.map((one) => ({ ...one, label: 0 }));
  const { recalibration, sets } = certaintyOf(inRounds(alike, 2), options(["a", "b"]));
  assert.ok(recalibration.slice(2).every(({ brier }) => !isEstimable(brier)));
  assert.ok(isEstimable(sets[0]!.coverage) || "notEstimable" in sets[0]!.coverage);
});

test("what patients are called makes no difference: the table of predictions numbers them, and what is recomputed from it is the same", () => {
  const cases = draw(48, { factor: 1, classes: 2 });
  const called = (name: (patient: number) => string) => certaintyOf([cases], { ...options(["a", "b"]), patientOf: (id) => name(Math.floor(Number(id) / 2)) });
  assert.deepEqual(called((patient) => `p${patient}`), called((patient) => String(24 - patient)));
});
