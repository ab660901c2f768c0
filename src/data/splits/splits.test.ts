import assert from "node:assert/strict";
import test from "node:test";
import * as fc from "fast-check";
import type { Case } from "../dataset.js";
import { planFolds } from "./plan-folds.js";
import { splitTrainValidation } from "./split-train-validation.js";
import { stratifiedGroupKFold } from "./stratified-group-k-fold.js";

function makeCases(labels: readonly string[], patients?: readonly (string | undefined)[], splits?: readonly (string | undefined)[]): Case[] {
  return labels.map((label, i) => ({ id: `${i}.png`, file: `/x/${i}.png`, label, patient: patients?.[i], split: splits?.[i], fields: {} }));
}

const count = (cases: readonly Case[], indices: readonly number[], label: string) => indices.filter((i) => cases[i]!.label === label).length;
const labelSets = ["normal", "scoliosis", "other"];

test("folds partition the cases and, without patients, class counts and sizes differ by 1 at most (law)", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 6 }), fc.array(fc.nat(2), { minLength: 0, maxLength: 80 }), fc.nat(), (folds, extra, seed) => {
      const labels = [...labelSets.flatMap((label) => Array.from({ length: folds }, () => label)), ...extra.map((k) => labelSets[k]!)];
      const cases = makeCases(labels);
      const result = stratifiedGroupKFold(cases, { folds, seed });
      assert.deepEqual(result.flatMap(({ test }) => test).sort((a, b) => a - b), cases.map((_, i) => i));
      for (const fold of result) assert.deepEqual([...fold.train, ...fold.test].sort((a, b) => a - b), cases.map((_, i) => i));
      for (const label of labelSets) {
        const counts = result.map(({ test }) => count(cases, test, label));
        assert.ok(Math.max(...counts) - Math.min(...counts) <= 1);
      }
      const sizes = result.map(({ test }) => test.length);
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
    }),
    { numRuns: 60 },
  );
});

test("no patient is on both sides, and every fold tests every class (law)", () => {
  const patientArbitrary = fc.record({ label: fc.nat(2), images: fc.integer({ min: 1, max: 7 }), stray: fc.boolean() });
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 5 }), fc.array(patientArbitrary, { maxLength: 30 }), fc.nat(), (folds, extra, seed) => {
      const base = labelSets.flatMap((_, label) => Array.from({ length: folds }, () => ({ label, images: 2, stray: false })));
      const labels: string[] = [];
      const patients: string[] = [];
      [...base, ...extra].forEach(({ label, images, stray }, p) => {
        for (let i = 0; i < images; i++) {
          labels.push(labelSets[stray && i === 0 ? 0 : label]!);
          patients.push(`p${p}`);
        }
      });
      const cases = makeCases(labels, patients);
      for (const { train, test } of stratifiedGroupKFold(cases, { folds, seed })) {
        const inTest = new Set(test.map((i) => patients[i]));
        assert.ok(train.every((i) => !inTest.has(patients[i])));
        for (const label of labelSets) assert.ok(count(cases, test, label) > 0);
      }
    }),
    { numRuns: 40 },
  );
});

test("grouped folds stay balanced: 60 patients of 1 to 4 images, class shares within 2 cases of the ideal", () => {
  const labels: string[] = [];
  const patients: string[] = [];
  for (let p = 0; p < 60; p++) {
    for (let i = 0; i <= p % 4; i++) {
      labels.push(p % 3 === 0 ? "scoliosis" : "normal");
      patients.push(`p${p}`);
    }
  }
  const cases = makeCases(labels, patients);
  for (const seed of [0, 1, 2]) {
    const folds = stratifiedGroupKFold(cases, { folds: 5, seed });
    for (const label of ["normal", "scoliosis"]) {
      const ideal = labels.filter((one) => one === label).length / 5;
      for (const { test } of folds) assert.ok(Math.abs(count(cases, test, label) - ideal) <= 1, `${label} ${count(cases, test, label)} of ${ideal}`);
    }
  }
});

test("the same seed gives the same folds, another seed others", () => {
  const cases = makeCases(Array.from({ length: 50 }, (_, i) => labelSets[i % 2]!));
  const plan = (seed: number) => JSON.stringify(stratifiedGroupKFold(cases, { folds: 5, seed }));
  assert.equal(plan(1), plan(1));
  assert.notEqual(plan(1), plan(2));
});

test("copies of one image stay on one side even under different patients", () => {
  const cases = makeCases(Array.from({ length: 20 }, (_, i) => labelSets[i % 2]!), Array.from({ length: 20 }, (_, i) => `p${i}`)).map((one, i) => ({
    ...one,
    contentSha256: i < 6 ? "same" : `other ${i}`,
  }));
  for (const { test } of stratifiedGroupKFold(cases, { folds: 3, seed: 1 })) {
    const copies = test.filter((i) => i < 6).length;
    assert.ok(copies === 0 || copies === 6);
  }
});

test("too little for the folds is refused with the numbers and the remedy", () => {
  assert.throws(() => stratifiedGroupKFold(makeCases(["a", "b"]), { folds: 5, seed: 1 }), { code: "too-few-cases", message: /class "a": expected at least 5 cases for 5 folds, got 1\. Use fewer folds/ });
  assert.throws(() => stratifiedGroupKFold(makeCases(["a", "a", "a"]), { folds: 2, seed: 1 }), { code: "one-class" });
  assert.throws(() => stratifiedGroupKFold([], { folds: 2, seed: 1 }), { code: "one-class" });
  assert.throws(() => stratifiedGroupKFold(makeCases(["a", "b"]), { folds: 1, seed: 1 }), { code: "folds" });
  const six = makeCases(["a", "a", "a", "b", "b", "b"], ["1", "1", "2", "3", "4", "5"]);
  assert.throws(() => stratifiedGroupKFold(six, { folds: 3, seed: 1 }), { code: "too-few-patients", message: /at least 3 patients for 3 folds, got 2/ });
  const shared = makeCases(["a", "b", "a", "b", "a"], ["1", "1", "2", "2", "3"]);
  assert.throws(() => stratifiedGroupKFold(shared, { folds: 3, seed: 1 }), { code: "too-few-cases" });
});

test("the early-stopping split holds its fraction of every class and no shared patient (law)", () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 120 }), fc.double({ min: 0.1, max: 0.4, noNaN: true }), fc.nat(), (n, fraction, seed) => {
      const cases = makeCases(Array.from({ length: n }, (_, i) => labelSets[i % 3 === 0 ? 1 : 0]!));
      const indices = cases.map((_, i) => i).filter((i) => i % 5 !== 0);
      const { train, validation } = splitTrainValidation(cases, indices, { fraction, seed });
      assert.deepEqual([...train, ...validation].sort((a, b) => a - b), indices);
      for (const label of labelSets.slice(0, 2)) {
        const ideal = count(cases, indices, label) * fraction;
        assert.ok(Math.abs(count(cases, validation, label) - ideal) <= 1.01 || ideal < 1);
      }
    }),
    { numRuns: 50 },
  );
  const grouped = makeCases(Array.from({ length: 40 }, (_, i) => labelSets[Math.floor(i / 4) % 2]!), Array.from({ length: 40 }, (_, i) => `p${Math.floor(i / 4)}`));
  const { train, validation } = splitTrainValidation(grouped, grouped.map((_, i) => i), { fraction: 0.2, seed: 3 });
  const held = new Set(validation.map((i) => grouped[i]!.patient));
  assert.equal(validation.length, 8);
  assert.ok(train.every((i) => !held.has(grouped[i]!.patient)));
});

test("an early-stopping split that cannot be made is refused", () => {
  const cases = makeCases(["a", "a", "b"]);
  assert.throws(() => splitTrainValidation(cases, [0, 1, 2], { fraction: 0.2, seed: 1 }), { code: "too-few-patients", message: /class "b": expected at least 2 patients/ });
  assert.throws(() => splitTrainValidation(cases, [0, 1], { fraction: 0, seed: 1 }), { code: "fraction" });
});

test("a split column with train, validation and test is one fold as given", () => {
  const cases = makeCases(["a", "b", "a", "b", "a", "b"], undefined, ["train", "Train", "val", "validation", "test", "test"]);
  assert.deepEqual(planFolds({ cases, name: "t.csv" }, { folds: 5, seed: 1 }), [{ train: [0, 1], validation: [2, 3], test: [4, 5] }]);
});

test("a split column with numbers is one fold per number, in order", () => {
  const cases = makeCases(["a", "b", "a", "b", "a", "b"], undefined, ["10", "10", "2", "2", "1", "1"]);
  assert.deepEqual(planFolds({ cases, name: "t.csv" }, { folds: 5, seed: 1 }).map(({ test }) => test), [[4, 5], [2, 3], [0, 1]]);
});

test("a given split that leaks, has gaps or unknown words is refused", () => {
  const plan = (splits: (string | undefined)[], patients?: string[]) => () => planFolds({ cases: makeCases(["a", "b", "a", "b"], patients, splits), name: "t.csv" }, { folds: 2, seed: 1 });
  assert.throws(plan(["train", "train", "test", "test"], ["1", "2", "1", "3"]), { code: "split-leak", message: /0\.png in train and 2\.png in test/ });
  assert.throws(plan(["train", "train", "test", undefined]), { code: "split-empty", message: /3\.png/ });
  assert.throws(plan(["train", "train", "test", "later"]), { code: "split-values", message: /later/ });
  assert.throws(plan(["1", "1", "1", "1"]), { code: "split-values" });
  assert.throws(plan(["train", "test", "train", "test"]), { code: "one-class" });
});

test("3,000 patients are split in seconds", () => {
  const labels: string[] = [];
  const patients: string[] = [];
  for (let p = 0; p < 3000; p++) {
    for (let i = 0; i <= (p * 7) % 5; i++) {
      labels.push(labelSets[(p + (i === 3 ? 1 : 0)) % 3]!);
      patients.push(`p${p}`);
    }
  }
  const started = performance.now();
  stratifiedGroupKFold(makeCases(labels, patients), { folds: 5, seed: 1 });
  assert.ok(performance.now() - started < 10_000);
});
