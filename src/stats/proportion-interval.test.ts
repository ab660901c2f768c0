import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { clusteredProportion } from "./clustered-proportion.js";
import { studentCritical } from "./distributions/index.js";
import { proportionInterval } from "./proportion-interval.js";
import { proportionMethods } from "./proportions/index.js";
import type { ProportionMethodName } from "./proportions/index.js";

const names = Object.keys(proportionMethods) as ProportionMethodName[];
const stored = JSON.parse(readFileSync(path.resolve("test/fixtures/stats/proportions.json"), "utf8")) as {
  rows: [ProportionMethodName, number, number, number, number, number][];
};

test("the intervals equal those of statsmodels", () => {
  for (const [method, x, n, level, lower, upper] of stored.rows) {
    const got = proportionInterval(x, n, { method, level });
    const where = `${method} ${x}/${n} at ${level}`;
    assert.ok(Math.abs(got.lower - Math.max(0, lower)) < 1e-12, `${where}: lower ${got.lower}, expected ${lower}`);
    assert.ok(Math.abs(got.upper - Math.min(1, upper)) < 1e-12, `${where}: upper ${got.upper}, expected ${upper}`);
  }
});

test("Wilson and Clopper-Pearson print the figures of Newcombe 1998, table I", () => {
  const published: [ProportionMethodName, number, number, number, number][] = [
    ["wilson", 81, 263, 0.2553, 0.3662],
    ["wilson", 15, 148, 0.0624, 0.1605],
    ["wilson", 0, 20, 0, 0.1611],
    ["wilson", 1, 29, 0.0061, 0.1718],
    ["clopper-pearson", 81, 263, 0.2527, 0.3676],
    ["clopper-pearson", 15, 148, 0.0578, 0.1617],
    ["clopper-pearson", 0, 20, 0, 0.1684],
    ["clopper-pearson", 1, 29, 0.0009, 0.1776],
  ];
  for (const [method, x, n, lower, upper] of published) {
    const got = proportionInterval(x, n, { method });
    assert.ok(
      Math.abs(got.lower - lower) < 6e-5 && Math.abs(got.upper - upper) < 6e-5,
      `${method} ${x}/${n}: ${got.lower} to ${got.upper}`,
    );
  }
});

test("Clopper-Pearson at 0 of n has the closed form 1 - (alpha/2)^(1/n)", () => {
  assert.ok(Math.abs(proportionInterval(0, 20, { method: "clopper-pearson" }).upper - (1 - 0.025 ** (1 / 20))) < 1e-14);
});

test("every interval lies in [0, 1], holds the estimate, is mirrored by failures and grows with the level", () => {
  const counts = fc
    .integer({ min: 1, max: 400 })
    .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
  fc.assert(
    fc.property(counts, fc.constantFrom(...names), ([x, n], method) => {
      const { estimate, lower, upper } = proportionInterval(x, n, { method });
      const mirrored = proportionInterval(n - x, n, { method });
      const wider = proportionInterval(x, n, { method, level: 0.99 });
      return (
        lower >= 0 &&
        upper <= 1 &&
        lower <= estimate &&
        estimate <= upper &&
        Math.abs(lower - (1 - mirrored.upper)) < 1e-12 &&
        Math.abs(upper - (1 - mirrored.lower)) < 1e-12 &&
        wider.lower <= lower &&
        wider.upper >= upper
      );
    }),
    { seed: 1, numRuns: 200 },
  );
});

test("an Agresti-Coull interval that leaves [0, 1] is cut with a warning", () => {
  const { lower, warnings } = proportionInterval(0, 20, { method: "agresti-coull" });
  assert.equal(lower, 0);
  assert.equal(warnings?.[0]?.code, "interval-cut");
  assert.equal(proportionInterval(10, 20, { method: "agresti-coull" }).warnings, undefined);
});

test("counts that are none are refused with what was expected", () => {
  assert.throws(() => proportionInterval(0, 0, { subject: "recall of scoliosis" }), {
    code: "not-estimable",
    message: /recall of scoliosis: expected at least one case, got 0/,
  });
  assert.throws(() => proportionInterval(3, 2), { code: "count" });
  assert.throws(() => proportionInterval(1.5, 2), { code: "count" });
  assert.throws(() => proportionInterval(-1, 2), { code: "count" });
  assert.throws(() => proportionInterval(1, 2, { level: 95 }), { code: "level", message: /0\.95/ });
  assert.throws(() => proportionInterval(1, 2, { level: Number.NaN }), { code: "level" });
  assert.throws(() => proportionInterval(1, 2, { method: "wilsn" as "wilson" }), {
    code: "unknown-interval-method",
    message: /Did you mean "wilson"/,
  });
  assert.throws(() => proportionInterval(1, 2, { method: "toString" as "wilson" }), {
    code: "unknown-interval-method",
  });
});

test("one image per patient gives the plain interval", () => {
  const hits = [true, true, false, true, false];
  const clustered = clusteredProportion(hits, ["a", "b", "c", "d", "e"]);
  const plain = proportionInterval(3, 5);
  assert.deepEqual([clustered.lower, clustered.upper, clustered.designEffect], [plain.lower, plain.upper, 1]);
});

test("the design effect of a worked example is right", () => {
  // Three patients with 2, 2, 4 images and 2, 0, 3 hits: p = 5/8, residuals 3/4, -5/4, 1/2, squares 9/16 + 25/16 + 4/16 = 38/16.
  const hits = [true, true, false, false, true, true, true, false];
  const got = clusteredProportion(hits, [1, 1, 2, 2, 3, 3, 3, 3]);
  const variance = (1.5 * (38 / 16)) / 64;
  assert.ok(Math.abs(got.designEffect - variance / (((5 / 8) * (3 / 8)) / 8)) < 1e-14);
  assert.equal(got.estimate, 5 / 8);
  assert.equal(got.clusters, 3);
  // The limits solve (p - limit)^2 = t^2 d limit (1 - limit) / n.
  for (const limit of [got.lower, got.upper]) {
    const t = studentCritical(0.95, 2);
    assert.ok(Math.abs((5 / 8 - limit) ** 2 - (t * t * got.designEffect * limit * (1 - limit)) / 8) < 1e-12);
  }
});

test("patients whose images all agree count as one image each, at least", () => {
  // Four images each, identical within a patient: the effective number is that of the patients.
  const hits = Array.from({ length: 80 }, (_, i) => Math.floor(i / 4) % 2 === 0);
  const groups = hits.map((_, i) => Math.floor(i / 4));
  const got = clusteredProportion(hits, groups);
  assert.ok(Math.abs(got.designEffect - (4 * 20) / 19) < 1e-12);
  assert.ok(got.effectiveN < 20);
});

test("clusters without any error still leave room for one", () => {
  const got = clusteredProportion(
    Array.from({ length: 40 }, () => true),
    Array.from({ length: 40 }, (_, i) => i % 10),
  );
  assert.equal(got.upper, 1);
  assert.equal(got.designEffect, 4);
  assert.ok(got.lower < proportionInterval(10, 10).lower);
});

test("one patient with several images is not enough", () => {
  assert.throws(() => clusteredProportion([true, false], ["a", "a"]), { code: "not-estimable" });
  assert.throws(() => clusteredProportion([], []), { code: "not-estimable" });
  assert.throws(() => clusteredProportion([true], []), { code: "length" });
});
