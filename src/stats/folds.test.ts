import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { isEstimable } from "./estimate.js";
import { compareFolds, foldInterval, summarizeFolds } from "./folds.js";
import { meanInterval } from "./mean.js";

const stored = JSON.parse(readFileSync(path.resolve("test/fixtures/stats/tests.json"), "utf8")) as {
  values: number[][];
  t: number[][];
  corrected: number[][];
};

function assertClose(got: number, expected: number, what: string): void {
  assert.ok(
    Math.abs(got - expected) <= 1e-12 * Math.max(1, Math.abs(expected)),
    `${what}: got ${got}, expected ${expected}`,
  );
}

test("mean, spread, t interval and test equal R's t.test", () => {
  stored.values.forEach((values, i) => {
    const [mean, sd, lower, upper, t, p] = stored.t[i] as [number, number, number, number, number, number];
    const summary = summarizeFolds(values);
    assertClose(summary.mean, mean, "mean");
    assertClose(summary.standardDeviation as number, sd, "sd");
    const got = compareFolds(values);
    for (const interval of [foldInterval(values), got, meanInterval(values)]) {
      assertClose(interval.lower, lower, "lower");
      assertClose(interval.upper, upper, "upper");
    }
    assertClose(got.statistic, t, "t");
    assertClose(got.p, p, "p");
    assert.deepEqual([summary.smallest, summary.largest], [Math.min(...values), Math.max(...values)]);
  });
});

test("the corrected resampled t-test equals its formula in R", () => {
  stored.values.forEach((values, i) => {
    const [lower, upper, t, p] = stored.corrected[i] as [number, number, number, number];
    const got = compareFolds(values, { testPerTraining: 0.25 });
    assertClose(got.lower, lower, "lower");
    assertClose(got.upper, upper, "upper");
    assertClose(got.statistic, t, "t");
    assertClose(got.p, p, "p");
    assert.match(got.method, /Nadeau-Bengio/);
  });
});

test("folds without spread have a mean and no interval, and say why", () => {
  const summary = summarizeFolds([1, 1, 1]);
  assert.equal(summary.mean, 1);
  assert.equal(summary.standardDeviation, 0);
  assert.ok(!isEstimable(summary.interval));
  assert.match(summary.interval.notEstimable, /3 times 1/);
  const single = summarizeFolds([0.9]);
  assert.ok(typeof single.standardDeviation === "object" && !isEstimable(single.interval));
  assert.throws(() => summarizeFolds([]), { code: "not-estimable" });
  assert.throws(() => compareFolds([0, 0]), { code: "not-estimable" });
  assert.throws(() => foldInterval([1]), { code: "not-estimable" });
  assert.throws(() => summarizeFolds([1, Number.NaN]), { code: "not-finite" });
  assert.throws(() => foldInterval([1, 2], { testPerTraining: -1 }), { code: "test-per-training" });
});

test("an interval beyond the range is cut with a warning, and only then", () => {
  const cut = foldInterval([0.9, 1, 1], { range: [0, 1] });
  assert.equal(cut.upper, 1);
  assert.equal(cut.warnings?.[0]?.code, "interval-cut");
  assert.equal(foldInterval([0.5, 0.51, 0.52], { range: [0, 1] }).warnings, undefined);
  assert.equal(foldInterval([0.5, 0.51, 0.52]).warnings, undefined);
});

test("the mean of patients with identical values has the standard error of the patients", () => {
  const perPatient = [0.2, 0.5, 0.9, 0.4];
  const plain = meanInterval(perPatient);
  const repeated = meanInterval(
    perPatient.flatMap((v) => [v, v, v]),
    { groups: [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3] },
  );
  assertClose(repeated.standardError, plain.standardError, "standard error");
  assertClose(repeated.upper, plain.upper, "upper");
  assert.throws(() => meanInterval([1, 2], { groups: ["a", "a"] }), { code: "not-estimable", message: /two patients/ });
  assert.throws(() => meanInterval([2, 2]), { code: "not-estimable" });
  const cancelling = { groups: ["a", "a", "b", "b"] };
  assert.throws(() => meanInterval([1, -1, 1, -1], cancelling), {
    code: "not-estimable",
    message: /patients that differ/,
  });
});
