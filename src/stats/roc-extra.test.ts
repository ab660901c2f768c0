import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { seededRandom } from "../base/index.js";
import { aucBootstrapTest, aucBootstrapTestUnpaired } from "./auc-bootstrap-test.js";
import { chooseThreshold, evaluateThreshold } from "./choose-threshold.js";
import { delongTest } from "./delong-test.js";
import { estimateOrReason, isEstimable } from "./estimate.js";
import { handTillAuc, oneVersusRestAuc } from "./multiclass-auc.js";
import { partialAuc, sensitivityAtSpecificity, specificityAtSensitivity } from "./partial-auc.js";
import { averagePrecision, averagePrecisionBootstrap, precisionRecallCurve } from "./precision-recall.js";
import { rocAuc } from "./roc-auc.js";

interface Stored {
  curves: {
    labels: number[];
    scores: number[];
    partial: number[];
    corrected: number[];
    partialSensitivity: number[];
    at: number[];
    sensitivity: number[];
    specificity: number[];
    youden: number;
    closest: number;
  }[];
  classes: { truth: number[]; probabilities: number[][]; handTill: number }[];
  precision: { labels: number[]; scores: number[]; averagePrecision: number }[];
  asah: Record<string, number[]>;
}
const stored = JSON.parse(readFileSync(path.resolve("test/fixtures/stats/roc-extra.json"), "utf8")) as Stored;
const windows = [
  [0.9, 1],
  [0.5, 1],
  [0.8, 0.95],
] as const;

function close(got: number, expected: number, tolerance = 1e-10, what = ""): void {
  assert.ok(Math.abs(got - expected) <= tolerance, `${what}: got ${got}, expected ${expected}`);
}

const few = (name: string): { random: ReturnType<typeof seededRandom>; resamples: number } => ({
  random: seededRandom(name),
  resamples: 100,
});

test("partial areas, plain and corrected, over specificity and sensitivity, equal pROC's", () => {
  for (const { labels, scores, partial, corrected, partialSensitivity } of stored.curves) {
    windows.forEach((range, w) => {
      close(partialAuc(labels, scores, { ...few("a"), range }).estimate, partial[w]!);
      close(partialAuc(labels, scores, { ...few("a"), range, corrected: true }).estimate, corrected[w]!);
      close(partialAuc(labels, scores, { ...few("a"), range, over: "sensitivity" }).estimate, partialSensitivity[w]!);
    });
    close(partialAuc(labels, scores, { ...few("a"), range: [0, 1] }).estimate, rocAuc(labels, scores).estimate, 1e-12);
  }
});

test("sensitivity at a specificity, and the other way round, equal pROC's", () => {
  for (const { labels, scores, at, sensitivity, specificity } of stored.curves) {
    at.forEach((value, k) => {
      const se = sensitivityAtSpecificity(labels, scores, { ...few("b"), specificity: value });
      close(se.estimate, sensitivity[k]!, 1e-10, `specificity ${value}`);
      const sp = specificityAtSensitivity(labels, scores, { ...few("b"), sensitivity: value });
      close(sp.estimate, specificity[k]!, 1e-10, `sensitivity ${value}`);
      assert.ok(se.lower <= se.upper && se.lower >= 0 && se.upper <= 1);
    });
  }
});

test("Youden's and the corner's threshold reach pROC's optimum", () => {
  for (const { labels, scores, youden, closest } of stored.curves) {
    const cases = labels.map((_, i) => i);
    const best = chooseThreshold({ labels, scores, cases });
    close(best.sensitivity + best.specificity - 1, youden);
    const corner = chooseThreshold({ labels, scores, cases }, { kind: "corner" });
    close((1 - corner.sensitivity) ** 2 + (1 - corner.specificity) ** 2, closest);
  }
});

test("a threshold is judged only on cases that had no part in its choice", () => {
  const training = { labels: [0, 0, 1, 1], scores: [0.1, 0.4, 0.6, 0.9], cases: ["a", "b", "c", "d"] };
  const chosen = chooseThreshold(training, { kind: "sensitivity", atLeast: 1 });
  assert.equal(chosen.threshold, 0.5);
  assert.throws(() => evaluateThreshold(chosen, training), { code: "same-cases" });
  const got = evaluateThreshold(chosen, { labels: [0, 1, 1], scores: [0.7, 0.45, 0.8], cases: ["e", "f", "g"] });
  assert.deepEqual(got.counts, { truePositives: 1, falsePositives: 1, falseNegatives: 1, trueNegatives: 0 });
  const cost = { kind: "cost", falseNegative: 1, falsePositive: 100, prevalence: 0.5 } as const;
  assert.equal(chooseThreshold(training, cost).specificity, 1);
  const tied = { labels: [0, 1], scores: [1, 1], cases: [1, 2] };
  assert.throws(() => chooseThreshold(tied, { kind: "specificity", atLeast: 1 }), { code: "not-estimable" });
});

test("Hand and Till's AUC equals pROC's multiclass.roc", () => {
  for (const { truth, probabilities, handTill } of stored.classes) {
    const classes = [...new Set(truth)].map(String);
    const got = handTillAuc({ labels: truth, probabilities, classes }, few("c"));
    close(got.estimate, handTill);
    assert.ok(got.lower < got.estimate && got.estimate < got.upper);
    if (classes.length > 2) continue;
    const rest = oneVersusRestAuc({ labels: truth, probabilities, classes }, few("c"));
    assert.ok("estimate" in rest.macro);
    close(rest.macro.estimate, handTill, 1e-10, "two classes");
  }
  assert.throws(() => handTillAuc({ labels: [0, 0], probabilities: [[1, 0], [1, 0]], classes: ["a", "b"] }, few("c")), {
    code: "not-estimable",
  });
});

test("average precision equals its definition in R, and one worked by hand", () => {
  for (const { labels, scores, averagePrecision: expected } of stored.precision) {
    close(averagePrecision(labels, scores).estimate, expected);
    const boot = averagePrecisionBootstrap(labels, scores, few("d"));
    close(boot.estimate, expected);
  }
  // Falling scores: hit, miss, hit, miss. AP = (1 + 2/3)/2 = 5/6.
  close(averagePrecision([1, 0, 1, 0], [4, 3, 2, 1]).estimate, 5 / 6, 1e-15);
  assert.deepEqual(precisionRecallCurve([1, 0, 1, 0], [4, 3, 2, 1]), [
    { threshold: 4, recall: 0.5, precision: 1 },
    { threshold: 3, recall: 0.5, precision: 0.5 },
    { threshold: 2, recall: 1, precision: 2 / 3 },
    { threshold: 1, recall: 1, precision: 0.5 },
  ]);
  assert.throws(() => averagePrecision([1, 0], [2, 1]), { code: "not-estimable" });
});

test("partial areas of two windows add up, and nothing changes when scores are stretched", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(8)), { minLength: 8, maxLength: 25 }), fc.double({ min: 0.1, max: 0.9, noNaN: true }), (rows, cut) => {
      const labels = [true, false, true, false, ...rows.map(([label]) => label)];
      const scores = [5, 2, 1, 6, ...rows.map(([, score]) => score)];
      const part = (range: readonly [number, number], s = scores): number => {
        // A window in which no resample differs has no interval: there is nothing to compare.
        const result = estimateOrReason(() => partialAuc(labels, s, { ...few("e"), range }));
        fc.pre(isEstimable(result));
        return isEstimable(result) ? result.estimate : Number.NaN;
      };
      close(part([0, cut]) + part([cut, 1]), rocAuc(labels, scores).estimate, 1e-12);
      close(part([cut, 1], scores.map((s) => s ** 3)), part([cut, 1]), 1e-12);
    }),
    { numRuns: 15 },
  );
});

test("the bootstrap test agrees with DeLong's on many cases, and is seeded", () => {
  const random = seededRandom("auc bootstrap");
  const labels = Array.from({ length: 160 }, (_, i) => i % 2);
  const first = labels.map((label) => label + random.normal());
  const second = labels.map((label, i) => 0.4 * label + 0.5 * first[i]! + random.normal());
  const boot = aucBootstrapTest(labels, first, second, { random: seededRandom("t"), resamples: 1000 });
  const delong = delongTest(labels, first, second);
  close(boot.estimate, delong.estimate, 1e-12);
  assert.ok(Math.abs(boot.standardError / delong.standardError - 1) < 0.1);
  assert.deepEqual(boot, aucBootstrapTest(labels, first, second, { random: seededRandom("t"), resamples: 1000 }));
  const unpaired = aucBootstrapTestUnpaired({ labels, scores: first }, { labels, scores: second }, few("u"));
  close(unpaired.estimate, delong.estimate, 1e-12);
  assert.ok(unpaired.standardError > boot.standardError, "pairing helps where scores are correlated");
});

const asah = path.resolve("../shared/data/stats/aSAH.csv");
test("partial areas and points of aSAH equal pROC's", { skip: existsSync(asah) ? false : "shared data absent" }, () => {
  const [header, ...lines] = readFileSync(asah, "utf8")
    .trim()
    .split(/\r?\n/)
    .map((line) => line.replaceAll('"', "").split(","));
  const labels = lines.map((fields) => fields[header!.indexOf("outcome")] === "Poor");
  for (const [name, expected] of Object.entries(stored.asah)) {
    const scores = lines.map((fields) => Number(fields[header!.indexOf(name)]));
    const got = [
      partialAuc(labels, scores, { ...few("f"), range: [0.9, 1] }),
      partialAuc(labels, scores, { ...few("f"), range: [0.9, 1], corrected: true }),
      partialAuc(labels, scores, { ...few("f"), range: [0.9, 1], over: "sensitivity" }),
      sensitivityAtSpecificity(labels, scores, { ...few("f"), specificity: 0.9 }),
      specificityAtSensitivity(labels, scores, { ...few("f"), sensitivity: 0.8 }),
    ];
    got.forEach(({ estimate }, k) => close(estimate, expected[k]!, 1e-10, `${name} ${k}`));
  }
});
