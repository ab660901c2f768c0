import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { seededRandom } from "../base/index.js";
import { brierScore, reliability } from "./calibration/reliability.js";
import { averageMeasures, countsPerClass, measuresOf } from "./class-measures.js";
import { classificationReport } from "./classification-report.js";
import type { ClassificationInput } from "./classification-report.js";
import { confusionMatrix } from "./confusion-matrix.js";
import { isEstimable } from "./estimate.js";
import type { Figure } from "./estimate.js";
import { proportionInterval } from "./proportion-interval.js";
import { rocAuc } from "./roc-auc.js";
import { rocCurve } from "./roc-curve.js";

interface Stored {
  labels: number[];
  predictions: number[];
  probabilities: number[][];
  classes: number;
  accuracy: number;
  balancedAccuracy: number;
  confusion: number[][];
  perClass: number[][];
  macro: number[];
  weighted: number[];
  micro: number[];
  auc: number[];
  brier: number;
  roc: [number[], number[]];
}
const stored = JSON.parse(readFileSync(path.resolve("test/fixtures/stats/classification.json"), "utf8")) as {
  cases: Stored[];
};

function valueOf(figure: Figure): number {
  assert.ok(isEstimable(figure), JSON.stringify(figure));
  assert.ok(
    figure.lower <= figure.estimate + 1e-12 &&
      figure.estimate <= figure.upper + 1e-12 &&
      figure.lower >= 0 &&
      figure.upper <= 1,
    JSON.stringify(figure),
  );
  return figure.estimate;
}

function assertClose(got: number, expected: number, what: string): void {
  assert.ok(Math.abs(got - expected) < 1e-12, `${what}: got ${got}, expected ${expected}`);
}

test("every figure equals scikit-learn's", () => {
  stored.cases.forEach((c) => {
    const classes = Array.from({ length: c.classes }, (_, k) => `class ${k}`);
    const report = classificationReport({ ...c, classes, seed: 1, resamples: 300 });
    assert.deepEqual(report.confusion.counts, c.confusion);
    assertClose(valueOf(report.accuracy), c.accuracy, "accuracy");
    assertClose(valueOf(report.balancedAccuracy), c.balancedAccuracy, "balanced accuracy");
    report.perClass.forEach((figures, k) => {
      assertClose(valueOf(figures.precision), c.perClass[0]![k]!, "precision");
      assertClose(valueOf(figures.recall), c.perClass[1]![k]!, "recall");
      assertClose(valueOf(figures.f1), c.perClass[2]![k]!, "f1");
      assertClose(valueOf(figures.auc), c.auc[k]!, "auc");
    });
    for (const averaging of ["macro", "weighted", "micro"] as const) {
      assertClose(valueOf(report[averaging].precision), c[averaging][0]!, `${averaging} precision`);
      assertClose(valueOf(report[averaging].recall), c[averaging][1]!, `${averaging} recall`);
      assertClose(valueOf(report[averaging].f1), c[averaging][2]!, `${averaging} f1`);
      valueOf(report[averaging].specificity);
    }
    assertClose(valueOf(report.macro.auc), c.auc.reduce((sum, auc) => sum + auc, 0) / c.classes, "macro auc");
    const first = c.labels.map((label) => label === 0);
    const column = c.probabilities.map((row) => row[0]!);
    assertClose(brierScore(first, column).estimate, c.brier, "Brier");
    const curve = rocCurve(first, column, { keep: "all" });
    assert.equal(curve.length, c.roc[0].length);
    curve.forEach((point, i) => {
      assertClose(point.falsePositiveRate, c.roc[0][i]!, "fpr");
      assertClose(point.truePositiveRate, c.roc[1][i]!, "tpr");
    });
  });
});

test("the figures of a worked table: 8 right and 2 wrong of 10, 27 right and 3 wrong of 30", () => {
  const labels = [...Array.from({ length: 10 }, () => "scoliosis"), ...Array.from({ length: 30 }, () => "normal")];
  const predictions = labels.map((label, i) => (i < 2 ? "normal" : i >= 37 ? "scoliosis" : label));
  const report = classificationReport({ labels, predictions, classes: ["normal", "scoliosis"] });
  const scoliosis = report.perClass[1]!;
  assert.deepEqual([scoliosis.cases, scoliosis.predicted], [10, 11]);
  assert.deepEqual([scoliosis.precision, scoliosis.recall, scoliosis.specificity].map(valueOf), [
    8 / 11,
    8 / 10,
    27 / 30,
  ]);
  assertClose(valueOf(scoliosis.f1), 16 / 21, "F1");
  const share = proportionInterval(8, 13);
  assert.ok(isEstimable(scoliosis.f1));
  assertClose(scoliosis.f1.lower, (2 * share.lower) / (1 + share.lower), "F1, lower");
  assert.ok(!isEstimable(scoliosis.auc));
  assert.match(scoliosis.auc.notEstimable, /probabilities/);
  assert.match((report.macro.auc as { notEstimable: string }).notEstimable, /^macro auc: /);
  assertClose(valueOf(report.accuracy), 35 / 40, "accuracy");
  assert.deepEqual(report.confusion.counts, [
    [27, 3],
    [2, 8],
  ]);
});

test("a class that is never called has no precision, and everything that needs it says so", () => {
  const report = classificationReport({
    labels: ["a", "b", "a"],
    predictions: ["a", "a", "a"],
    classes: ["a", "b"],
    probabilities: [
      [0.9, 0.1],
      [0.6, 0.4],
      [0.8, 0.2],
    ],
  });
  const b = report.perClass[1]!;
  assert.match(
    (b.precision as { notEstimable: string }).notEstimable,
    /precision of b: expected at least one case, got 0/,
  );
  assert.match((report.macro.precision as { notEstimable: string }).notEstimable, /macro precision: precision of b/);
  assertClose(valueOf(b.recall), 0, "recall");
  assertClose(valueOf(b.f1), 0, "F1");
  assertClose(valueOf(report.micro.precision), 2 / 3, "micro precision");
});

test("a class without cases has no recall and no AUC", () => {
  const probabilities = [
    [0.5, 0.3, 0.2],
    [0.1, 0.8, 0.1],
  ];
  const report = classificationReport({ labels: [0, 1], predictions: [0, 1], classes: ["a", "b", "c"], probabilities });
  assert.ok(!isEstimable(report.perClass[2]!.recall) && !isEstimable(report.perClass[2]!.f1));
  assert.match((report.perClass[2]!.auc as { notEstimable: string }).notEstimable, /0 positive and 2 negative/);
  assert.ok(!isEstimable(report.balancedAccuracy));
});

test("without a single error every figure is 1 and still has an interval", () => {
  const labels = Array.from({ length: 60 }, (_, i) => i % 3);
  const probabilities = labels.map((k) => [0, 1, 2].map((j) => (j === k ? 0.9 : 0.05)));
  for (const groups of [undefined, labels.map((_, i) => Math.floor(i / 2))]) {
    const report = classificationReport({
      labels,
      predictions: labels,
      classes: ["a", "b", "c"],
      probabilities,
      ...(groups && { groups }),
    });
    const figures = [
      report.accuracy,
      ...Object.values(report.macro),
      ...Object.values(report.weighted),
      ...report.perClass.flatMap((c) => [c.precision, c.recall, c.specificity, c.f1, c.auc]),
    ];
    for (const figure of figures) {
      assert.equal(Math.abs(valueOf(figure) - 1) < 1e-12, true);
      assert.ok(isEstimable(figure) && figure.lower < 1 && figure.lower > 0.5, JSON.stringify(figure));
    }
    assert.ok(isEstimable(report.macro.f1));
    assert.equal(report.macro.f1.method, "mean of the classes' limits");
    assert.equal(report.macro.f1.warnings?.[0]?.code, "no-bootstrap");
  }
});

function simulated(
  seed: number,
  patients: number,
  imagesEach: number,
): Required<Pick<ClassificationInput, "labels" | "predictions" | "probabilities" | "groups" | "classes">> {
  const random = seededRandom("report", seed);
  const rows = Array.from({ length: patients }, (_, patient) => {
    const label = patient % 2;
    const p = Math.min(0.98, Math.max(0.02, 0.5 + (label ? 0.18 : -0.18) + 0.25 * random.normal()));
    return Array.from({ length: imagesEach }, () => ({ label, p, patient }));
  }).flat();
  return {
    labels: rows.map(({ label }) => label),
    predictions: rows.map(({ p }) => (p > 0.5 ? 1 : 0)),
    probabilities: rows.map(({ p }) => [1 - p, p]),
    groups: rows.map(({ patient }) => `patient ${patient}`),
    classes: ["normal", "abnormal"],
  };
}

test("copies of the same image per patient narrow no interval", () => {
  const single = simulated(3, 80, 1);
  const triple = simulated(3, 80, 3);
  const plain = classificationReport({ ...single, seed: 1 });
  const clustered = classificationReport({ ...triple, seed: 1 });
  const naive = classificationReport({ ...triple, groups: triple.groups.map((_, i) => i), seed: 1 });
  assert.deepEqual(
    [plain.clustered, clustered.clustered, naive.clustered, clustered.patients],
    [false, true, false, 80],
  );
  const widths = (report: typeof plain): number[] =>
    [
      report.accuracy,
      report.perClass[1]!.recall,
      report.perClass[1]!.f1,
      report.perClass[1]!.auc,
      report.macro.f1,
      report.macro.auc,
    ].map((figure) => {
      valueOf(figure);
      assert.ok(isEstimable(figure));
      return figure.upper - figure.lower;
    });
  const [a, b, c] = [widths(plain), widths(clustered), widths(naive)];
  a.forEach((width, i) => {
    assert.ok(Math.abs(b[i]! / width - 1) < 0.12, `figure ${i}: ${b[i]} against ${width}`);
    assert.ok(c[i]! / width < 0.75, `figure ${i}: naive ${c[i]} against ${width}`);
  });
});

test("the same seed gives the same report; names and indices mean the same classes", () => {
  const input = simulated(5, 50, 1);
  const report = classificationReport({ ...input, seed: 7 });
  assert.deepEqual(classificationReport({ ...input, seed: 7 }), report);
  assert.notDeepEqual(classificationReport({ ...input, seed: 8 }).macro, report.macro);
  const named = {
    ...input,
    labels: input.labels.map((k) => input.classes[Number(k)]!),
    predictions: input.predictions.map((k) => input.classes[Number(k)]!),
  };
  assert.deepEqual(classificationReport({ ...named, seed: 7 }), report);
  assert.equal(JSON.stringify(report).includes("null"), false);
});

test("the order of the cases changes no estimate, the order of the classes only their order", () => {
  const input = simulated(9, 60, 1);
  const reversed = classificationReport({
    ...input,
    labels: input.labels.map((k) => 1 - Number(k)),
    predictions: input.predictions.map((k) => 1 - Number(k)),
    probabilities: input.probabilities.map((row) => [row[1]!, row[0]!]),
    classes: ["abnormal", "normal"],
  });
  const report = classificationReport(input);
  assert.deepEqual(reversed.perClass[0], report.perClass[1]);
  assert.equal(valueOf(reversed.macro.f1), valueOf(report.macro.f1));
  assert.match((report.perClass[0]!.auc as { method: string }).method, /logit/);
  assert.equal(
    valueOf(report.perClass[0]!.auc),
    valueOf(
      rocAuc(
        input.labels.map((k) => k === 0),
        input.probabilities.map((row) => row[0]!),
      ),
    ),
  );
});

test("methods are options that name themselves", () => {
  const input = { ...simulated(2, 70, 1), resamples: 500 };
  const methodsOf = (options: Partial<ClassificationInput>): string[] => {
    const report = classificationReport({ ...input, ...options });
    return [report.accuracy, report.perClass[0]!.auc, report.macro.f1].map((figure) => {
      valueOf(figure);
      return isEstimable(figure) ? figure.method : "";
    });
  };
  assert.deepEqual(methodsOf({}), [
    "Wilson",
    "DeLong on the logit scale",
    "BCa bootstrap of cases within strata, 500 resamples",
  ]);
  assert.deepEqual(methodsOf({ proportionMethod: "clopper-pearson", aucMethod: "delong", bootstrap: "percentile" }), [
    "Clopper-Pearson",
    "DeLong",
    "percentile bootstrap of cases within strata, 500 resamples",
  ]);
});

test("ten thousand cases take seconds, not minutes", () => {
  const start = performance.now();
  const report = classificationReport({ ...simulated(4, 10_000, 1), resamples: 500 });
  assert.ok(performance.now() - start < 30_000);
  assert.ok(isEstimable(report.macro.auc) && report.macro.auc.upper - report.macro.auc.lower < 0.05);
});

test("measures are undefined exactly where their denominator is 0", () => {
  assert.deepEqual(measuresOf({ truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 3 }), {
    precision: undefined,
    recall: undefined,
    specificity: 1,
    f1: undefined,
  });
  const counts = countsPerClass([3, 1, 0, 0], 2);
  assert.equal(averageMeasures(counts, "macro").recall, undefined);
  assert.equal(averageMeasures(counts, "weighted").recall, 3 / 4);
  assert.equal(averageMeasures(counts, "micro").recall, 3 / 4);
});

test("reliability bins of a worked example", () => {
  const got = reliability([0, 1, 1, 0], [0.1, 0.15, 0.95, 1], { bins: 10 });
  assert.deepEqual(
    got.bins.map(({ from, to, n }) => [from, to, n]),
    [
      [0.1, 0.2, 2],
      [0.9, 1, 2],
    ],
  );
  assertClose(got.expectedError, 0.5 * (0.5 - 0.125) + 0.5 * (0.975 - 0.5), "ECE");
  assertClose(got.largestError, 0.475, "MCE");
  assert.throws(() => reliability([], []), { code: "not-estimable" });
  assert.throws(() => reliability([1], [1.5]), { code: "probability" });
  assert.throws(() => reliability([1], [0.5], { bins: 0 }), { code: "bins" });
});

test("input that cannot be meant is refused", () => {
  const classes = ["a", "b"];
  assert.throws(() => classificationReport({ labels: [], predictions: [], classes }), { code: "not-estimable" });
  assert.throws(() => classificationReport({ labels: ["c"], predictions: ["a"], classes }), {
    code: "unknown-class",
    message: /labels 0: expected one of a, b, got c/,
  });
  assert.throws(() => classificationReport({ labels: [2], predictions: [0], classes }), { code: "unknown-class" });
  assert.throws(() => classificationReport({ labels: [0, 1], predictions: [0], classes }), { code: "length" });
  assert.throws(() => classificationReport({ labels: [0], predictions: [0], classes: ["a"] }), { code: "classes" });
  assert.throws(() => classificationReport({ labels: [0], predictions: [0], classes: ["a", "a"] }), {
    code: "classes",
  });
  assert.throws(() => classificationReport({ labels: [0], predictions: [0], classes, probabilities: [[2, -1]] }), {
    code: "probability",
  });
  assert.throws(() => classificationReport({ labels: [0], predictions: [0], classes, probabilities: [[0.2, 0.2]] }), {
    code: "probability",
    message: /softmax/,
  });
  assert.throws(() => classificationReport({ labels: [0], predictions: [0], classes, probabilities: [[1]] }), {
    code: "length",
  });
  assert.throws(() => classificationReport({ labels: [0], predictions: [0], classes, groups: [] }), { code: "length" });
  assert.throws(() => classificationReport({ labels: [0], predictions: [0], classes, resamples: 10 }), {
    code: "resamples",
  });
  assert.deepEqual(confusionMatrix({ labels: [0, 1], predictions: [1, 1], classes }).counts, [
    [0, 1],
    [0, 1],
  ]);
});
